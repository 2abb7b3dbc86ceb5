/** What all that is done with the runs of a workspace shares. */
import type { Budget } from '../../compute/budget.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { RunEvent, RunFact } from '../../../shared/run/run-events.ts';
import type { SpareRunner } from '../../run/runner/spare-runner.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { Store } from '../../store/store.ts';
import type { ChangeHub } from '../change-hub.ts';
import type { RemoteManager } from '../remotes/remote-manager-types.ts';
import type { LiveRun } from './live-run.ts';
import type { NewRunRequest } from './new-run-request.ts';

export type OutputsEvent = Extract<RunEvent, { type: 'node-finished' | 'node-cached' }>;

export interface RunManagerOptions {
  workspace: string;
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  /** The Node binary and the script of a runner. */
  runnerCommand: readonly string[];
  /** Taken by the first run. */
  spareRunner?: SpareRunner | undefined;
  now: () => number;
  /** What a finished node gave, before anybody is told: registers models, starts services. The facts that it returns follow the node's own. */
  onOutputs: (event: OutputsEvent, replacesServices: boolean) => RunFact[];
  onFinished: (run: string) => void;
  /** What could not be kept, for the log: the run goes on. */
  onProblem: (problem: Problem) => void;
  /** Default: all threads, and half of the memory for two runs at a time. */
  budget?: Budget;
  /** Whether the run will use the heavy engine (`engine/compute/budget.ts`). Default: none does. */
  isHeavy?: (request: NewRunRequest) => boolean;
  /** Runs elsewhere. Default: there is no elsewhere. */
  targets?: Pick<RemoteManager, 'get' | 'place' | 'attach'>;
  /** Values of secrets by name; those that there are. Default: none. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
}

export interface Runs {
  options: RunManagerOptions;
  budget: Budget;
  /** Those under way. */
  live: Map<string, LiveRun>;
  /** The host ends now: nothing more begins, and what ends was interrupted. */
  closing: boolean;
  /** The host is going: another one takes what is asked from now on. */
  leaving: boolean;
}
