/** Whether a wire may be drawn, and if not, why. One rule for the pointer, the keyboard and the drawing of wires that went wrong. */
import { formatWire, type PipelineFile, type WireEnd, type WireLink } from '../file.ts';
import type { Wire } from '../../wires.ts';
import { linksOf, portsOf, type Specs } from './ports.ts';

export type Refusal =
  | { code: 'same-node' }
  | { code: 'exists' }
  | { code: 'wire-types'; from: Wire; to: Wire }
  | { code: 'cycle'; from: string; to: string }
  | { code: 'no-port'; node: string; port: string };

/** The reason why an output may not be wired to an input, or null. A port that is taken is no reason: the new wire replaces the old one. */
export function whyNotConnect(file: PipelineFile, specs: Specs, from: WireEnd, to: WireEnd): Refusal | null {
  if (from.node === to.node) return { code: 'same-node' };
  const fault = wireFault(file, specs, { from, to });
  if (fault !== null) return fault;
  if (file.wires.includes(formatWire({ from, to }))) return { code: 'exists' };
  if (reaches(file, to.node, from.node)) return { code: 'cycle', from: from.node, to: to.node };
  return null;
}

/** What is wrong with a wire that stands in the file already: a later edit may have taken its port away or changed its type. */
export function wireFault(file: PipelineFile, specs: Specs, { from, to }: WireLink): Refusal | null {
  const output = portsOf(file, from.node, specs).outputs[from.port];
  const input = portsOf(file, to.node, specs).inputs[to.port];
  // A kind that is not installed has whatever ports its wires say.
  if (output === undefined)
    return specs.has(file.nodes[from.node]?.kind ?? '') ? { code: 'no-port', node: from.node, port: from.port } : null;
  if (input === undefined)
    return specs.has(file.nodes[to.node]?.kind ?? '') ? { code: 'no-port', node: to.node, port: to.port } : null;
  return output.wire === input.wire ? null : { code: 'wire-types', from: output.wire, to: input.wire };
}

/** The wire that a new one on this input would replace. */
export function replacedWire(file: PipelineFile, specs: Specs, to: WireEnd): WireLink | undefined {
  if (portsOf(file, to.node, specs).inputs[to.port]?.many === true) return undefined;
  return linksOf(file).find((link) => link.to.node === to.node && link.to.port === to.port);
}

/** Whether rows, models or reports of `start` come to `goal`, over any number of wires. */
export function reaches(file: Pick<PipelineFile, 'wires'>, start: string, goal: string): boolean {
  const links = linksOf(file);
  const seen = new Set<string>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === goal) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const link of links) if (link.from.node === node) open.push(link.to.node);
  }
  return false;
}

/** Every input that an output may be wired to, in the order of the cards from left to right; and the other way round. */
export function possibleEnds(file: PipelineFile, specs: Specs, end: WireEnd, side: 'output' | 'input'): WireEnd[] {
  const place = (node: string): number => (file.layout[node]?.[0] ?? 0) * 10_000 + (file.layout[node]?.[1] ?? 0);
  return Object.keys(file.nodes)
    .sort((a, b) => place(a) - place(b))
    .flatMap((node) =>
      Object.keys(portsOf(file, node, specs)[side === 'output' ? 'inputs' : 'outputs']).map((port) => ({ node, port })),
    )
    .filter(
      (other) =>
        (side === 'output' ? whyNotConnect(file, specs, end, other) : whyNotConnect(file, specs, other, end)) === null,
    );
}
