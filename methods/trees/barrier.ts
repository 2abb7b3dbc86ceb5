/** Where lanes wait for each other: two shared integers, spinning first and sleeping after. */
import type { Lane, Steps } from './lane.ts';

const arrived = 0;
const generation = 1;
const cancelled = 2;
// About 20 µs: lanes mostly meet within that, and waking a sleeper takes longer.
const spins = 3000;

export class Barrier {
  readonly #control: Int32Array;
  readonly #lanes: number;
  #generation = 0;

  constructor(control: Int32Array, lanes: number) {
    this.#control = control;
    this.#lanes = lanes;
  }

  get isCancelled(): boolean {
    return Atomics.load(this.#control, cancelled) !== 0;
  }

  /** All lanes stop at their next step. */
  cancel(): void {
    Atomics.store(this.#control, cancelled, 1);
    Atomics.notify(this.#control, generation);
  }

  arrive(): void {
    this.#generation = Atomics.load(this.#control, generation);
    if (Atomics.add(this.#control, arrived, 1) !== this.#lanes - 1) return;
    Atomics.store(this.#control, arrived, 0);
    Atomics.add(this.#control, generation, 1);
    Atomics.notify(this.#control, generation);
  }

  /** Waits until all have arrived, but no longer than about `mostMs`. Gives whether they have. */
  wait(mostMs: number): boolean {
    for (let i = 0; i < spins; i++) if (Atomics.load(this.#control, generation) !== this.#generation) return true;
    if (!this.isCancelled) Atomics.wait(this.#control, generation, this.#generation, mostMs);
    return Atomics.load(this.#control, generation) !== this.#generation;
  }
}

export const openBarrier = ({ memory, settings }: Pick<Lane, 'memory' | 'settings'>): Barrier =>
  new Barrier(new Int32Array(memory.buffer, settings.plan.control, 16), settings.lanes);

/** Runs a helper's lane to its end, or until the training is cancelled. Blocks its thread. */
export function runToEnd<T>(steps: Steps<T>, barrier: Barrier): T | undefined {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (barrier.isCancelled) return undefined;
    if (step.value === 'breath') continue;
    barrier.arrive();
    while (!barrier.wait(50)) if (barrier.isCancelled) return undefined;
  }
}
