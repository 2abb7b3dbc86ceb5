/**
 * Every form of estimator, found by its folder, under the same laws: those that scikit-learn's `check_estimator` holds its own to, as far as they make sense
 * for what is kept in a file, served and exported. A new folder is judged without a word here.
 */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNeural } from '../../engine/recipe/neural-answers.ts';
import type { OnnxColumn } from '../../shared/capabilities.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { dataOf, expectNear, numbersOf as outputNumbers, runGraph, type Values } from '../../test/support/run-graph.ts';
import { trialServices } from '../../test/support/train-trial.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { decodeEstimator, loadForm } from './decode-estimator.ts';
import { loadTask } from '../tasks/load-task.ts';
import { countFigures } from '../tasks/count-figures.ts';
import type { EstimatorOutputs, Predictions } from '../tasks/model-task.ts';
import { addEstimator, predictEstimator } from './estimator.ts';
import type { Estimator } from './estimator-form.ts';
import { addNeural } from './neural/add-neural.ts';
import { encodeNeural } from './neural/neural-estimator.ts';
import type { EstimatorTrial, FittedTrial, TrialRows } from './trial.ts';

const forms = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const trialsOf = async (name: string): Promise<readonly EstimatorTrial[]> =>
  ((await import(`./${name}/trials.ts`)) as { trials: readonly EstimatorTrial[] }).trials;
const trials = (
  await Promise.all(forms.map(async (name) => (await trialsOf(name)).map((t) => ({ name, ...t }))))
).flat();

const columns = ['a', 'b', 'c', 'd'];
/** Rows in which the target follows from `a` and `b`; `c` is noise, `d` half of `b`. */
function drawRows(trial: EstimatorTrial, rows: number, seed: number): TrialRows {
  const random = randomGenerator(seed);
  const values = Float64Array.from({ length: rows * columns.length }, () => random.nextNormal());
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a = 0, b = 0, , d = 0] = values.subarray(row * columns.length, (row + 1) * columns.length);
    values[row * columns.length + 3] = b / 2 + d / 4;
    const signal = 2 * a - b + 0.3 * random.nextNormal();
    target[row] =
      trial.classes === undefined ? 10 + signal : Math.min(trial.classes - 1, Math.floor(Math.max(0, signal + 1.5)));
  }
  return { rows, columns, values, target };
}
const cell = (rows: TrialRows, row: number, c: number): number => rows.values[row * rows.columns.length + c] ?? NaN;
const withValues = (rows: TrialRows, at: (row: number, c: number) => number): TrialRows => ({
  ...rows,
  values: Float64Array.from({ length: rows.values.length }, (_, i) =>
    at(Math.floor(i / rows.columns.length), i % rows.columns.length),
  ),
});
const pickRows = (rows: TrialRows, kept: readonly number[]): TrialRows => ({
  rows: kept.length,
  columns: rows.columns,
  values: Float64Array.from(kept.flatMap((row) => rows.columns.map((_, c) => cell(rows, row, c)))),
  target: Float64Array.from(kept, (row) => rows.target[row] ?? NaN),
});

const opened: { close: () => Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});
type Ask = (values: Float64Array, rows: number) => Promise<Predictions>;
interface Asked {
  estimator: Estimator;
  ask: Ask;
}
/** As from a model's file: through the text that is written. */
async function open(trial: EstimatorTrial, fitted: FittedTrial): Promise<Asked> {
  const estimator = await decodeEstimator(
    JSON.parse(compactJson(fitted.estimator)),
    new Map(Object.entries(fitted.blobs ?? {})),
  );
  const task = await loadTask(trial.task);
  if (estimator.reads === 'numbers')
    return { estimator, ask: async (values, rows) => predictEstimator(estimator, task, values, rows) };
  const pixels = () => Promise.reject(new Error('a trial has no images'));
  const answers = openNeural(estimator, { images: { pixels }, threads: 1 });
  opened.push(answers);
  return { estimator, ask: (numbers, rows) => answers.predict({ numbers, texts: [] }, rows) };
}
const textOf = ({ estimator, blobs = {} }: FittedTrial): unknown => [compactJson(estimator), blobs];
const fit = (trial: EstimatorTrial, rows: TrialRows, seed = 1): Promise<FittedTrial> =>
  trial.fit(rows, seed, trialServices);
const flat = ({ prediction, probabilities }: Predictions): number[] => [...prediction, ...probabilities];
/** What is compared where classes may flip at a tie: probabilities, or the value. */
const figures = ({ prediction, probabilities }: Predictions): number[] =>
  probabilities.length > 0 ? [...probabilities] : [...prediction];

