import type { KindFacts } from '../kind/define-spec.ts';
import type { Wire } from '../wires.ts';

export interface WireNeed {
  wire: Wire;
  /** `input`: the new node must take the wire; `output`: it must give it. */
  needs: 'input' | 'output';
  /** For a table: whether it comes from after Split; undefined: not known. */
  split?: boolean | undefined;
}

/** The port by which a kind takes the wire. */
export function fittingPort(
  { inputs, outputs }: Pick<KindFacts, 'inputs' | 'outputs'>,
  need: WireNeed,
): string | undefined {
  return Object.entries(need.needs === 'input' ? inputs : outputs).find(([, port]) => port.wire === need.wire)?.[0];
}
