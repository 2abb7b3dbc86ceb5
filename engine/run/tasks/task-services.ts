/** What tasks get from outside the run: places, workers, the things that an engine of numbers needs. */
import type { StartWorkers } from '../../../shared/capabilities.ts';
import type { Languages } from '../../llm/open-languages.ts';
import type { Instance } from '../../plan/plan.ts';

export interface TaskServices {
  /** The folder that files may be written into. */
  workspace: string;
  /** This machine is a target: what is written stays here, and who reads the run is elsewhere. */
  filesStay?: boolean;
  threads: number;
  startWorkers: StartWorkers;
  wasm: (name: string) => Promise<Uint8Array>;
  /** How language models are asked: made by the first task that has one, closed with the run. Without it, none can be asked. */
  languages?: (() => Languages) | undefined;
  /** Fails with `source.changed` when a file that the instance's result came from is no longer what was hashed. */
  verifySources: (instance: Instance) => Promise<void>;
}
