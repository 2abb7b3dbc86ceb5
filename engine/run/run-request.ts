/** What a run is asked for, and what it is given to do it with. */
import type { AnyRun } from '../../shared/capabilities.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { RunLimits } from '../../shared/run/run-limits.ts';
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

export interface RunRequest {
  run: string;
  file: PipelineFile;
  /** Absolute path of the pipeline file, or where it would be saved. */
  path: string;
  workspace: string;
  parameters: Readonly<Record<string, unknown>>;
  /** Files that the person named: allowed outside the workspace. */
  granted: readonly string[];
  sweep: readonly SweepAxis[];
  /** Run to this node only. */
  to: string | null;
  ignoreCache: boolean;
  deterministic: boolean;
  threads: number;
  memoryBytes: number;
  /** Values of the secrets that the pipeline names: handed over in memory, stored nowhere. */
  secrets?: Readonly<Record<string, string>>;
  /** On a machine that the run was sent to: the copies of its files. */
  staged?: readonly StagedSource[] | undefined;
  /** Of a sweep's trials, these alone, by their place. Default: all. */
  trials?: readonly number[] | undefined;
  /** These instances instead of the ends of the pipeline: a part of a run that is placed elsewhere. */
  parts?: readonly string[] | undefined;
  /** Rows that lie in several files are computed in so many parts; 1: by one query. Default: as the memory asks for. */
  partitions?: number | undefined;
  /** Results that this very run has made elsewhere: they count although the cache is ignored. */
  made?: readonly string[] | undefined;
  /** What a person set. Memory and time are kept by whoever started the process. */
  limits?: RunLimits | undefined;
}
export interface RunHouse {
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
