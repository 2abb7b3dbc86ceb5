import { classShares } from '../estimators/constant/fit-constant.ts';
import { form as constantForm } from '../estimators/constant/form.ts';
import { weightedMean } from '../statistics/blocked-sum.ts';
import { quantileOfSorted, weightedMedian } from '../statistics/quantile.ts';
import { sortedOrder } from '../statistics/sorted-order.ts';
import type { Learnt } from './learn-linear.ts';
import { trainingChips } from './training-report.ts';
import type { TrainingSet } from './training-set.ts';

/** The share of each class (scikit-learn's DummyClassifier "prior"), or the mean or median of the target. */
export async function learnConstant(set: TrainingSet, constant: 'mean' | 'median'): Promise<Learnt> {
  const { target, weights } = await set.read('train');
  const chips = trainingChips(set).filter((chip) => !chip.endsWith('feature') && !chip.endsWith('features'));
  if (set.learns === 'numbers') {
    const value = constant === 'mean' ? weightedMean(target, weights) : medianOf(target, weights);
    return {
      estimator: constantForm.encode(Float64Array.of(value)),
      facts: { constant: value },
      chips,
      blocks: [
        {
          type: 'text',
          text: `Always predicts ${value.toPrecision(6)}, the ${constant} of "${set.target.name}" in the training rows.`,
          tone: 'plain',
        },
      ],
    };
  }
  const shares = classShares(target, set.classes.length, weights);
  const top = shares.reduce((best, share, k) => (share > (shares[best] ?? 0) ? k : best), 0);
  return {
    estimator: constantForm.encode(shares),
    facts: { shares: Object.fromEntries(set.classes.map((label, k) => [String(label), shares[k] ?? 0])) },
    chips,
    blocks: [
      {
        type: 'text',
        text: `Always predicts ${String(set.classes[top])}, the most frequent class of "${set.target.name}" in the training rows.`,
        tone: 'plain',
      },
      {
        type: 'table',
        title: 'Share of each class',
        columns: [
          { name: 'class', title: 'Class', align: 'left' },
          { name: 'share', title: 'Share', align: 'right' },
        ],
        rows: set.classes.map((label, k) => [String(label), shares[k] ?? 0]),
      },
    ],
  };
}

function medianOf(values: Float64Array, weights: Float64Array | undefined): number {
  return weights ? weightedMedian(values, weights, sortedOrder(values)) : quantileOfSorted(values.toSorted(), 0.5);
}
