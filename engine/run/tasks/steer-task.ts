/** What lets a person steer a task, and a killed run go on: made for each computation of a task, used by those that ask for it. */
import type { TaskCheckpoint, TaskControl } from '../../../shared/capabilities.ts';
import type { Instance } from '../../plan/plan.ts';
import { checkpointFiles } from '../../store/artifacts/checkpoints.ts';
import { keyOf } from '../results/instance-facts.ts';
import type { Results } from '../results/results.ts';
import type { Helm } from '../steering.ts';

export interface SteeredTask {
  /** The first call tells that the node can be steered. */
  control: () => TaskControl;
  checkpoint: TaskCheckpoint;
  endedEarly: () => boolean;
  /** The task is over: it cannot be steered any more. */
  release: () => void;
  /** The result is there: nobody goes on from the checkpoint. */
  forget: () => Promise<void>;
}

export function steerTask({ services }: Results, instance: Instance): SteeredTask {
  const key = keyOf(instance);
  const files = checkpointFiles(services.store.folder, key);
  let helm: Helm | undefined;
  let saved = false;
  return {
    control: () => (helm ??= services.steering.take(instance, services.log.recorder, services.signal)).control,
    checkpoint: {
      load: async (part) => {
        if (services.recompute.has(key)) return undefined;
        const bytes = await files.load(part);
        saved ||= bytes !== undefined;
        return bytes;
      },
      save: async (bytes, part) => {
        saved = true;
        await files.save(bytes, part);
      },
    },
    endedEarly: () => helm?.endedEarly() ?? false,
    release: () => helm?.release(),
    forget: async () => {
      if (saved) await files.remove();
    },
  };
}
