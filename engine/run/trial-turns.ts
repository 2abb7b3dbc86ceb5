/**
 * Who keeps the models of a run numbers them as it is told of them, and the last one answers where nobody names a version. Trials end in any order; their
 * models are told in the order of the sweep.
 */
import type { RunFact } from '../../shared/run/run-events.ts';

export class TrialTurns {
  readonly #places: ReadonlyMap<string, number>;
  readonly #ended = new Set<number>();
  /** The first trial that has not ended. */
  #front = 0;
  #held: { place: number; fact: RunFact }[] = [];

  constructor(trials: Iterable<string>) {
    this.#places = new Map([...new Set(trials)].map((trial, place) => [trial, place]));
  }

  /** Whether the fact waits until the trials before its own have ended. */
  holds(fact: RunFact, trial: string | undefined): boolean {
    const place = trial === undefined ? undefined : this.#places.get(trial);
    if (place === undefined || place <= this.#front || !givesModel(fact)) return false;
    this.#held.push({ place, fact });
    return true;
  }

  /** What need not wait any longer. */
  end(trial: string): RunFact[] {
    this.#ended.add(this.#places.get(trial) ?? -1);
    while (this.#ended.has(this.#front)) this.#front++;
    const ready = this.#held.filter(({ place }) => place <= this.#front);
    this.#held = this.#held.filter(({ place }) => place > this.#front);
    return ready.toSorted((a, b) => a.place - b.place).map(({ fact }) => fact);
  }
}

const givesModel = (fact: RunFact): boolean =>
  (fact.type === 'node-finished' || fact.type === 'node-cached') &&
  fact.outputs.some(({ wire }) => wire === 'model' || wire === 'service');
