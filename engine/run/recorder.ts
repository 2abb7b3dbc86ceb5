/** Numbers a run's facts and hands them on. Progress is thinned to ten a second a node; facts never are. */
import type { Problem } from '../../shared/errors.ts';
import type { RunEvent, RunFact } from '../../shared/run-events.ts';

export type Metrics = Record<string, Record<string, number | null>>;

export class Recorder {
  readonly #run: string;
  readonly #write: (event: RunEvent) => void;
  readonly #now: () => number;
  #seq = 0;
  readonly #lastProgress = new Map<string, number>();
  readonly #warned = new Set<string>();
  readonly metrics: Metrics = {};
  /** What was warned of nodes as a whole, not of their folds. */
  readonly warnings: Problem[] = [];
  /** Of a sweep: what the facts from now on belong to. */
  trial: RunEvent['trial'];

  constructor(run: string, write: (event: RunEvent) => void, now: () => number) {
    this.#run = run;
    this.#write = write;
    this.#now = now;
  }

  record(fact: RunFact): void {
    const time = this.#now();
    if (fact.type === 'node-progress') {
      if (time - (this.#lastProgress.get(fact.node) ?? 0) < 100 && fact.fraction !== 1) return;
      this.#lastProgress.set(fact.node, time);
    }
    if (fact.type === 'node-warning') {
      if (this.#isTold(fact)) return;
      if (fact.variant === undefined) this.warnings.push({ ...fact.problem, node: fact.node });
    }
    if (fact.type === 'metric' && fact.step === undefined && fact.variant?.['fold'] === undefined)
      (this.metrics[fact.node] ??= {})[fact.name] = fact.value;
    const trial = this.trial === undefined ? {} : { trial: this.trial };
    this.#write({ ...fact, ...trial, seq: this.#seq++, time_ms: time, run: this.#run });
  }

  /** A check says it before the node runs, and the node when it does: to a person it is one warning. */
  #isTold({ node, problem, variant }: Extract<RunFact, { type: 'node-warning' }>): boolean {
    const told = (of: unknown): string => JSON.stringify([node, problem.code, problem.message, this.trial, of]);
    if (this.#warned.has(told(undefined)) || this.#warned.has(told(variant))) return true;
    this.#warned.add(told(variant));
    return false;
  }
}
