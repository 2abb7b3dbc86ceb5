import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { calibrationCurve, expectedCalibrationError } from './calibration-curve.ts';
import { precisionRecallCurve, rocCurve, thinCurve } from './curves.ts';
import { kolmogorovSmirnov, rankScores, rocAuc } from './ranked-scores.ts';
import { type ClassificationScores, scoreClassification } from './score-classification.ts';
import { scoreRegression } from './score-regression.ts';
import { thresholdTable } from './threshold-table.ts';

type Num = number | string;
interface ClassificationCase {
  name: string;
  classCount: number;
  truth: number[];
  probabilities: Num[];
  weight: Num[] | null;
  zeroDivision: Num;
  byClass: Record<'precision' | 'recall' | 'f1' | 'support', Num[]>;
  confusion: Num[];
  values: Record<string, Num>;
  curves?: Record<'dropped' | 'full', { roc: Record<string, Num[]>; precisionRecall: Record<string, Num[]> }>;
  calibration?: Record<'uniform' | 'quantile', [Num[], Num[]]>;
}
interface RegressionCase {
  name: string;
  truth: Num[];
  predicted: Num[];
  weight: Num[] | null;
  values: Record<string, Num>;
}
const fixtures: { classification: ClassificationCase[]; regression: RegressionCase[] } = JSON.parse(
  readFileSync(new URL('./fixtures/metrics.json', import.meta.url), 'utf8'),
);

const floats = (values: readonly Num[]): Float64Array => Float64Array.from(values, Number);
const tolerance = 1e-9;

function expectClose(got: number | undefined, wanted: Num, what: string): void {
  const target = Number(wanted);
  if (!Number.isFinite(target)) return expect(got, what).toBe(target);
  expect(Math.abs((got ?? NaN) - target), `${what}: ${got} instead of ${target}`).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(target)),
  );
}

function expectAllClose(got: ArrayLike<number>, wanted: readonly Num[], what: string): void {
  expect(got.length, `length of ${what}`).toBe(wanted.length);
  wanted.forEach((value, i) => expectClose(got[i], value, `${what}[${i}]`));
}

const measure = (c: ClassificationCase): ClassificationScores =>
  scoreClassification({
    classes: Array.from({ length: c.classCount }, (_, k) => `class ${k}`),
    truth: Int32Array.from(c.truth),
    probabilities: floats(c.probabilities),
    ...(c.weight ? { weight: floats(c.weight) } : {}),
    zeroDivision: Number(c.zeroDivision),
  });

describe.each(fixtures.classification)('classification as scikit-learn measures it: $name', (c) => {
  const scores = measure(c);

  test('every value', () => {
    const got = new Map(scores.values.map((v) => [v.name, v.value]));
    for (const [name, value] of Object.entries(c.values)) expectClose(got.get(name), value, name);
  });

  test('every class and the matrix', () => {
    expectAllClose(scores.confusion.cells, c.confusion, 'confusion');
    for (const part of ['precision', 'recall', 'f1', 'support'] as const) {
      expectAllClose(
        scores.byClass.map((k) => k[part]),
        c.byClass[part],
        part,
      );
    }
  });
});

test.each(fixtures.classification.filter((c) => c.curves))(
  'both curves, with and without points between: $name',
  (c) => {
    const ranked = measure(c).ranked[1];
    if (!ranked || !c.curves) throw new Error('no curves');
    for (const [key, wanted] of Object.entries(c.curves)) {
      const dropIntermediate = key === 'dropped';
      for (const [part, values] of Object.entries(rocCurve(ranked, { dropIntermediate })))
        expectAllClose(values, wanted.roc[part] ?? [], `roc ${key} ${part}`);
      for (const [part, values] of Object.entries(precisionRecallCurve(ranked, { dropIntermediate }))) {
        expectAllClose(values, wanted.precisionRecall[part] ?? [], `precision-recall ${key} ${part}`);
      }
    }
  },
);

test.each(fixtures.classification.filter((c) => c.calibration))('the calibration curve: $name', (c) => {
  const positive = Uint8Array.from(c.truth);
  const probability = floats(c.probabilities).filter((_, i) => i % 2 === 1);
  for (const strategy of ['uniform', 'quantile'] as const) {
    const curve = calibrationCurve(positive, probability, { bins: 10, strategy });
    const [observed, predicted] = c.calibration?.[strategy] ?? [[], []];
    expectAllClose(
      curve.map((bin) => bin.observed),
      observed,
      `${strategy} observed`,
    );
    expectAllClose(
      curve.map((bin) => bin.predicted),
      predicted,
      `${strategy} predicted`,
    );
  }
});