describe('a folder is a form', () => {
  it.each(forms)('%s', async (name) => {
    expect((await loadForm(name)).form).toBe(name);
    expect((await trialsOf(name)).length).toBeGreaterThan(0);
  });
});

describe.each(trials)('$name: $title', (trial) => {
  const rows = drawRows(trial, 240, 5);
  const others = drawRows(trial, 90, 6);
  let fitted: FittedTrial;
  let asked: Asked;
  beforeAll(async () => {
    fitted = await fit(trial, rows);
    asked = await open(trial, fitted);
  });

  it('the same rows and seed give the same bytes, whatever was fitted in between, and the rows are left as they were', async () => {
    const copy = structuredClone(rows);
    await fit(trial, others, 9);
    expect(textOf(await fit(trial, rows))).toEqual(textOf(fitted));
    expect(rows).toEqual(copy);
  });

  it('has learnt what the rows hold, on rows that it never saw', async () => {
    const { prediction } = await asked.ask(others.values, others.rows);
    // Where nothing says what is right: more than one answer.
    if ((await loadTask(trial.task)).measured === undefined) {
      expect(new Set(prediction).size).toBeGreaterThan(1);
      return;
    }
    const off = (answer: (row: number) => number): number =>
      others.target.reduce(
        (sum, wanted, row) =>
          sum + (trial.classes === undefined ? (answer(row) - wanted) ** 2 : Number(answer(row) !== wanted)),
        0,
      );
    const mean = rows.target.reduce((a, b) => a + b, 0) / rows.rows;
    const usual = trial.classes === undefined ? mean : mostFrequent(rows.target);
    const share = off((row) => prediction[row] ?? NaN) / off(() => usual);
    if (trial.isInformed) expect(share).toBeLessThan(0.5);
    else expect(share).toBeCloseTo(1, 9);
  });

  it('probabilities are from 0 to 1 and add up to 1, and the class is the first of the most likely', async () => {
    const { prediction, probabilities } = await asked.ask(others.values, others.rows);
    const classes = trial.classes ?? 0;
    expect(probabilities.length).toBe(others.rows * (await figuresOf(trial)));
    if (classes === 0) return;
    prediction.forEach((k, row) => {
      const own = [...probabilities.subarray(row * classes, (row + 1) * classes)];
      expect(own.every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(k).toBe(own.indexOf(Math.max(...own)));
    });
  });

  it('a row alone has the bits that it has among others, no rows have no answers', async () => {
    const number = fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom(NaN, 0, -0, 1e300, -1e300));
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: columns.length, maxLength: 160 }), async (drawn) => {
        const count = Math.floor(drawn.length / columns.length);
        const values = Float64Array.from(drawn.slice(0, count * columns.length));
        const all = await asked.ask(values, count);
        const classes = all.probabilities.length / count;
        for (let row = 0; row < count; row++) {
          const alone = await asked.ask(values.slice(row * columns.length, (row + 1) * columns.length), 1);
          expect(alone.prediction).toEqual(all.prediction.slice(row, row + 1));
          expect(alone.probabilities).toEqual(all.probabilities.slice(row * classes, (row + 1) * classes));
        }
      }),
      { numRuns: 20 },
    );
    expect(flat(await asked.ask(new Float64Array(0), 0))).toEqual([]);
  });

  it('what was read from its file gives the same file', () => {
    const { estimator } = asked;
    if (estimator.reads === 'numbers') expect(compactJson(estimator.save())).toBe(compactJson(fitted.estimator));
    else {
      const { reads: _, ...learnt } = estimator;
      expect(textOf(encodeNeural(learnt))).toEqual(textOf(fitted));
    }
  });

  it('a column of one value teaches it nothing, and hurts nothing', async () => {
    const constant = await open(
      trial,
      await fit(
        trial,
        withValues(rows, (row, c) => (c === 2 ? 7 : cell(rows, row, c))),
      ),
    );
    const at = (value: number) => withValues(others, (row, c) => (c === 2 ? value : cell(others, row, c)));
    const found = figures(await constant.ask(at(7).values, others.rows));
    expect(found.every(Number.isFinite)).toBe(true);
  });

  it(
    trial.missing === 'a-value'
      ? 'a missing value has an answer, also where a column has no other'
      : 'a row with a missing value has no answer',
    async () => {
      const gaps = withValues(others, (row, c) => (row % 3 === 0 && c === 0 ? NaN : cell(others, row, c)));
      const { prediction, probabilities } = await asked.ask(gaps.values, gaps.rows);
      const isAnswered = [...prediction].map((value, row) => !Number.isNaN(value) || row % 3 !== 0);
      if (trial.missing === 'no-answer') {
        expect([...prediction].map(Number.isNaN)).toEqual([...prediction].map((_, row) => row % 3 === 0));
        const classes = trial.classes ?? 0;
        expect([...probabilities.subarray(0, classes)].every(Number.isNaN)).toBe(true);
        return;
      }
      expect(isAnswered.every(Boolean)).toBe(true);
      const empty = withValues(rows, (row, c) => (c === 2 || (c === 0 && row % 5 === 0) ? NaN : cell(rows, row, c)));
      const learnt = await open(trial, await fit(trial, empty));
      expect(figures(await learnt.ask(gaps.values, gaps.rows)).every(Number.isFinite)).toBe(true);
    },
  );

  it('weights of one are no weights', async () => {
    const ones = await open(trial, await fit(trial, { ...rows, weights: new Float64Array(rows.rows).fill(1) }));
    const wanted = figures(await asked.ask(others.values, others.rows));
    expectNear(figures(await ones.ask(others.values, others.rows)), wanted, trial.weighted ?? 1e-6);
  });

  it.runIf(trial.weighted !== undefined)('a weight of 0 leaves a row out, a weight of 2 is a row twice', async () => {
    const weights = Float64Array.from({ length: rows.rows }, (_, row) => row % 3);
    const weighted = await open(trial, await fit(trial, { ...rows, weights }));
    const copies = Array.from({ length: rows.rows }, (_, row) => Array.from({ length: row % 3 }, () => row)).flat();
    const repeated = await open(trial, await fit(trial, pickRows(rows, copies)));
    const wanted = figures(await repeated.ask(others.values, others.rows));
    expectNear(figures(await weighted.ask(others.values, others.rows)), wanted, trial.weighted ?? 0);
  });

  it.runIf(trial.permuted !== undefined)('columns in another order give the same answers', async () => {
    const order = [2, 0, 3, 1];
    const turn = (own: TrialRows): TrialRows => ({
      ...withValues(own, (row, c) => cell(own, row, order[c] ?? 0)),
      columns: order.map((c) => own.columns[c] ?? ''),
    });
    const turned = await open(trial, await fit(trial, turn(rows)));
    const wanted = figures(await asked.ask(others.values, others.rows));
    expectNear(figures(await turned.ask(turn(others).values, others.rows)), wanted, trial.permuted ?? 0);
  });

  it('onnxruntime gives for its exported form what it gives here', async () => {
    const labels = classesOf(trial);
    const wanted = await asked.ask(others.values, others.rows);
    const found = await askExported(trial, asked.estimator, others, labels);
    if ((await figuresOf(trial)) > 0)
      expectNear(outputNumbers(found, 'probabilities'), wanted.probabilities, trial.exported);
    if (labels.length === 0) return expectNear(outputNumbers(found, 'prediction'), wanted.prediction, trial.exported);
    expect(dataOf(found, 'prediction')).toEqual(Array.from(wanted.prediction, (k) => labels[k]));
  });
});

