/** What a person asks of tasks that go on for long: to stand still, to go on, to end now with the best that they have. Told to the run's history when it is heeded. */
import type { ControlState, TaskControl } from '../../shared/capabilities.ts';
import type { Steer } from '../../shared/rpc/contract/training.ts';
import { originOf } from '../graph/graph.ts';
import type { Instance } from '../graph/instance.ts';
import { nodeOf } from './results/instance-facts.ts';
import type { Recorder } from './recorder.ts';

type Place = ReturnType<typeof nodeOf>;

/** One computation of a task that heeds what a person asks. */
export interface Helm {
  control: TaskControl;
  /** Whether it was told to end early and did so: its result is not what the whole recipe gives. */
  endedEarly: () => boolean;
  release: () => void;
}

export class Steering {
  readonly #helms = new Map<string, Set<(to: ControlState) => void>>();
  /** What begins later on these nodes (the next fold) stands still as well. */
  readonly #paused = new Set<string>();

  /** `finish` is for what runs now: a fold that has not begun has nothing to keep. */
  steer(node: string, to: Steer): void {
    if (to === 'pause') this.#paused.add(node);
    else this.#paused.delete(node);
    for (const notify of this.#helms.get(node) ?? []) notify(to === 'resume' ? 'run' : to);
  }

  take(instance: Instance, recorder: Recorder, signal: AbortSignal): Helm {
    const place = nodeOf(instance);
    const { control, notify, endedEarly } = makeControl(place, recorder, signal);
    const node = originOf(instance.node);
    const helms = this.#helms.get(node) ?? new Set();
    this.#helms.set(node, helms.add(notify));
    recorder.record({ type: 'node-steerable', ...place });
    if (this.#paused.has(node)) notify('pause');
    return { control, endedEarly, release: () => void helms.delete(notify) };
  }
}

function makeControl(
  place: Place,
  recorder: Recorder,
  signal: AbortSignal,
): Pick<Helm, 'control' | 'endedEarly'> & { notify: (to: ControlState) => void } {
  let state: ControlState = 'run';
  let accepted = false;
  const listeners = new Set<(now: ControlState) => void>();
  const read = (): ControlState => {
    if (state === 'finish' && !accepted) {
      accepted = true;
      recorder.record({ type: 'node-finishing', ...place });
    }
    return state;
  };
  const changed = (listener: (now: ControlState) => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const turn = async (): Promise<'run' | 'finish'> => {
    signal.throwIfAborted();
    if (state === 'pause') {
      recorder.record({ type: 'node-paused', ...place });
      await whenReleased(changed, signal);
      recorder.record({ type: 'node-resumed', ...place });
    }
    return read() === 'finish' ? 'finish' : 'run';
  };
  return {
    control: { state: read, changed, turn },
    endedEarly: () => accepted,
    notify: (to) => {
      // Who was told to end does not begin anew.
      if (state === 'finish' || state === to) return;
      state = to;
      for (const listener of listeners) listener(to);
    },
  };
}

/** Resolves at the next change: from a pause there is none but to go on or to end. */
function whenReleased(changed: TaskControl['changed'], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = changed(() => {
      stop();
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      stop();
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('Cancelled.', 'AbortError'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
