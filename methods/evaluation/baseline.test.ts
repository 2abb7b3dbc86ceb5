import { expect, test } from 'vitest';
import type { Scored } from '../../shared/capabilities.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { evaluateClassification } from './evaluate-classification.ts';
import { evaluateRegression } from './evaluate-regression.ts';

type Report = ReturnType<typeof evaluateRegression>['report'];
const textOf = ({ blocks }: Report): { title?: string | undefined; text: string; tone: string }[] =>
  blocks.flatMap((block) => (block.type === 'text' ? [block] : []));
const itemsOf = ({ blocks }: Report) => blocks.flatMap((block) => (block.type === 'metrics' ? block.items : []));

/** A flight is late in one of five; the score of a late one is higher by `signal` on average. */
function flights(rows: number, signal: number): Scored {
  const random = randomGenerator('flights');
  const target = Float64Array.from({ length: rows }, () => (random.nextFloat() < 0.2 ? 0 : 1));
  const late = target.map((k) => 1 / (1 + Math.exp(1.4 - (k === 0 ? signal : 0) - random.nextNormal())));
  return {
    rows,
    withoutTarget: 0,
    measuredOn: 'test',
    task: 'classification',
    classes: ['late', 'on time'],
    target,
    unseen: [],
    prediction: late.map((p) => (p > 0.5 ? 0 : 1)),
    probabilities: Float64Array.from({ length: 2 * rows }, (_, i) => {
      const p = late[i >> 1] ?? 0;
      return i % 2 === 0 ? p : 1 - p;
    }),
  };
}
const options = { positive: '', threshold: null, classRows: [200, 800] };

test('a classifier stands beside always giving the most frequent class, with an interval for each headline figure', () => {
  const { report } = evaluateClassification(flights(500, 3), options);
  const [first] = itemsOf(report);
  expect(first).toMatchObject({ name: 'balanced_accuracy', baseline: { title: 'always “on time”', value: 0.5 } });
  const [low = NaN, high = NaN] = first?.interval ?? [];
  expect(low).toBeLessThan(first?.value ?? NaN);
  expect(high).toBeGreaterThan(first?.value ?? NaN);
  expect(itemsOf(report).map((item) => item.interval !== undefined)).toEqual(itemsOf(report).map(() => true));
  expect(textOf(report)[0]).toMatchObject({ title: 'Better than the baseline', tone: 'plain' });
  expect(textOf(report)[0]?.text).toMatch(
    /^Balanced accuracy is 0\.\d{3}; always “on time” gives 0\.500\. With 95 % confidence/,
  );
});

test('a classifier that knows nothing, and one that few rows measure, are told as what they are', () => {
  expect(textOf(evaluateClassification(flights(40, 1), options).report)[0]).toMatchObject({
    title: 'Not clearly better than the baseline',
    tone: 'warning',
  });
  const wrong = flights(500, 3);
  const turned = { ...wrong, prediction: wrong.prediction.map((k) => 1 - k) };
  expect(textOf(evaluateClassification(turned, options).report)[0]).toMatchObject({
    title: 'Worse than the baseline',
    tone: 'warning',
  });
});

test('the baseline’s figures are those of a model that gives the shares of the training rows for every row', () => {
  const scored = { ...flights(300, 2), weights: Float64Array.from({ length: 300 }, (_, i) => 1 + (i % 3)) };
  const { report } = evaluateClassification(scored, options);
  const constant = evaluateClassification(
    {
      ...scored,
      prediction: new Float64Array(300).fill(1),
      probabilities: Float64Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? 0.2 : 0.8)),
    },
    { ...options, isBaseline: true },
  );
  const value = new Map(constant.metrics.map((metric) => [metric.name, metric.value]));
  const items = itemsOf(report);
  expect(items.length).toBeGreaterThan(5);
  for (const { name, baseline } of items) expect(baseline?.value, name).toBeCloseTo(value.get(name) ?? NaN, 12);
});

test('a baseline is not compared with itself, and rows that were learnt from decide nothing', () => {
  const reported = (report: Report): (string | undefined)[] => textOf(report).map(({ title }) => title);
  const { report } = evaluateClassification(flights(500, 3), { ...options, isBaseline: true });
  expect(reported(report)).not.toContain('Better than the baseline');
  expect(itemsOf(report)[0]?.baseline).toBeUndefined();
  const training = evaluateClassification({ ...flights(500, 3), measuredOn: 'train' }, options);
  expect(reported(training.report)).not.toContain('Better than the baseline');
});

test('a model of numbers stands beside the mean', () => {
  const random = randomGenerator('prices');
  const target = Float64Array.from({ length: 300 }, () => 100 + 20 * random.nextNormal());
  const scored = (noise: number): Scored => ({
    rows: 300,
    withoutTarget: 0,
    measuredOn: 'test',
    task: 'regression',
    classes: [],
    target,
    unseen: [],
    prediction: target.map((y) => y + noise * random.nextNormal()),
    probabilities: new Float64Array(0),
  });
  const good = evaluateRegression(scored(10)).report;
  expect(itemsOf(good)[0]).toMatchObject({ name: 'r2', baseline: { title: 'always the mean', value: 0 } });
  expect(itemsOf(good)[1]?.baseline?.value).toBeCloseTo(20, -1);
  expect(textOf(good)[0]).toMatchObject({ title: 'Better than the baseline' });
  expect(textOf(evaluateRegression(scored(60)).report)[0]).toMatchObject({ title: 'Worse than the baseline' });
});
