/** Pause, resume and end early, told to the run that a pipeline follows. */
import { toProblem } from '../../../../shared/errors.ts';
import type { Steer } from '../../../../shared/rpc/contract/training.ts';
import { host } from '../../rpc/host.ts';
import { t } from '../../text/t.ts';
import { announce } from '../../theme/announce.ts';
import { activeDocument, useDocuments } from '../documents/documents.ts';
import { isRunning, runOf, useRun, type FollowedRun } from './followed-run.ts';
import { toastProblem } from '../window/toasts.ts';

/** Nodes that heed it now, in the order in which they began. */
export const steerable = (run: FollowedRun | undefined): string[] =>
  isRunning(run)
    ? Object.entries(run?.state.nodes ?? {}).flatMap(([id, n]) =>
        n.steerable === true && n.state === 'running' && n.finishing !== true ? [id] : [],
      )
    : [];
export const isPaused = (run: FollowedRun | undefined): boolean =>
  steerable(run).some((id) => run?.state.nodes[id]?.pausedMs !== undefined);

/** Whether something trains that can be paused, and whether it is. */
export const useSteering = (): 'none' | 'runs' | 'paused' =>
  useRun((run) => (steerable(run).length === 0 ? 'none' : isPaused(run) ? 'paused' : 'runs'));

export async function steer(to: Steer, node: string | null = null): Promise<void> {
  const draft = activeDocument()?.draft ?? null;
  const run = runOf(draft)?.state.run;
  if (run === undefined) return;
  try {
    await host()['runs.steer']({ run, node, to });
    announce(t(`training.announced.${to}`));
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}
export const canSteer = (): boolean => steerable(runOf(useDocuments.getState().active)).length > 0;
export const steeringNow = (): 'none' | 'runs' | 'paused' => {
  const run = runOf(useDocuments.getState().active);
  return steerable(run).length === 0 ? 'none' : isPaused(run) ? 'paused' : 'runs';
};
