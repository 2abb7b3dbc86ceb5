/** Which of the models of a pipeline is better, by what their evaluations measure first, and how sure that is. */
import { bestOf } from '../state/runs/compare-runs.ts';
import type { MetricItem } from './metric-tiles.tsx';

export interface Measured {
  /** The evaluation. */
  node: string;
  item: MetricItem;
}
export interface Verdict {
  best: Measured;
  next: Measured;
  sure: 'clearly' | 'unclear' | 'ahead' | 'equal';
}

/** Only what was measured alike can be held against each other: the same figure of the same rows. */
export function compareLearners(all: readonly Measured[]): Verdict | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const alike = all.filter(({ item }) => item.name === first.item.name && rowsOf(item) === rowsOf(first.item));
  const higher = (a: Measured, b: Measured): number => (b.item.value ?? 0) - (a.item.value ?? 0);
  const values = alike.map(({ item }) => item.value);
  if (alike.length < 2 || values.some((value) => value === null)) return undefined;
  const [index] = bestOf(first.item.name, values);
  const isEqual = new Set(values).size === 1;
  if (index === undefined && !isEqual) return undefined;
  const best = alike[index ?? 0] ?? first;
  const others = alike.filter((one) => one !== best).sort(higher);
  // The nearest to the best, whichever way is better.
  const next = first.item.better === 'lower' ? others.at(-1) : others[0];
  return next === undefined ? undefined : { best, next, sure: isEqual ? 'equal' : howSure(best.item, next.item) };
}

function howSure({ interval: a }: MetricItem, { interval: b }: MetricItem): Verdict['sure'] {
  if (a === undefined || b === undefined) return 'ahead';
  return a[0] > b[1] || b[0] > a[1] ? 'clearly' : 'unclear';
}

/** `roc_auc|binary|rows=test|n=69`: on which rows. */
const rowsOf = ({ signature }: MetricItem): string =>
  (signature ?? '')
    .split('|')
    .filter((part) => /^(rows|n)=/.test(part))
    .join(' ');
