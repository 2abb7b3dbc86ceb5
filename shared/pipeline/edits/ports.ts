/** The ports that a node has: by its kind, or, for a kind that is not installed, by the wires that the file holds. */
import { parseWire, type PipelineFile, type WireLink } from '../file.ts';
import type { KindFacts, Port } from '../../kind/define-spec.ts';
import type { Wire } from '../../wires.ts';

export type Specs = ReadonlyMap<string, KindFacts>;
export interface Ports {
  inputs: Readonly<Record<string, Port>>;
  outputs: Readonly<Record<string, Port>>;
}

export function portsOf(file: PipelineFile, node: string, specs: Specs): Ports {
  const spec = specs.get(file.nodes[node]?.kind ?? '');
  return spec ?? guessPorts(file, node, specs);
}

/** A placeholder keeps its wires: their other ends tell what its ports are; between two placeholders a table is assumed. */
function guessPorts(file: PipelineFile, node: string, specs: Specs): Ports {
  const inputs: Record<string, Port> = {};
  const outputs: Record<string, Port> = {};
  for (const { from, to } of linksOf(file)) {
    if (to.node === node)
      inputs[to.port] = { wire: wireAt(file, from.node, 'outputs', from.port, specs), title: to.port, optional: true };
    if (from.node === node)
      outputs[from.port] = { wire: wireAt(file, to.node, 'inputs', to.port, specs), title: from.port };
  }
  return { inputs, outputs };
}

function wireAt(file: PipelineFile, node: string, side: 'inputs' | 'outputs', port: string, specs: Specs): Wire {
  return specs.get(file.nodes[node]?.kind ?? '')?.[side][port]?.wire ?? 'table';
}

const linkCache = new WeakMap<readonly string[], readonly WireLink[]>();
/** The file's wires, taken apart; parsed once for each version of the list. */
export function linksOf(file: Pick<PipelineFile, 'wires'>): readonly WireLink[] {
  const known = linkCache.get(file.wires);
  if (known) return known;
  const links = file.wires.map(parseWire);
  linkCache.set(file.wires, links);
  return links;
}
