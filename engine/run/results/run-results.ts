/** What the parts of a run may ask of its results: tables by need, stored results, and a place to write. */
import type { AnyRun, RelationalRun } from '../../../shared/capabilities.ts';
import type { Sounds } from '../../../shared/media/audio-service.ts';
import type { Images } from '../../../shared/media/image-service.ts';
import type { Texts } from '../../../shared/media/text-service.ts';
import type { InstanceInput, Instance } from '../../graph/instance.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Artifact, ArtifactPort, ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { Composer } from '../../recipe/compose/compose.ts';
import type { TableValue } from '../../recipe/compose/table-value.ts';
import type { Connections } from '../../table/connections.ts';
import type { Database } from '../../table/database.ts';
import type { NodeLog } from '../node-log.ts';
import type { Steering } from '../steering.ts';
import type { TaskServices } from '../tasks/task-services.ts';
import type { BigTurns } from './big-turns.ts';

export interface ResultServices {
  run: string;
  plan: Plan;
  store: ArtifactStore;
  composer: Composer;
  connections: Connections;
  loadRun: (kind: string) => Promise<AnyRun>;
  log: NodeLog;
  signal: AbortSignal;
  task: TaskServices;
  images: Images;
  steering: Steering;
  sounds: Sounds;
  texts: Texts;
  /** Ignore what is stored for these keys. */
  recompute: ReadonlySet<string>;
}

/** Of the class that computes them (`results.ts`): a part of a run knows this much of it. */
export interface RunResults {
  readonly services: ResultServices;
  /** Work that takes much memory goes one at a time. */
  readonly bigTurns: BigTurns;
  /** The rows on a wire. */
  input: (wired: InstanceInput) => Promise<TableValue>;
  inputs: (instance: Instance) => Promise<Map<string, TableValue[]>>;
  /** The stored result of an instance, computed when it is not there. */
  artifact: (instance: Instance) => Promise<Artifact>;
  /** The chain of a relational node, whether its rows are stored or not. */
  composed: (instance: Instance, run: RelationalRun<never>) => Promise<TableValue>;
  /** The same table, short to ask. */
  settle: (value: TableValue) => Promise<TableValue>;
  /** Writes an artifact under the instance's key and tells what came out. */
  write: (instance: Instance, work: (folder: string) => Promise<Record<string, ArtifactPort>>) => Promise<Artifact>;
  /** Executes a fused chain on a connection; a failure is brought home to the node whose SELECT failed. */
  executing: <T>(
    value: TableValue,
    work: (database: Database) => Promise<T>,
    counted?: (out: T) => number | null,
  ) => Promise<T>;
}
