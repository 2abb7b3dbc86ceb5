/** The check of a pipeline as it crosses the pipes: whole the first time, then what is other than in the answer that the asker holds. An edit changes few of hundreds of nodes. */
import type { CheckAnswer, CheckResult } from './contract/check.ts';

/** @param held the answer that was named in the question */
export function wholeAnswer(held: CheckResult | undefined, answer: CheckAnswer): CheckResult {
  const { problems, schemas, nodes, plan, since, gone } = answer;
  if (since === undefined || held === undefined) return { problems, schemas, nodes, plan };
  return {
    problems,
    plan,
    schemas: patched(held.schemas, schemas, gone?.schemas),
    nodes: patched(held.nodes, nodes, gone?.nodes),
  };
}

function patched<T>(
  held: Readonly<Record<string, T>>,
  changed: Readonly<Record<string, T>>,
  gone: readonly string[] = [],
): Record<string, T> {
  const all = { ...held, ...changed };
  for (const name of gone) delete all[name];
  return all;
}
