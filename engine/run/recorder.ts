/** Numbers a run's facts and hands them on. Progress is thinned to ten a second a node; facts never are. */
import type { RunEvent, RunFact } from '../../shared/run/run-events.ts';
import type { PlanNode } from '../graph/graph.ts';
import { trialAxis } from '../plan/axes/trial/axis.ts';
import { TrialTurns } from './trial-turns.ts';
import { named } from './named-fact.ts';
import type { Redact } from '../secrets/redact.ts';

export type Metrics = Record<string, Record<string, number | null>>;

export class Recorder {
  readonly #run: string;
  readonly #write: (event: RunEvent) => void;
  readonly #now: () => number;
  #seq = 0;
  readonly #lastProgress = new Map<string, number>();
  readonly #warned = new Set<string>();
  readonly #measured = new Map<string, string>();
  #turns = new TrialTurns([]);
  /** Of nodes as a whole, not of their folds; each copy by its own name. */
  readonly metrics: Metrics = {};
  readonly #copies = new Map<string, NonNullable<PlanNode['copy']>>();
  /** Secrets are in nothing that is told or kept. */
  readonly redact: Redact;

  constructor(run: string, write: (event: RunEvent) => void, now: () => number, redact: Redact = (value) => value) {
    this.#run = run;
    this.#write = write;
    this.#now = now;
    this.redact = redact;
  }

  /** Of several nodes that were made of one, facts say the one and where the copy stands. @param trials in their order */
  nameCopies(nodes: Iterable<PlanNode>, trials: Iterable<string>): void {
    for (const { id, copy } of nodes) if (copy !== undefined) this.#copies.set(id, copy);
    this.#turns = new TrialTurns(trials);
  }

  endTrial(trial: string): void {
    for (const fact of this.#turns.end(trial)) this.#report(fact, this.#now());
  }

  record(open: RunFact): void {
    const time = this.#now();
    const fact = this.redact(open);
    if (fact.type === 'node-progress') {
      if (time - (this.#lastProgress.get(fact.node) ?? 0) < 100 && fact.fraction !== 1) return;
      this.#lastProgress.set(fact.node, time);
    }
    if (fact.type === 'node-warning' && this.#isTold(fact)) return;
    if (fact.type === 'metric' && fact.step === undefined) {
      if (fact.variant?.['fold'] === undefined) (this.metrics[fact.node] ??= {})[fact.name] = fact.value;
      if (this.#isMeasured(fact)) return;
    }
    const trial = 'node' in fact ? this.#copies.get(fact.node)?.coordinates[trialAxis.name] : undefined;
    if (!this.#turns.holds(fact, trial)) this.#report(fact, time);
  }

  #report(fact: RunFact, time: number): void {
    this.#write({ ...named(fact, this.#copies), seq: this.#seq++, time_ms: time, run: this.#run });
  }

  /** A check says it before the node runs, and the node when it does: to a person it is one warning. */
  #isTold({ node, problem, variant }: Extract<RunFact, { type: 'node-warning' }>): boolean {
    const reported = (of: unknown): string => JSON.stringify([node, problem.code, problem.message, of]);
    if (this.#warned.has(reported(undefined)) || this.#warned.has(reported(variant))) return true;
    this.#warned.add(reported(variant));
    return false;
  }

  /** A task says it while it works, and whoever takes its result reads it there: to a person it is one value. */
  #isMeasured({ node, variant, name, value, signature }: Extract<RunFact, { type: 'metric' }>): boolean {
    const place = JSON.stringify([node, variant, name]);
    const said = JSON.stringify([value, signature]);
    if (this.#measured.get(place) === said) return true;
    this.#measured.set(place, said);
    return false;
  }
}