test.each(fixtures.regression)('regression as scikit-learn measures it: $name', (c) => {
  const values = scoreRegression({
    truth: floats(c.truth),
    predicted: floats(c.predicted),
    ...(c.weight ? { weight: floats(c.weight) } : {}),
  });
  expect(values.map((v) => v.name).sort()).toEqual(Object.keys(c.values).sort());
  for (const { name, value } of values) expectClose(value, c.values[name] ?? 'NaN', name);
});

describe('what a value is called', () => {
  const classes = ['no', 'yes'];
  const truth = Int32Array.of(0, 1, 1, 0);
  const probabilities = Float64Array.of(0.8, 0.2, 0.3, 0.7, 0.6, 0.4, 0.9, 0.1);
  const signatures = (extra: object): Map<string, string> =>
    new Map(scoreClassification({ classes, truth, probabilities, ...extra }).values.map((v) => [v.name, v.signature]));

  test('the signature holds every choice that changes the number', () => {
    expect(signatures({}).get('f1')).toBe('f1|positive=yes|weighted=no|zero_division=0|v1');
    expect(signatures({ positive: 0 }).get('roc_auc')).toBe('roc_auc|positive=no|weighted=no|v1');
    expect(signatures({ weight: Float64Array.of(1, 2, 1, 1) }).get('f1_macro')).toBe(
      'f1_macro|average=macro|weighted=yes|zero_division=0|v1',
    );
  });

  test('the other class as the positive one mirrors the ranking', () => {
    const area = (positive: number): number | undefined =>
      scoreClassification({ classes, truth, probabilities, positive }).values.find((v) => v.name === 'roc_auc')?.value;
    expect(area(0)).toBe(area(1));
  });

  test('an undefined value says why', () => {
    const { values } = scoreClassification({
      classes,
      truth: Int32Array.of(1, 1),
      probabilities: Float64Array.of(0.4, 0.6, 0.2, 0.8),
    });
    const auc = values.find((v) => v.name === 'roc_auc');
    expect(auc).toEqual({
      name: 'roc_auc',
      value: NaN,
      signature: 'roc_auc|positive=yes|weighted=no|v1',
      note: 'Only one class occurs in the truth.',
    });
  });
});

describe('classes that the model has not seen', () => {
  const scores = scoreClassification({
    classes: ['no', 'yes', 'maybe'],
    truth: Int32Array.of(0, 1, 2, 1),
    probabilities: Float64Array.of(0.75, 0.25, 0.5, 0.5, 0.5, 0.5, 0, 1),
  });
  const value = (name: string): number | undefined => scores.values.find((v) => v.name === name)?.value;

  test('are a row of the matrix, a miss for every score, and not positive', () => {
    expect(Array.from(scores.confusion.cells)).toEqual([1, 0, 0, 1, 1, 0, 1, 0, 0]);
    expect(value('accuracy')).toBe(0.5);
    expect(value('recall')).toBe(0.5);
    expect(value('roc_auc')).toBe(0.875);
    expect(value('brier_score')).toBe((0.125 + 0.5 + 1.5 + 0) / 4 / 2);
    expectClose(value('log_loss'), (-Math.log(0.75) - Math.log(0.5) + 52 * Math.log(2) + 0) / 4, 'log_loss');
    expect(scores.byClass.map((k) => [k.name, k.rocAuc])).toEqual([
      ['no', undefined],
      ['yes', 0.875],
      ['maybe', undefined],
    ]);
  });
});

