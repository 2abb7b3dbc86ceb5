import { append } from '../../shared/append.ts';
import { fail, fault, type Warning } from '../../shared/errors.ts';
import type { LongTask } from '../long-task.ts';
import { columnFrame } from './column-frame.ts';
import type { ColumnFrame } from './framed-column.ts';
import { checkFeatures, checkVector, type FeatureMatrix } from './feature-matrix.ts';
import { logisticObjective } from './logistic-objective.ts';
import type { LogisticModel } from './model.ts';
import { minimiseByNewton } from './newton.ts';
import { solveOnSample } from './row-sample.ts';

export interface LogisticOptions {
  /** Inverse strength of the penalty on squared coefficients, as scikit-learn's `C`; Infinity for none. */
  readonly c?: number;
  readonly fitIntercept?: boolean;
  readonly weight?: Float64Array;
  /** A factor for each class; `balanced` is rows / (classes × rows of the class). */
  readonly classWeight?: Float64Array | 'balanced';
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

export interface LogisticFit {
  readonly model: LogisticModel;
  readonly iterations: number;
  readonly converged: boolean;
  /** The minimised Σ weight · −ln p + ‖coefficients‖² / (2 C). */
  readonly loss: number;
  readonly warnings: readonly Warning[];
}

/**
 * Logistic regression with an L2 penalty and an unpenalised intercept, the problem of scikit-learn's `LogisticRegression`: binomial for two
 * classes, multinomial (softmax) for more. Solved to the digits of float64, so that coefficients agree with a converged scikit-learn to 1e-6.
 *
 * @param target class of each row, 0 … classCount − 1
 * @throws `linear.not-finite`, `linear.no-rows`, `linear.no-columns`, `linear.one-class`, `linear.bad-option`
 */
export async function fitLogistic(
  features: FeatureMatrix,
  target: Int32Array,
  classCount: number,
  options: LogisticOptions = {},
  task: LongTask = {},
): Promise<LogisticFit> {
  const { c = 1, fitIntercept = true, tolerance = 1e-8, maxIterations = 100 } = options;
  if (!(c > 0))
    throw fail('linear.bad-option', {
      message: `C is ${c}; it must be above 0.`,
      mend: 'Set C to a positive number, for instance 1.',
      param: 'c',
    });
  checkFeatures(features);
  checkVector('target', target, features.rows);
  if (options.weight) checkVector('weight', options.weight, features.rows);
  const weight = rowWeights(target, classCount, options);
  const classRows = weightByClass(target, classCount, weight);

  const frame = columnFrame(features, weight, fitIntercept);
  const width = features.columns.length + (fitIntercept ? 1 : 0);
  const penalty = new Float64Array(width);
  frame.scale.forEach((scale, j) => (penalty[j] = 1 / (c * scale * scale)));
  const problem = { features, frame, withIntercept: fitIntercept, target, classCount, weight, penalty };
  const objective = logisticObjective(problem);
  const start = new Float64Array(objective.outputs * width);
  if (fitIntercept) startAtShares(start, classRows, width);
  const newton = { tolerance, maxIterations, isFree: (column: number) => penalty[column] === 0 };
  const sampled = await solveOnSample(problem, start, newton, task);
  const found = await minimiseByNewton(
    objective,
    sampled?.start ?? start,
    { ...newton, ...(sampled ? { nearby: sampled.nearby } : {}) },
    task,
  );
  task.onProgress?.(1);

  return {
    model: {
      task: 'classification',
      classCount,
      columns: features.columns,
      ...unframe(found.coefficients, frame, fitIntercept),
    },
    iterations: found.iterations,
    converged: found.converged,
    loss: found.loss,
    warnings: warningsOf(features, frame, found.converged, found.iterations, c),
  };
}

function rowWeights(
  target: Int32Array,
  classCount: number,
  { weight, classWeight }: LogisticOptions,
): Float64Array | undefined {
  if (classWeight === undefined) return weight;
  const factors = classWeight === 'balanced' ? balancedFactors(target, classCount, weight) : classWeight;
  if (factors.length !== classCount) {
    throw fault('linear.bad-option', {
      message: `There are ${classCount} classes, but ${factors.length} class weights.`,
      param: 'classWeight',
    });
  }
  return Float64Array.from(target, (k, row) => (factors[k] ?? 0) * (weight ? (weight[row] ?? 0) : 1));
}

function balancedFactors(target: Int32Array, classCount: number, weight: Float64Array | undefined): Float64Array {
  const sums = weightByClass(target, classCount, weight);
  const total = sums.reduce((sum, value) => sum + value, 0);
  return sums.map((sum) => total / (classCount * sum));
}

/** Weight of the rows of each class; every class must have some. */
function weightByClass(target: Int32Array, classCount: number, weight: Float64Array | undefined): Float64Array {
  const sums = new Float64Array(classCount);
  target.forEach((k, row) => {
    if (k < 0 || k >= classCount)
      throw fault('linear.unknown-class', {
        message: `Row ${row} has the class number ${k}, of ${classCount} classes.`,
        facts: { row, class: k, classCount },
      });
    sums[k] = (sums[k] ?? 0) + (weight ? (weight[row] ?? 0) : 1);
  });
  const occurring = sums.filter((sum) => sum > 0).length;
  if (occurring < 2) {
    throw fail('linear.one-class', {
      message: 'The training rows are all of one class.',
      mend: 'Check the target, the filters and the split: at least two classes are needed.',
    });
  }
  if (occurring < classCount) {
    throw fail('linear.empty-class', {
      message: `Class number ${sums.findIndex((sum) => sum === 0)} has no training rows.`,
      mend: 'Number only the classes that occur in the training rows.',
      facts: { class: sums.findIndex((sum) => sum === 0) },
    });
  }
  return sums;
}

/** Begins with the intercepts that predict each class's share. */
function startAtShares(start: Float64Array, classRows: Float64Array, width: number): void {
  if (classRows.length === 2) {
    start[width - 1] = Math.log((classRows[1] ?? 1) / (classRows[0] ?? 1));
    return;
  }
  const logs = classRows.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  logs.forEach((value, k) => (start[k * width + width - 1] = value - mean));
}

/** From framed units back to the columns' own. */
function unframe(
  framed: Float64Array,
  { centre, scale }: ColumnFrame,
  fitIntercept: boolean,
): { coefficients: Float64Array; intercepts: Float64Array } {
  const count = scale.length;
  const width = count + (fitIntercept ? 1 : 0);
  const outputs = framed.length / width;
  const coefficients = new Float64Array(outputs * count);
  const intercepts = new Float64Array(outputs);
  for (let k = 0; k < outputs; k++) {
    let intercept = fitIntercept ? (framed[k * width + count] ?? 0) : 0;
    for (let j = 0; j < count; j++) {
      const coefficient = (framed[k * width + j] ?? 0) / (scale[j] ?? 1);
      coefficients[k * count + j] = coefficient;
      intercept -= coefficient * (centre[j] ?? 0);
    }
    intercepts[k] = intercept;
  }
  return { coefficients, intercepts };
}

function warningsOf(
  { columns }: FeatureMatrix,
  { constant }: ColumnFrame,
  converged: boolean,
  iterations: number,
  c: number,
): Warning[] {
  const warnings: Warning[] = [];
  if (!converged) {
    warnings.push({
      code: 'linear.not-converged',
      severity: 'warning',
      message: `The coefficients were still moving after ${iterations} steps.`,
      mend:
        c === Infinity
          ? 'A column may separate the classes perfectly: set a penalty (C = 1).'
          : 'Lower C, scale the columns, or allow more steps.',
      facts: { iterations },
    });
  }
  append(warnings, constantWarnings(columns, constant));
  return warnings;
}

/** One warning naming the columns that never vary, if there are any. */
export function constantWarnings(columns: readonly string[], constant: Uint8Array): Warning[] {
  const names = columns.filter((_, j) => constant[j] === 1);
  if (names.length === 0) return [];
  const message =
    names.length === 1
      ? `Column “${names[0]}” has one value in all training rows.`
      : `These columns have one value in all training rows: ${names.join(', ')}.`;
  return [
    {
      code: 'linear.constant-column',
      severity: 'warning',
      message,
      mend: 'It cannot help to predict: leave it out.',
      facts: { columns: names },
    },
  ];
}
