/** What a run is asked for, and what it is given to do it with. */
import type { AnyRun } from '../../shared/capabilities.ts';
import type * as z from 'zod';
import type { runRequest } from '../../shared/run/runner-protocol.ts';
import type { AtWork } from '../compute/at-work.ts';
import type { Specs } from '../graph/specs.ts';
import type { FoundSource } from '../sources/found-source.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { SnapshotsRequest } from './results/snapshots.ts';
import type { SweepAxis } from '../plan/axes/trial/trials.ts';
import type { TaskServices } from './tasks/task-services.ts';

/** A file of the pipeline, as it names it, and its copy. */
export interface StagedSource extends Omit<FoundSource, 'param' | 'stamp' | 'standIn'> {
  name: string;
  isThere?: true;
}

type Spoken = z.output<typeof runRequest>;
/** Nobody changes what was asked for. */
type Frozen<T> = {
  readonly [K in keyof T]: T[K] extends (infer Item)[] | undefined ? readonly Item[] | Extract<T[K], undefined> : T[K];
};

/** As `runRequest` says it; values that are not checked yet may be anything. */
export interface RunRequest extends Frozen<Omit<Spoken, 'parameters' | 'sweep' | 'staged' | 'secrets'>> {
  parameters: Readonly<Record<string, unknown>>;
  sweep: readonly SweepAxis[];
  secrets?: Readonly<Record<string, string>>;
  staged?: readonly StagedSource[] | undefined;
}
export interface RunEnvironment {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  store: ArtifactStore;
  resources: string;
  tasks: Pick<TaskServices, 'startWorkers' | 'wasm' | 'filesStay'>;
  /** The Node binary and the script of a language-model worker. Without it no language model can be asked. */
  languageCommand?: readonly string[];
  now: () => number;
  /** Told before a node is looked at, should that be the last thing that the process does. */
  atWork?: AtWork;
  /** Called at the end of a run with what may be kept for the next: made by a process of its own, when nobody waits. */
  keepSnapshots?: (wanted: SnapshotsRequest) => void;
}
