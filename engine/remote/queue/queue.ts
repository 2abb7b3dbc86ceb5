/** Whoever starts jobs on a remote: its scheduler, or a plain process. It is a hint about a run's state; the run's own files are the truth. */
import type { JobResources } from '../../../shared/targets.ts';

export interface JobOrder {
  run: string;
  /** `fy-<run>`, and `-<n>` for a later try: looked up before anything is started under it again. */
  name: string;
  /** Tasks to start, by their numbers; a first try has all. */
  tasks: readonly number[];
  /** Of several tasks, so many side by side. */
  parallel: number;
  resources: JobResources;
  /** Words of the shell that run one task, in the root; `$TASK` is its number. */
  command: string;
}
export type JobState = 'waiting' | 'running' | 'gone' | 'unknown';
export interface JobStatus {
  state: JobState;
  /** In words: why it waits, how it ended. */
  words: string;
  /** It ended for a reason that a second start would meet again. */
  isFinal?: boolean;
}
export interface JobHandle {
  name: string;
  /** What the scheduler calls it. */
  id: string;
  run: string;
  submitted_ms: number;
}
export interface Queue {
  /** Starts a job, or finds the one of that name: asking twice gives the same job. */
  submit: (order: JobOrder) => Promise<string>;
  /** All at once: one question to the scheduler, however many runs there are. */
  status: (jobs: readonly JobHandle[]) => Promise<Map<string, JobStatus>>;
  /** Asks, and kills what is left after the grace. Cancelling what is gone is no failure. */
  cancel: (job: JobHandle, graceMs: number) => Promise<void>;
  /** What waits and runs there, for the panel. */
  load: () => Promise<QueueLoad>;
  close: () => void;
}
export interface QueueLoad {
  running: number;
  waiting: number;
  words: string;
}
