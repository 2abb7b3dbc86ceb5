/** The linear learners behind the nodes: what they learn, and what there is to say about it. */
import type { JsonValue } from '../../shared/capabilities.ts';
import type { Warning } from '../../shared/errors.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { form as linear } from '../estimators/linear/form.ts';
import { fitLinear, type LinearFit } from '../linear/fit-linear.ts';
import { fitLogistic, type LogisticFit, type LogisticOptions } from '../linear/fit-logistic.ts';
import type { LongTask } from '../long-task.ts';
import { nextTurn } from '../trees/kernel-module.ts';
import { barsBySize, trainingChips, type Named } from './training-report.ts';
import type { TrainingSet } from './training-set.ts';
import type { LearnerContext } from './learner-context.ts';

export interface Learnt {
  /** As the model's file has it. */
  estimator: JsonValue;
  facts: Readonly<Record<string, JsonValue>>;
  chips: string[];
  blocks: ReportBlock[];
}

export async function learnLogistic(
  context: LearnerContext,
  set: TrainingSet,
  options: Pick<LogisticOptions, 'c' | 'classWeight'>,
): Promise<Learnt> {
  const names = set.features.map((f) => f.name);
  const { target, rows, weights } = await set.read('train');
  const features = { values: await set.columns64('train'), rows, columns: names };
  const fit = await fitLogistic(
    features,
    Int32Array.from(target),
    set.classes.length,
    { ...options, ...(weights ? { weight: weights } : {}) },
    longTask(context),
  );
  report(context, fit.warnings);
  const binary = set.classes.length === 2;
  const outputs = binary ? [String(set.classes[set.positive])] : set.classes.map(String);
  // Of two classes the fit has the log-odds of the later one; those of the other are the same below zero.
  const sign = binary && set.positive === 0 ? -1 : 1;
  const coefficients = outputs.map((label, k) => ({
    label,
    intercept: sign * (fit.model.intercepts[k] ?? 0),
    values: named(
      names,
      fit.model.coefficients.subarray(k * names.length, (k + 1) * names.length).map((value) => sign * value),
    ),
  }));
  return {
    estimator: linear.encode(fit.model),
    facts: {
      iterations: fit.iterations,
      converged: fit.converged,
      coefficients: coefficients.map(({ label, intercept, values }) => ({
        class: label,
        intercept,
        coefficients: asRecord(values),
      })),
    },
    chips: [...trainingChips(set), `${fit.iterations} iterations`],
    blocks: logisticBlocks(fit, coefficients),
  };
}

function logisticBlocks(
  fit: LogisticFit,
  coefficients: readonly { label: string; intercept: number; values: readonly Named[] }[],
): ReportBlock[] {
  const largest =
    coefficients.length === 1 ? (coefficients[0]?.values ?? []) : largestOf(coefficients.map((c) => c.values));
  const top = [...largest].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0];
  return [
    barsBySize(
      coefficients.length === 1
        ? `Coefficients: log-odds of ${coefficients[0]?.label ?? ''}`
        : 'Largest coefficient of each feature over the classes',
      'coefficient',
      largest,
      top === undefined
        ? 'There are no coefficients.'
        : `${top.name} weighs most, with ${top.value.toPrecision(3)} for each unit.`,
    ),
    coefficientTable(coefficients),
    ...fit.warnings.map((w): ReportBlock => ({
      type: 'text',
      text: `${w.message} ${w.mend ?? ''}`.trim(),
      tone: 'warning',
    })),
  ];
}

const mostTableRows = 200;

function coefficientTable(
  coefficients: readonly { label: string; intercept: number; values: readonly Named[] }[],
): ReportBlock {
  const names = coefficients[0]?.values.map((v) => v.name) ?? [];
  return {
    type: 'table',
    title: 'Coefficients',
    columns: [
      { name: 'feature', title: 'Feature', align: 'left' },
      ...coefficients.map((c, k) => ({ name: `c${k}`, title: c.label, align: 'right' as const })),
    ],
    rows: [
      ['(intercept)', ...coefficients.map((c) => c.intercept)],
      ...names.slice(0, mostTableRows).map((name, i) => [name, ...coefficients.map((c) => c.values[i]?.value ?? 0)]),
    ],
    ...(names.length > mostTableRows
      ? { caption: `The first ${mostTableRows} of ${names.length} features; the model's page has all.` }
      : {}),
  };
}

export async function learnLeastSquares(
  context: LearnerContext,
  set: TrainingSet,
  options: { alpha: number },
): Promise<Learnt> {
  const names = set.features.map((f) => f.name);
  const { target, rows, weights } = await set.read('train');
  const features = { values: await set.columns64('train'), rows, columns: names };
  const fit = await fitLinear(
    features,
    target,
    { ...options, ...(weights ? { weight: weights } : {}) },
    longTask(context),
  );
  report(context, fit.warnings);
  const values = named(names, fit.model.coefficients);
  const top = [...values].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0];
  return {
    estimator: linear.encode(fit.model),
    facts: { intercept: fit.model.intercept, coefficients: asRecord(values), rank: fit.rank },
    chips: trainingChips(set),
    blocks: [
      barsBySize(
        'Coefficients',
        'change of the prediction for each unit',
        values,
        top === undefined
          ? 'There are no coefficients.'
          : `${top.name} weighs most for each unit: ${top.value.toPrecision(3)}.`,
      ),
      leastSquaresTable(fit, values),
      ...fit.warnings.map((w): ReportBlock => ({
        type: 'text',
        text: `${w.message} ${w.mend ?? ''}`.trim(),
        tone: 'warning',
      })),
    ],
  };
}

function leastSquaresTable(fit: LinearFit, values: readonly Named[]): ReportBlock {
  return {
    type: 'table',
    title: 'Coefficients',
    columns: [
      { name: 'feature', title: 'Feature', align: 'left' },
      { name: 'coefficient', title: 'Coefficient', align: 'right' },
    ],
    rows: [['(intercept)', fit.model.intercept], ...values.slice(0, mostTableRows).map((v) => [v.name, v.value])],
  };
}

const named = (names: readonly string[], values: Float64Array): Named[] =>
  names.map((name, i) => ({ name, value: values[i] ?? 0 }));
const asRecord = (values: readonly Named[]): Record<string, number> =>
  Object.fromEntries(values.map((v) => [v.name, v.value]));
const largestOf = (perClass: readonly (readonly Named[])[]): Named[] =>
  (perClass[0] ?? []).map(({ name }, i) => ({
    name,
    value: perClass.reduce(
      (best, values) => (Math.abs(values[i]?.value ?? 0) > Math.abs(best) ? (values[i]?.value ?? 0) : best),
      0,
    ),
  }));

function report(context: LearnerContext, warnings: readonly Warning[]): void {
  for (const { code, severity, message, mend, param, column, facts } of warnings)
    context.warn({
      code,
      severity,
      message,
      mend,
      ...(param === undefined ? {} : { param }),
      ...(column === undefined ? {} : { column }),
      ...(facts === undefined ? {} : { facts }),
    });
}

/** Between two steps the thread breathes, so that a cancel is heard. */
export const longTask = ({ signal, progress }: LearnerContext): LongTask => ({
  signal,
  onProgress: (fraction) => progress(fraction),
  pause: nextTurn,
});
