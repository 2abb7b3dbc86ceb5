/** What the manager of remotes is given, and what it does. */
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { JobResources, TargetRow, TargetSettings } from '../../../shared/targets.ts';
import type { PlacedRun, PlacedRunOptions } from '../../remote/placement/placed-types.ts';
import type { QueueLoad } from '../../remote/queue/queue.ts';
import type { Installation } from '../../remote/staging/bundle.ts';
import type { RunRequest } from '../../run/run-request.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { Store } from '../../store/store.ts';
import type { ChangeHub } from '../change-hub.ts';

export interface RemoteManagerOptions {
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  installation: Installation;
  /** The process that plans what has to be sent: reads a request, writes a `Shipping`. */
  shipCommand: readonly string[];
  /** Values of secrets by name: passphrases and tokens. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
  now: () => number;
}
export interface RemoteManager {
  add: (settings: TargetSettings) => TargetRow;
  list: () => TargetRow[];
  get: (name: string) => TargetRow;
  remove: (name: string) => void;
  test: (name: string) => Promise<TargetRow>;
  load: (name: string) => Promise<QueueLoad>;
  /** Looks which files lie there, and remembers it. */
  files: (name: string, path: string) => Promise<{ files: number; bytes: number; first: string }>;
  clean: (name: string) => Promise<{ freed_bytes: number; runs: number }>;
  /** Sends a run. */
  place: (
    run: string,
    request: RunRequest,
    target: string,
    resources: JobResources,
    onEvent: (event: RunEvent) => void,
    makeHere?: PlacedRunOptions['makeHere'],
  ) => PlacedRun;
  /** Takes a run up again that another process sent; undefined: it is nowhere else. */
  attach: (
    run: string,
    onEvent: (event: RunEvent) => void,
    makeHere?: PlacedRunOptions['makeHere'],
  ) => PlacedRun | undefined;
  close: () => Promise<void>;
}
