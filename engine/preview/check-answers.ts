/** What was answered to whom asked for checks: kept for a while, so that the next answer can leave out what is equal. */
import { randomUUID } from 'node:crypto';
import { equalJson } from '../../shared/json/equal-json.ts';
import type { CheckAnswer, CheckResult } from '../../shared/rpc/contract/check.ts';

/** More than there are windows with a pipeline each. */
const remembered = 12;

export class CheckAnswers {
  /** Of this process alone: after its death nobody holds an answer that the next one knows. */
  readonly #life = randomUUID();
  readonly #given = new Map<string, CheckResult>();
  #count = 0;

  notify(result: CheckResult, known: string | undefined): CheckAnswer {
    const before = known === undefined ? undefined : this.#given.get(known);
    const answer = `${this.#life} ${++this.#count}`;
    if (before === undefined) {
      this.#keep(answer, result);
      return { ...result, answer };
    }
    const { problems, plan } = result;
    const schemas = compare(before.schemas, result.schemas);
    const nodes = compare(before.nodes, result.nodes);
    this.#keep(answer, { problems, plan, schemas: schemas.all, nodes: nodes.all });
    return {
      answer,
      ...(known === undefined ? {} : { since: known }),
      problems,
      plan,
      schemas: schemas.changed,
      nodes: nodes.changed,
      gone: { schemas: schemas.gone, nodes: nodes.gone },
    };
  }

  #keep(answer: string, result: CheckResult): void {
    this.#given.set(answer, result);
    for (const [old] of [...this.#given].slice(0, -remembered)) this.#given.delete(old);
  }
}

/** `all`: as it is now, in the objects of before where they are equal, so that what is remembered takes the room of one answer. */
function compare<T>(
  before: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
): { all: Record<string, T>; changed: Record<string, T>; gone: string[] } {
  const all: Record<string, T> = {};
  const changed: Record<string, T> = {};
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (old !== undefined && equalJson(old, value)) all[name] = old;
    else all[name] = changed[name] = value;
  }
  return { all, changed, gone: Object.keys(before).filter((name) => !Object.hasOwn(now, name)) };
}