describe('refusals name the row', () => {
  const codeOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return error instanceof FlowyardError ? error.problem.message : '';
    }
    return 'nothing was refused';
  };

  test('no rows', () => {
    expect(codeOf(() => scoreRegression({ truth: new Float64Array(), predicted: new Float64Array() }))).toMatch(
      /^There are no rows/,
    );
    expect(
      codeOf(() =>
        scoreClassification({ classes: ['a', 'b'], truth: new Int32Array(), probabilities: new Float64Array() }),
      ),
    ).toMatch(/^There are no rows/);
  });

  test('a probability above 1', () => {
    const refused = codeOf(() =>
      scoreClassification({
        classes: ['a', 'b'],
        truth: Int32Array.of(0, 1),
        probabilities: Float64Array.of(0, 1, 0, 1.5),
      }),
    );
    expect(refused).toBe('The probability of class 1 in row 1 is 1.5, which is not between 0 and 1.');
  });

  test('a prediction that is not a number', () => {
    const refused = codeOf(() => scoreRegression({ truth: Float64Array.of(1, 2), predicted: Float64Array.of(1, NaN) }));
    expect(refused).toMatch(/^Row 1 has the true value 2 and the predicted value NaN/);
  });

  test('vectors of unequal length', () => {
    expect(codeOf(() => scoreRegression({ truth: Float64Array.of(1, 2), predicted: Float64Array.of(1) }))).toBe(
      'There are 2 rows of truth, but 1 of predicted.',
    );
  });
});

describe('curves for charts', () => {
  const rows = 5000;
  const isPositive = Uint8Array.from({ length: rows }, (_, i) => (Math.sin(i * 12.9898) > 0.2 ? 1 : 0));
  const score = Float64Array.from({ length: rows }, (_, i) => Math.sin(i * 78.233) + 0.8 * (isPositive[i] ?? 0));
  const ranked = rankScores(isPositive, score);

  test('a thinned ROC curve keeps its ends and its area', () => {
    const curve = rocCurve(ranked);
    const points = thinCurve(curve.falsePositiveRate, curve.truePositiveRate, 500);
    expect(points.length).toBeLessThanOrEqual(500);
    expect([points[0], points.at(-1)]).toEqual([0, curve.thresholds.length - 1]);
    let area = 0;
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1] ?? 0, points[i] ?? 0];
      const width = (curve.falsePositiveRate[b] ?? 0) - (curve.falsePositiveRate[a] ?? 0);
      area += (width * ((curve.truePositiveRate[a] ?? 0) + (curve.truePositiveRate[b] ?? 0))) / 2;
    }
    expect(Math.abs(area - rocAuc(ranked))).toBeLessThan(1e-3);
  });

  test('a curve without numbers keeps only its ends', () => {
    expect(thinCurve(new Float64Array(1000).fill(NaN), new Float64Array(1000), 500)).toEqual(Uint32Array.of(0, 999));
  });

  test('each row of the threshold table is what counting gives', () => {
    for (const row of thresholdTable(ranked, Float64Array.of(-2, 0, 0.25, 5))) {
      let [hits, alarms] = [0, 0];
      score.forEach((value, i) => {
        if (value < row.threshold) return;
        if (isPositive[i] === 1) hits += 1;
        else alarms += 1;
      });
      expect([row.truePositive, row.falsePositive, row.truePositive + row.falseNegative]).toEqual([
        hits,
        alarms,
        ranked.positives,
      ]);
      expect(row.precision).toBe(hits + alarms === 0 ? 0 : hits / (hits + alarms));
    }
  });

  test('the Kolmogorov–Smirnov distance is the widest gap of the ROC curve', () => {
    const { falsePositiveRate, truePositiveRate } = rocCurve(ranked, { dropIntermediate: false });
    const widest = Math.max(...truePositiveRate.map((hit, i) => Math.abs(hit - (falsePositiveRate[i] ?? 0))));
    expect(kolmogorovSmirnov(ranked).distance).toBe(widest);
  });

  test('a bin of whole certainty and no errors has no calibration error', () => {
    const curve = calibrationCurve(Uint8Array.of(0, 1, 1), Float64Array.of(0, 1, 1));
    expect(curve).toEqual([
      { predicted: 0, observed: 0, weight: 1 },
      { predicted: 1, observed: 1, weight: 2 },
    ]);
    expect(expectedCalibrationError(curve)).toBe(0);
  });
});

test('a target that does not vary has no variance to explain, whatever its digits', () => {
  const truth = new Float64Array(200).fill(121.52);
  const r2 = (predicted: Float64Array): number | undefined =>
    scoreRegression({ truth, predicted }).find(({ name }) => name === 'r2')?.value;
  expect([r2(truth), r2(truth.map(Math.fround))]).toEqual([1, 0]);
});
