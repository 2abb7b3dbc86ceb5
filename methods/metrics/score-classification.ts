import { fail, fault } from '../../shared/errors.ts';
import {
  accuracy,
  averageScores,
  balancedAccuracy,
  cohenKappa,
  matthewsCorrelation,
  type PrecisionRecallF1,
  scoresByClass,
  type ZeroDivision,
} from './class-scores.ts';
import { checkLengths, type ConfusionMatrix, confusionMatrix } from './confusion-matrix.ts';
import { type MetricValue, metricSignature } from './metric-value.ts';
import {
  brierScore,
  checkProbabilities,
  type ClassProbabilities,
  logLoss,
  mostLikelyClasses,
  probabilitiesOf,
} from './probability-scores.ts';
import { averagePrecision, kolmogorovSmirnov, type RankedScores, rankScores, rocAuc } from './ranked-scores.ts';

export interface ClassificationRows {
  /** Names of the classes; their order gives the class numbers. Classes that only the truth knows come last. */
  readonly classes: readonly string[];
  /** Class number of each row. */
  readonly truth: Int32Array;
  /**
   * Row-major, rows × the classes that the model knows, which may be fewer than `classes`: the others have probability 0 and are not ranked.
   * Without probabilities only what needs labels is measured.
   */
  readonly probabilities?: Float64Array;
  /** Predicted class number; the most likely class (the first among equals) where not given. */
  readonly predicted?: Int32Array;
  /** Of two classes that the model knows, the number of the one that is called positive; the second where not given. */
  readonly positive?: number;
  readonly weight?: Float64Array;
  readonly zeroDivision?: ZeroDivision;
}

export interface ClassReport extends PrecisionRecallF1 {
  readonly name: string;
  /** One against the rest; NaN where undefined, absent without probabilities. */
  readonly rocAuc?: number;
  readonly averagePrecision?: number;
}

export interface ClassificationScores {
  readonly values: readonly MetricValue[];
  readonly byClass: readonly ClassReport[];
  readonly confusion: ConfusionMatrix;
  readonly predicted: Int32Array;
  /** The scores of each class against the rest, sorted once; for two classes only the positive one's is filled. Feed for curves and tables. */
  readonly ranked: readonly (RankedScores | undefined)[];
}

/**
 * All classification metrics at once, named and defined as in scikit-learn 1.9. Two classes: precision, recall, f1, roc_auc and
 * average_precision are of the positive class. More: roc_auc_ovr, roc_auc_ovr_weighted, average_precision (macro).
 *
 * @throws `metrics.no-rows`, `metrics.length`, `metrics.unknown-class`, `metrics.not-a-probability`, `metrics.no-prediction`
 */
export function scoreClassification(rows: ClassificationRows): ClassificationScores {
  const { classes, truth, weight, zeroDivision = 0, positive = 1 } = rows;
  if (truth.length === 0)
    throw fail('metrics.no-rows', {
      message: 'There are no rows to evaluate.',
      mend: 'Check the filters and the split before this node.',
    });
  checkLengths(truth.length, { weight: weight?.length });
  const known = rows.probabilities
    ? Math.min(classes.length, rows.probabilities.length / truth.length)
    : classes.length;
  const probabilities = rows.probabilities && { values: rows.probabilities, classCount: Math.floor(known) };
  if (probabilities) checkProbabilities(probabilities, truth.length);
  const predicted = rows.predicted ?? (probabilities && mostLikelyClasses(probabilities));
  if (!predicted)
    throw fail('metrics.no-prediction', {
      message: 'There are neither predicted classes nor probabilities.',
      mend: 'Choose the column of predictions, or the columns of probabilities.',
    });

  const confusion = confusionMatrix(truth, predicted, classes.length, weight);
  const isBinary = known === 2;
  const choices = { weighted: weight !== undefined };
  const ranked = classes.map((_, k) =>
    probabilities && k < known && (!isBinary || k === positive)
      ? rankAgainstRest(truth, probabilities, k, weight)
      : undefined,
  );
  const values = [
    ...labelValues(confusion, zeroDivision, choices),
    ...(isBinary ? positiveValues(confusion, positive, classes, zeroDivision, choices) : []),
    ...(probabilities ? probabilityValues(truth, probabilities, weight, choices) : []),
    ...(isBinary
      ? positiveRankingValues(ranked[positive], classes[positive] ?? '', choices)
      : averagedRankingValues(ranked, confusion, classes, choices)),
  ];
  const byClass = scoresByClass(confusion, zeroDivision).map((score, k) => {
    const own = ranked[k];
    const name = classes[k] ?? String(k);
    return own ? { name, ...score, rocAuc: rocAuc(own), averagePrecision: averagePrecision(own) } : { name, ...score };
  });
  return { values, byClass, confusion, predicted, ranked };
}

type Choices = Readonly<Record<string, string | number | boolean>>;

