/** What was answered to whom asked for checks: kept for a while, so that the next answer can leave out what is equal. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CheckAnswer, CheckResult } from '../../shared/rpc/contract/check.ts';

/** More than there are windows with a pipeline each. */
const remembered = 12;

export class CheckAnswers {
  /** Of this process alone: after its death nobody holds an answer that the next one knows. */
  readonly #life = randomUUID();
  readonly #given = new Map<string, CheckResult>();
  #count = 0;

  tell(result: CheckResult, known: string | undefined): CheckAnswer {
    const before = known === undefined ? undefined : this.#given.get(known);
    const answer = `${this.#life} ${++this.#count}`;
    this.#given.set(answer, result);
    for (const [old] of [...this.#given].slice(0, -remembered)) this.#given.delete(old);
    if (before === undefined) return { ...result, answer };
    const { problems, plan } = result;
    return {
      answer,
      ...(known === undefined ? {} : { since: known }),
      problems,
      plan,
      schemas: changed(before.schemas, result.schemas),
      nodes: changed(before.nodes, result.nodes),
      gone: { schemas: missing(before.schemas, result.schemas), nodes: missing(before.nodes, result.nodes) },
    };
  }
}

const changed = <T>(before: Readonly<Record<string, T>>, now: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(now).filter(([name, value]) => !isDeepStrictEqual(before[name], value)));
const missing = (before: object, now: object): string[] =>
  Object.keys(before).filter((name) => !Object.hasOwn(now, name));
