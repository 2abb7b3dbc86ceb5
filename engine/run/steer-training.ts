/** What a person asks of a node, as the thread that trains its network hears it. */
import type { TaskControl } from '../../shared/capabilities.ts';
import type { TrainingControl } from '../../shared/neural/neural-service.ts';

/** `turn` and `state` tell the history of a pause and of an early end, as for every task that is steered. */
export const trainingControl = (control: TaskControl): TrainingControl => ({
  get state() {
    return control.state();
  },
  onChange: (listener) =>
    control.changed((state) => {
      // Rejects when the run is cancelled, which the thread is told by itself.
      if (state === 'pause') void control.turn().catch(() => undefined);
      if (state === 'finish') control.state();
      listener(state);
    }),
});
