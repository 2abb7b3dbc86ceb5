import { useMemo } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { useCheck, useNodeProblems } from '../../state/runs/check.ts';
import { useActive, usePipeline } from '../../state/documents/documents.ts';
import { isRunning, useIsCurrent, useNodeRun, useRun } from '../../state/runs/followed-run.ts';
import { clockMs } from '../../text/say.ts';
import { nodeFace, type Face } from '../../drawing/node-face.ts';

/** The face of one node of the pipeline in front; drawn again only when something about this node changes. */
export function useNodeFace(id: string): Face | undefined {
  const node = usePipeline((file) => file.nodes[id]);
  const check = useCheck((result) => result?.nodes[id]);
  const problems = useNodeProblems(id);
  const run = useNodeRun(id);
  const running = useRun(isRunning);
  const planned = useRun((r) => r?.state.planned?.compute.includes(id) === true);
  const current = useIsCurrent(id);
  const trusted = useActive((d) => d?.trusted ?? true);
  return useMemo(
    () =>
      node === undefined
        ? undefined
        : nodeFace({
            node,
            spec: specs.get(node.kind),
            check,
            problems,
            run,
            running,
            planned,
            current,
            trusted,
            nowMs: clockMs(),
          }),
    [node, check, problems, run, running, planned, current, trusted],
  );
}
