/**
 * A language model as judge: one schema that it must keep, repeats whose spread is the judge's noise, both orders where two answers are compared (L. Zheng et al., "Judging
 * LLM-as-a-Judge", 2023), and agreement with people. A verdict that it could not give is counted and never scored.
 */
import { verdictsOf, type JudgeScale } from '../../../shared/language/judge-prompt.ts';
import { bootstrapInterval, cohenKappa, correctedRate, wilsonInterval, type Interval } from './agreement.ts';

/** A verdict on the answers in the other order, as if they had been in this. */
export const swapped = (verdict: string): string =>
  verdict === 'first' ? 'second' : verdict === 'second' ? 'first' : verdict;

export interface ItemVerdicts {
  /** In the order of asking; null: none. Of pairs, both orders, turned back already. */
  verdicts: readonly (string | null)[];
  /** Of pairs: whether both orders of each repeat agreed. */
  orderAgreed?: readonly boolean[];
}

/** The commonest verdict; of a scale its median; of a tie between verdicts, and of a pair whose orders disagree, `tie` or none. */
export function settle({ verdicts, orderAgreed }: ItemVerdicts, scale: JudgeScale): string | null {
  const given = verdicts.filter((verdict) => verdict !== null);
  if (given.length === 0) return null;
  if (scale === 'one-to-five') {
    const sorted = given.map(Number).sort((a, b) => a - b);
    return String(sorted[Math.floor((sorted.length - 1) / 2)]);
  }
  if (scale === 'pairwise' && orderAgreed?.every((agreed) => !agreed) === true) return 'tie';
  const counts = new Map<string, number>();
  for (const verdict of given) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const [best, next] = [...counts].sort((a, b) => b[1] - a[1]);
  if (best === undefined) return null;
  return next !== undefined && next[1] === best[1] ? (scale === 'pairwise' ? 'tie' : null) : best[0];
}

/** Of how many items with several verdicts not all are the same: the judge's noise. Null when none has several. */
export function noiseOf(items: readonly ItemVerdicts[]): number | null {
  const several = items.map(({ verdicts }) => verdicts.filter((v) => v !== null)).filter((given) => given.length > 1);
  return several.length === 0 ? null : several.filter((given) => new Set(given).size > 1).length / several.length;
}

export interface Agreement {
  n: number;
  share: number;
  shareInterval: Interval | null;
  kappa: number | null;
  kappaInterval: Interval | null;
  /** Of pass and fail: how well passes and fails are known, and the rate of passes with the judge's errors taken out. */
  sensitivity: number | null;
  specificity: number | null;
}

/** @param pairs verdict and label of each item that has both */
export function agreementOf(
  pairs: readonly (readonly [verdict: string, label: string])[],
  scale: JudgeScale,
): Agreement | null {
  const n = pairs.length;
  if (n === 0) return null;
  const options = { labels: verdictsOf(scale), quadratic: scale === 'one-to-five' };
  const kappa = (items: readonly (readonly [string, string])[]): number | null =>
    cohenKappa(
      items.map(([verdict]) => verdict),
      items.map(([, label]) => label),
      options,
    );
  const hits = pairs.filter(([verdict, label]) => verdict === label).length;
  const rate = (label: string): number | null => {
    const of = pairs.filter((pair) => pair[1] === label);
    return of.length === 0 ? null : of.filter(([verdict]) => verdict === label).length / of.length;
  };
  return {
    n,
    share: hits / n,
    shareInterval: wilsonInterval(hits, n),
    kappa: kappa(pairs),
    kappaInterval: bootstrapInterval(n, (items) =>
      kappa(items.flatMap((i) => (pairs[i] === undefined ? [] : [pairs[i]]))),
    ),
    sensitivity: scale === 'pass-fail' ? rate('pass') : null,
    specificity: scale === 'pass-fail' ? rate('fail') : null,
  };
}

export const correctedPassRate = (apparent: number, agreement: Agreement | null): number | null =>
  agreement === null || agreement.sensitivity === null || agreement.specificity === null
    ? null
    : correctedRate(apparent, agreement.sensitivity, agreement.specificity);

/** A label of a person as a verdict of the scale; null: it is none. */
export function labelAsVerdict(label: string, scale: JudgeScale): string | null {
  const said = label.trim().toLowerCase();
  const aliases: Readonly<Record<string, string>> =
    scale === 'pass-fail'
      ? { true: 'pass', yes: 'pass', good: 'pass', '1': 'pass', false: 'fail', no: 'fail', bad: 'fail', '0': 'fail' }
      : scale === 'pairwise'
        ? { a: 'first', '1': 'first', b: 'second', '2': 'second', draw: 'tie', same: 'tie' }
        : { '1.0': '1', '2.0': '2', '3.0': '3', '4.0': '4', '5.0': '5' };
  const verdict = aliases[said] ?? said;
  return verdictsOf(scale).includes(verdict) ? verdict : null;
}
