/** All that is wrong or doubtful with the pipeline in front: what the check says, and what the last run told. The panel, its tab and the status bar count the same. */
import { useMemo } from 'react';
import type { Problem } from '../../../shared/errors.ts';
import type { CheckResult } from '../../../shared/rpc/contract/check.ts';
import type { NodeRunState } from '../../../shared/run/run-state.ts';
import { useCheck, useCheckFailure } from './check.ts';
import { useRun } from './followed-run.ts';

export function useProblems(): readonly Problem[] {
  const check = useCheck((r) => r);
  const nodes = useRun((run) => run?.state.nodes);
  const failure = useCheckFailure();
  return useMemo(() => [...(failure === null ? [] : [failure]), ...allProblems(check, nodes)], [check, nodes, failure]);
}

/** Errors first; what a check and a run both say stands once. */
export function allProblems(
  check: Pick<CheckResult, 'problems' | 'nodes'> | undefined,
  nodes: Readonly<Record<string, Pick<NodeRunState, 'problem' | 'warnings'>>> = {},
): readonly Problem[] {
  const ofRun = Object.entries(nodes).flatMap(([node, run]) => {
    // A node that was changed since has other rows now: what the run warned of may be mended.
    const warnings = check?.nodes[node]?.freshness.state === 'stale' ? [] : run.warnings;
    return [...(run.problem === undefined ? [] : [run.problem]), ...warnings].map((problem): Problem => ({
      ...problem,
      node: problem.node ?? node,
    }));
  });
  const once = new Map<string, Problem>();
  for (const problem of [...ofRun, ...(check?.problems ?? [])]) {
    const name = `${problem.node} ${problem.param} ${problem.message}`;
    if (!once.has(name)) once.set(name, problem);
  }
  return [...once.values()].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}
