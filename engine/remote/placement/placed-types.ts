/** What a run on a remote is given, keeps, and can be told. */
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { PlacementPhase, TargetSettings } from '../../../shared/targets.ts';
import type { RunRequest } from '../../run/run-request.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { Installation } from '../staging/bundle.ts';
import type { OpenTarget } from '../open-target.ts';
import type { PlacedState } from '../../store/placements/placed-state.ts';
import type { Shipping } from '../staging/shipping.ts';
import type { TargetWatch } from './target-watch.ts';

export interface PlacedRecord {
  phase: PlacementPhase;
  words: string;
  state: PlacedState;
  sentBytes: number;
  fetchedBytes: number;
  submittedMs: number | null;
}

export interface PlacedRun {
  cancel: () => void;
  /** Lets go of it: it goes on where it is. */
  detach: () => void;
  /** `here`: nothing is to be computed, or the run has to be made on this machine. */
  ended: Promise<'ended' | 'detached' | 'here'>;
}
export interface PlacedRunOptions {
  run: string;
  request: RunRequest;
  settings: TargetSettings;
  record: PlacedRecord;
  /** Before it the remote cannot be opened: its secrets are read. */
  ready: Promise<void>;
  /** The remote, opened when it is needed. */
  target: () => { open: OpenTarget; watch: TargetWatch };
  /** Whether it ever answered under these settings: a wrong address is told at once, one that is away for a while is waited for. */
  wasReached: () => boolean;
  ship: (request: RunRequest, signal: AbortSignal) => Promise<Shipping>;
  artifacts: ArtifactStore;
  installation: Installation;
  onEvent: (event: RunEvent) => void;
  /** Has nodes of the run computed on this machine, before the rest is sent. Without it, all that a placed node needs is computed with it. */
  makeHere?: (nodes: readonly string[], signal: AbortSignal) => Promise<void>;
  /** Keeps the record, and the events that were told, in one transaction. */
  keep: (record: PlacedRecord) => void;
  now: () => number;
}
