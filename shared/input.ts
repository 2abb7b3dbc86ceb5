import type { TableRef } from './capabilities.ts';

/** A port that the planner has checked to be wired. */
export function tableOf(inputs: Readonly<Record<string, TableRef>>, port: string): TableRef {
  const found = inputs[port];
  if (found === undefined) throw new Error(`the port "${port}" is not wired`);
  return found;
}
