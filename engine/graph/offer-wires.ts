/**
 * What a missing wire may come from, as fixes to press: the nearest outputs before the node that carry what its port takes, else those of the whole pipeline. Where another
 * input takes the like already, what stands before it is no answer (a table would be joined with itself): then readers that nothing takes yet are offered.
 */
import type { Fix } from '../../shared/errors.ts';
import { formatWire, parseWire, type PipelineFile, type WireEnd } from '../../shared/pipeline/file.ts';
import { nodeTitle } from '../../shared/pipeline/node-title.ts';
import type { Port } from '../../shared/spec/define-spec.ts';
import type { Specs } from './graph.ts';

/** More would be a list to search, which the canvas has. */
const mostOffers = 2;

export function offerWires(file: PipelineFile, to: WireEnd, wire: Port['wire'], specs: Specs): Fix[] {
  const sources = new Map<string, string[]>();
  let likeTaken = false;
  for (const text of file.wires) {
    const { from, to: end } = parseWire(text);
    sources.set(end.node, [...(sources.get(end.node) ?? []), from.node]);
    const output = specs.get(file.nodes[from.node]?.kind ?? '')?.outputs[from.port];
    if (end.node === to.node && output?.wire === wire) likeTaken = true;
  }
  const offersOf = (id: string): Fix[] => {
    const node = file.nodes[id];
    const spec = specs.get(node?.kind ?? '');
    return Object.entries(spec?.outputs ?? {})
      .filter(([, output]) => output.wire === wire)
      .map(([port, output]) => ({
        do: 'wire',
        title: `Wire "${output.title}" of "${nodeTitle(node, spec) ?? id}"`,
        wire: formatWire({ from: { node: id, port }, to }),
      }));
  };
  const after = followers(file, to.node);
  const others = Object.keys(file.nodes).filter((id) => id !== to.node && !after.has(id));
  if (likeTaken) {
    const before = ancestors(sources, to.node);
    const beside = others.filter((id) => !before.has(id));
    const feeding = new Set(file.wires.map((text) => parseWire(text).from.node));
    const idle = beside.filter((id) => !sources.has(id) && !feeding.has(id)).flatMap(offersOf);
    return few(idle.length > 0 ? idle : beside.flatMap(offersOf));
  }
  const seen = new Set([to.node]);
  for (let round = sources.get(to.node) ?? []; round.length > 0;) {
    const fresh = [...new Set(round)].filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    const found = fresh.flatMap(offersOf);
    if (found.length > 0) return found.slice(0, mostOffers);
    round = fresh.flatMap((id) => sources.get(id) ?? []);
  }
  return few(others.flatMap(offersOf));
}

const few = (offers: Fix[]): Fix[] => (offers.length <= mostOffers ? offers : []);

/** All that a node feeds: a wire from there would run in a circle. */
function followers(file: PipelineFile, node: string): Set<string> {
  const links = file.wires.map(parseWire);
  const found = new Set<string>();
  for (let round = [node]; round.length > 0;) {
    round = links.filter((l) => round.includes(l.from.node) && !found.has(l.to.node)).map((l) => l.to.node);
    for (const id of round) found.add(id);
  }
  return found;
}

/** All that a node is fed by. */
function ancestors(sources: ReadonlyMap<string, readonly string[]>, node: string): Set<string> {
  const found = new Set(sources.get(node));
  // A Set goes on with what is added to it.
  for (const id of found) for (const from of sources.get(id) ?? []) found.add(from);
  return found;
}
