/** What the handlers of the contract share. Made once by the host. */
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { Store } from '../store/store.ts';
import type { ChangeHub } from './change-hub.ts';
import type { Example } from './pipeline-files.ts';
import type { OpenPipelines } from './open/open-pipelines.ts';
import type { RunManager } from './runs/run-manager.ts';
import type { ServiceManager } from './services/service-manager.ts';
import type { RemoteManager } from './remotes/remote-manager-types.ts';
import type { Uploads } from './uploads.ts';

export interface HostContext {
  version: string;
  /** Real path, absolute. */
  workspace: string;
  /** Folder of the bundled examples. */
  examplesFolder: string;
  examples: readonly Example[];
  /** The cache may grow to this. */
  cacheLimitBytes: number;
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  /** What windows have open. */
  open: OpenPipelines;
  runs: RunManager;
  services: ServiceManager;
  targets: RemoteManager;
  uploads: Uploads;
  now: () => number;
}

/** A window, or a process of this user that showed the lock's token: the command line may name files outside the workspace, a window may not. */
export type Caller = 'window' | 'process';