function rankAgainstRest(
  truth: Int32Array,
  probabilities: ClassProbabilities,
  k: number,
  weight?: Float64Array,
): RankedScores {
  const isClass = new Uint8Array(truth.length);
  for (let row = 0; row < truth.length; row++) isClass[row] = truth[row] === k ? 1 : 0;
  return rankScores(isClass, probabilitiesOf(probabilities, k), weight);
}

const valueOf = (name: string, value: number, choices: Choices, note?: string): MetricValue => ({
  name,
  value,
  signature: metricSignature(name, choices),
  ...(note === undefined ? {} : { note }),
});

function labelValues(confusion: ConfusionMatrix, zeroDivision: ZeroDivision, choices: Choices): MetricValue[] {
  const kappa = cohenKappa(confusion);
  const kappaNote = Number.isNaN(kappa) ? 'Truth and predictions are all of one class.' : undefined;
  const averages = (['macro', 'weighted', 'micro'] as const).flatMap((average) => {
    const scores = averageScores(confusion, average, zeroDivision);
    const own = { ...choices, average, zero_division: zeroDivision };
    return (['precision', 'recall', 'f1'] as const).map((part) => valueOf(`${part}_${average}`, scores[part], own));
  });
  return [
    valueOf('accuracy', accuracy(confusion), choices),
    valueOf('balanced_accuracy', balancedAccuracy(confusion), choices),
    valueOf('matthews_corrcoef', matthewsCorrelation(confusion), choices),
    valueOf('cohen_kappa', kappa, choices, kappaNote),
    ...averages,
  ];
}

function positiveValues(
  confusion: ConfusionMatrix,
  positive: number,
  classes: readonly string[],
  zeroDivision: ZeroDivision,
  choices: Choices,
): MetricValue[] {
  const scores = scoresByClass(confusion, zeroDivision)[positive];
  if (!scores)
    throw fault('metrics.unknown-class', {
      message: `There is no class number ${positive} to be the positive one.`,
      facts: { positive },
    });
  const own = { ...choices, positive: classes[positive] ?? '', zero_division: zeroDivision };
  return (['precision', 'recall', 'f1'] as const).map((part) =>
    valueOf(
      part,
      scores[part],
      own,
      scores.undefinedParts.includes(part) ? `Nothing to divide by: ${zeroDivision} by convention.` : undefined,
    ),
  );
}

function probabilityValues(
  truth: Int32Array,
  probabilities: ClassProbabilities,
  weight: Float64Array | undefined,
  choices: Choices,
): MetricValue[] {
  return [
    valueOf('log_loss', logLoss(truth, probabilities, weight), choices),
    valueOf('brier_score', brierScore(truth, probabilities, weight), {
      ...choices,
      halved: probabilities.classCount === 2,
    }),
  ];
}

function positiveRankingValues(own: RankedScores | undefined, positiveName: string, choices: Choices): MetricValue[] {
  if (!own) return [];
  const named = { ...choices, positive: positiveName };
  const oneClass = own.positives === 0 || own.negatives === 0 ? 'Only one class occurs in the truth.' : undefined;
  const noPositive = own.positives === 0 ? 'There are no positive rows: 0 by convention.' : undefined;
  return [
    valueOf('roc_auc', rocAuc(own), named, oneClass),
    valueOf('average_precision', averagePrecision(own), named, noPositive),
    valueOf('ks_statistic', kolmogorovSmirnov(own).distance, named, oneClass),
  ];
}

/** Each class against the rest, averaged. scikit-learn has no average precision where a class is missing: it is left out here, and the note says so. */
function averagedRankingValues(
  ranked: readonly (RankedScores | undefined)[],
  { inTruth }: ConfusionMatrix,
  classes: readonly string[],
  choices: Choices,
): MetricValue[] {
  const all = ranked.filter((scores) => scores !== undefined);
  if (all.length === 0) return [];
  const supports = all.map((scores) => scores.positives);
  const areas = all.map(rocAuc);
  const precisions = all.map(averagePrecision);
  const missing = classes.filter((_, k) => k < all.length && inTruth[k] === 0);
  const note =
    missing.length > 0
      ? `The truth has no rows of ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}.`
      : undefined;
  const macro = { ...choices, average: 'macro' };
  const weighted = { ...choices, average: 'weighted' };
  const occurring = all.map((_, k) => inTruth[k] ?? 0);
  return [
    valueOf('roc_auc_ovr', mean(areas), macro, note),
    valueOf('roc_auc_ovr_weighted', mean(areas, supports), weighted, note),
    valueOf('average_precision', mean(precisions, occurring), macro, note),
    valueOf('average_precision_weighted', mean(precisions, supports), weighted, note),
  ];
}

/** Weighted mean; what has the weight 0 does not count, even if it is NaN. */
function mean(values: readonly number[], weights?: readonly number[]): number {
  let sum = 0;
  let total = 0;
  values.forEach((value, i) => {
    const weight = weights ? (weights[i] ?? 0) : 1;
    if (weight === 0) return;
    sum += value * weight;
    total += weight;
  });
  return sum / total;
}