/** Numbers beside each answer, by its task. */
const figuresOf = async (trial: EstimatorTrial): Promise<number> =>
  countFigures((await loadTask(trial.task)).answers({ target, classes: classesOf(trial) }));
const target = { name: 'target', type: 'DOUBLE' };
const classesOf = (trial: EstimatorTrial): string[] => ['no', 'perhaps', 'yes'].slice(0, trial.classes ?? 0);

async function askExported(
  trial: EstimatorTrial,
  estimator: Estimator,
  rows: TrialRows,
  labels: readonly string[],
): Promise<Values> {
  const g = graphBuilder();
  const figures = await figuresOf(trial);
  const give = (added: EstimatorOutputs, feeds: Values): Promise<Values> => {
    g.output('prediction', added.prediction.value, added.prediction.type);
    if (added.probabilities) g.output('probabilities', added.probabilities, 'double', ['rows', figures]);
    return runGraph(g, feeds);
  };
  if (estimator.reads === 'numbers') {
    const x = g.input('x', 'double', ['rows', columns.length]);
    const feed = new ort.Tensor('float64', rows.values, [rows.rows, columns.length]);
    return give(addEstimator(g, x, estimator, await loadTask(trial.task), { classes: labels }), { x: feed });
  }
  const inputs = new Map(
    columns.map((name): [string, OnnxColumn] => [name, { value: g.input(name, 'double'), type: 'double' }]),
  );
  const feeds = columns.map((name, c) => {
    const values = Float64Array.from({ length: rows.rows }, (_, row) => cell(rows, row, c));
    return [name, new ort.Tensor('float64', values, [rows.rows, 1])] as const;
  });
  return give(addNeural(g, inputs, estimator, labels), Object.fromEntries(feeds));
}

function mostFrequent(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? NaN;
}
