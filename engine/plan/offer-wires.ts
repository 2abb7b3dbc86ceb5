/** What a missing wire may come from: the nearest outputs before the node that carry what its port takes, as fixes to press. */
import type { Fix } from '../../shared/errors.ts';
import { formatWire, parseWire, type PipelineFile, type WireEnd } from '../../shared/pipeline/file.ts';
import type { Port } from '../../shared/spec/define-spec.ts';
import type { Specs } from './graph.ts';

/** More would be a list to search, which the canvas has. */
const mostOffers = 2;

export function offerWires(file: PipelineFile, to: WireEnd, wire: Port['wire'], specs: Specs): Fix[] {
  const sources = new Map<string, string[]>();
  for (const text of file.wires) {
    const { from, to: end } = parseWire(text);
    sources.set(end.node, [...(sources.get(end.node) ?? []), from.node]);
  }
  const seen = new Set([to.node]);
  const found: Fix[] = [];
  for (let round = sources.get(to.node) ?? []; round.length > 0 && found.length === 0;) {
    const fresh = [...new Set(round)].filter((id) => !seen.has(id));
    for (const id of fresh) {
      seen.add(id);
      const node = file.nodes[id];
      const spec = specs.get(node?.kind ?? '');
      for (const [port, output] of Object.entries(spec?.outputs ?? {}))
        if (output.wire === wire)
          found.push({
            do: 'wire',
            title: `Wire "${output.title}" of "${node?.title ?? spec?.title ?? id}"`,
            wire: formatWire({ from: { node: id, port }, to }),
          });
    }
    round = fresh.flatMap((id) => sources.get(id) ?? []);
  }
  return found.slice(0, mostOffers);
}
