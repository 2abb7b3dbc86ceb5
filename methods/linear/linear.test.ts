import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { randomGenerator } from '../random/random-generator.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { fitLinear } from './fit-linear.ts';
import { fitLogistic } from './fit-logistic.ts';
import { predictLinear, predictProbabilities } from './predict-linear.ts';

interface LogisticCase {
  data: string;
  c: string;
  fitIntercept: boolean;
  balanced: boolean;
  weight: number[] | null;
  loss: number;
  coefficients: number[];
  intercepts: number[];
}
interface LinearCase {
  data: string;
  alpha: number;
  fitIntercept: boolean;
  weight: number[] | null;
  coefficients: number[];
  intercept: number;
  inference?: Record<'standardErrors' | 'tValues' | 'pValues', number[]> & { residualError: number };
}
const fixtures: {
  data: Record<string, { columns: number; x: number[]; y: number[] }>;
  logistic: LogisticCase[];
  linear: LinearCase[];
} = JSON.parse(readFileSync(new URL('./fixtures/linear.json', import.meta.url), 'utf8'));

type RowMajor = Omit<FeatureMatrix, 'values'> & { values: Float64Array };

function dataSet(name: string): { features: RowMajor; y: number[] } {
  const found = fixtures.data[name];
  if (!found) throw new Error(`no data ${name}`);
  const columns = Array.from({ length: found.columns }, (_, c) => `x${c}`);
  return { features: { values: Float64Array.from(found.x), rows: found.y.length, columns }, y: found.y };
}

/** Each coefficient times the size of its column must agree to 1e-6 of the largest such product: what a column contributes, not its unit. */
function expectCoefficients(got: Float64Array, wanted: readonly number[], { values, columns }: RowMajor): void {
  expect(got.length).toBe(wanted.length);
  const size = columns.map((_, c) =>
    Math.sqrt(
      values.reduce((sum, value, i) => (i % columns.length === c ? sum + value * value : sum), 0) /
        (values.length / columns.length),
    ),
  );
  const largest = Math.max(...wanted.map(Math.abs), 1e-300);
  wanted.forEach((value, j) => {
    const byContribution =
      (Math.abs((got[j] ?? NaN) - value) * (size[j % columns.length] ?? 1)) /
      Math.max(1, ...wanted.map((w, k) => Math.abs(w) * (size[k % columns.length] ?? 1)));
    const byValue = Math.abs((got[j] ?? NaN) - value) / Math.max(Math.abs(value), 1e-3 * largest);
    expect(Math.min(byContribution, byValue), `coefficient ${j}: ${got[j]} instead of ${value}`).toBeLessThan(1e-6);
  });
}

const relative = (got: number, wanted: number): number => Math.abs(got - wanted) / Math.max(1, Math.abs(wanted));

const describeLogistic = (c: LogisticCase): string =>
  `${c.data}, C = ${c.c}${c.fitIntercept ? '' : ', no intercept'}${c.balanced ? ', balanced' : ''}${c.weight ? ', weights' : ''}`;

describe('logistic regression finds the coefficients of scikit-learn', () => {
  test.each(fixtures.logistic.map((c) => ({ ...c, title: describeLogistic(c) })))('$title', async (c) => {
    const { features, y } = dataSet(c.data);
    const fit = await fitLogistic(features, Int32Array.from(y), Math.max(...y) + 1, {
      c: Number(c.c),
      fitIntercept: c.fitIntercept,
      ...(c.weight ? { weight: Float64Array.from(c.weight) } : {}),
      ...(c.balanced ? { classWeight: 'balanced' } : {}),
    });
    expect(fit.converged).toBe(true);
    expect(relative(fit.loss, c.loss)).toBeLessThan(1e-9);
    expect(fit.loss - c.loss, 'no worse a minimum').toBeLessThan(1e-10 * Math.max(1, c.loss));
    expectCoefficients(fit.model.coefficients, c.coefficients, features);
    c.intercepts.forEach((wanted, k) =>
      expect(relative(fit.model.intercepts[k] ?? NaN, wanted), `intercept ${k}`).toBeLessThan(1e-6),
    );
  });
});

const describeLinear = (c: LinearCase): string =>
  `${c.data}, alpha = ${c.alpha}${c.fitIntercept ? '' : ', no intercept'}${c.weight ? ', weights' : ''}`;

describe('linear regression finds the coefficients of scikit-learn and NumPy', () => {
  test.each(fixtures.linear.map((c) => ({ ...c, title: describeLinear(c) })))('$title', async (c) => {
    const { features, y } = dataSet(c.data);
    const fit = await fitLinear(features, Float64Array.from(y), {
      alpha: c.alpha,
      fitIntercept: c.fitIntercept,
      ...(c.weight ? { weight: Float64Array.from(c.weight) } : {}),
    });
    expectCoefficients(fit.model.coefficients, c.coefficients, features);
    expect(relative(fit.model.intercept, c.intercept)).toBeLessThan(1e-6);
  });

  test.each(fixtures.linear.filter((c) => c.inference).map((c) => ({ ...c, title: describeLinear(c) })))(
    'and the tests of statsmodels: $title',
    async (c) => {
      const { features, y } = dataSet(c.data);
      const { inference } = await fitLinear(features, Float64Array.from(y), {
        fitIntercept: c.fitIntercept,
        ...(c.weight ? { weight: Float64Array.from(c.weight) } : {}),
      });
      if (!inference || !c.inference) throw new Error('no inference');
      expect(relative(inference.residualError, c.inference.residualError)).toBeLessThan(1e-7);
      const offset = c.fitIntercept ? 1 : 0;
      for (const part of ['standardErrors', 'tValues', 'pValues'] as const) {
        inference[part].forEach((value, j) =>
          expect(relative(value, c.inference?.[part][j + offset] ?? NaN), `${part} ${j}`).toBeLessThan(1e-6),
        );
      }
      if (!c.fitIntercept) return;
      const { standardError, tValue, pValue } = inference.intercept ?? { standardError: NaN, tValue: NaN, pValue: NaN };
      expect(relative(standardError, c.inference.standardErrors[0] ?? NaN)).toBeLessThan(1e-6);
      expect(relative(tValue, c.inference.tValues[0] ?? NaN)).toBeLessThan(1e-6);
      expect(relative(pValue, c.inference.pValues[0] ?? NaN)).toBeLessThan(1e-6);
    },
  );
});

function noisyData(
  rows: number,
  columns: number,
  seed: number,
): { features: RowMajor; classes: Int32Array; numbers: Float64Array } {
  const random = randomGenerator(seed);
  const values = Float64Array.from({ length: rows * columns }, () => random.nextNormal());
  const numbers = Float64Array.from(
    { length: rows },
    (_, row) => (values[row * columns] ?? 0) + 0.5 * (values[row * columns + 1] ?? 0) + random.nextNormal(),
  );
  const classes = Int32Array.from(numbers, (value) => (value < -0.5 ? 0 : value < 0.7 ? 1 : 2));
  return { features: { values, rows, columns: Array.from({ length: columns }, (_, c) => `c${c}`) }, classes, numbers };
}

describe('many coefficients', () => {
  // 3 × 401 coefficients: the Hessian is not formed.
  test('conjugate gradients reach a point where the gradient vanishes', async () => {
    const { features, classes } = noisyData(300, 400, 3);
    const fit = await fitLogistic(features, classes, 3, { c: 0.1 });
    expect(fit.converged).toBe(true);
    const probabilities = predictProbabilities(fit.model, features.values, features.rows);
    for (let k = 0; k < 3; k++) {
      for (let c = 0; c < 400; c++) {
        let slope = 10 * (fit.model.coefficients[k * 400 + c] ?? 0);
        for (let row = 0; row < 300; row++)
          slope +=
            ((probabilities[row * 3 + k] ?? 0) - (classes[row] === k ? 1 : 0)) * (features.values[row * 400 + c] ?? 0);
        expect(Math.abs(slope)).toBeLessThan(1e-6);
      }
    }
  });
});

describe('many classes', () => {
  // 30 × 35 coefficients: the Hessian is not formed, and no preconditioner keeps a step free of what all classes have in common.
  test('of very unlike sizes converge in a few steps, to coefficients that sum to 0 over the classes', async () => {
    const [rows, classCount, columns] = [400, 30, 34];
    const random = randomGenerator(1);
    const target = Int32Array.from({ length: rows }, (_, row) =>
      row < classCount ? row : Math.floor(random.nextFloat() ** 2 * classCount),
    );
    const values = Float64Array.from({ length: rows * columns }, (_, at) => {
      const isOwn = (target[Math.floor(at / columns)] ?? 0) === at % columns;
      return random.nextFloat() < (isOwn ? 0.7 : 0.05) ? 1 : 0;
    });
    const names = Array.from({ length: columns }, (_, c) => `c${c}`);
    const fit = await fitLogistic({ values, rows, columns: names }, target, classCount);
    expect(fit).toMatchObject({ converged: true, warnings: [] });
    expect(fit.iterations).toBeLessThan(30);
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < classCount; k++) sum += fit.model.coefficients[k * columns + c] ?? 0;
      expect(Math.abs(sum)).toBeLessThan(1e-9);
    }
  });
});

test('columns of their own, with indicators as bytes, teach the very bits of one matrix', async () => {
  const { features, classes, numbers } = noisyData(700, 5, 4);
  const mixed = features.values.map((value, at) => (at % 5 === 2 ? Number(value > 0) : value));
  const columns = Array.from({ length: 5 }, (_, c) => {
    const own = Float64Array.from({ length: 700 }, (_v, row) => mixed[row * 5 + c] ?? 0);
    return c === 2 ? Uint8Array.from(own) : own;
  });
  for (const fit of [
    async (values: FeatureMatrix['values']) => (await fitLogistic({ ...features, values }, classes, 3)).model,
    async (values: FeatureMatrix['values']) => (await fitLinear({ ...features, values }, numbers)).model,
  ])
    expect(await fit(columns)).toEqual(await fit(mixed));
});

describe('predictions', () => {
  test('a row predicted alone gives the same bytes as in a batch', async () => {
    const { features, classes, numbers } = noisyData(300, 5, 4);
    const logistic = (await fitLogistic(features, classes, 3)).model;
    const linear = (await fitLinear(features, numbers)).model;
    const all = predictProbabilities(logistic, features.values, 300);
    const line = predictLinear(linear, features.values, 300);
    for (const row of [0, 17, 299]) {
      const own = features.values.slice(row * 5, row * 5 + 5);
      expect(predictProbabilities(logistic, own, 1)).toEqual(all.slice(row * 3, row * 3 + 3));
      expect(predictLinear(linear, own, 1)[0]).toBe(line[row]);
    }
  });

  test('far margins give 0 and 1, not NaN', () => {
    const model = {
      task: 'classification',
      classCount: 2,
      columns: ['x'],
      coefficients: Float64Array.of(1),
      intercepts: Float64Array.of(0),
    } as const;
    expect(predictProbabilities(model, Float64Array.of(-1e4, 1e4), 2)).toEqual(Float64Array.of(1, 0, 0, 1));
  });
});

describe('the same rows give the same bytes', () => {
  test('logistic and linear', async () => {
    const { features, classes, numbers } = noisyData(3000, 7, 5);
    expect((await fitLogistic(features, classes, 3)).model).toEqual((await fitLogistic(features, classes, 3)).model);
    expect((await fitLinear(features, numbers)).model).toEqual((await fitLinear(features, numbers)).model);
  });
});

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const thrown = await work.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error,
  );
  const { code, message } = toProblem(thrown);
  return { code, message };
}

describe('refusals and warnings', () => {
  const columns = ['age', 'income'];

  test('a missing and an infinite value are refused by name and row', async () => {
    const missing = { values: Float64Array.of(1, 2, 3, NaN), rows: 2, columns };
    expect(await refusal(fitLinear(missing, Float64Array.of(1, 2)))).toEqual({
      code: 'linear.not-finite',
      message: 'Column “income” has no value in row 1.',
    });
    const infinite = { values: Float64Array.of(1, 2, -Infinity, 4), rows: 2, columns };
    expect(await refusal(fitLogistic(infinite, Int32Array.of(0, 1), 2))).toEqual({
      code: 'linear.not-finite',
      message: 'Column “age” is -Infinity in row 1.',
    });
    expect(await refusal(fitLinear({ values: Float64Array.of(1, 2), rows: 1, columns }, Float64Array.of(NaN)))).toEqual(
      {
        code: 'linear.not-finite',
        message: 'Column “target” has no value in row 0.',
      },
    );
  });

  test('a column whose squares overflow is refused by name', async () => {
    const features = { values: Float64Array.of(1, 1e200, 3, -1e200), rows: 2, columns };
    expect((await refusal(fitLinear(features, Float64Array.of(1, 2)))).message).toMatch(
      /^The values of column “income” are so large/,
    );
    expect((await refusal(fitLogistic(features, Int32Array.of(0, 1), 2))).code).toBe('linear.too-large');
  });

  test('one class, a class without rows, no rows, a bad C', async () => {
    const features = { values: Float64Array.of(1, 2, 3, 4), rows: 2, columns };
    expect((await refusal(fitLogistic(features, Int32Array.of(1, 1), 2))).code).toBe('linear.one-class');
    expect((await refusal(fitLogistic(features, Int32Array.of(0, 1), 3))).code).toBe('linear.empty-class');
    expect(
      (await refusal(fitLogistic({ values: new Float64Array(), rows: 0, columns }, new Int32Array(), 2))).code,
    ).toBe('linear.no-rows');
    expect((await refusal(fitLogistic(features, Int32Array.of(0, 1), 2, { c: 0 }))).code).toBe('linear.bad-option');
    expect(
      (await refusal(fitLinear({ values: new Float64Array(), rows: 2, columns: [] }, Float64Array.of(1, 2)))).code,
    ).toBe('linear.no-columns');
  });

  test('perfectly separated classes without a penalty warn that nothing converged', async () => {
    const features = { values: Float64Array.of(1, 2, 3, 4), rows: 4, columns: ['x'] };
    const fit = await fitLogistic(features, Int32Array.of(0, 0, 1, 1), 2, { c: Infinity, maxIterations: 10 });
    expect(fit.converged).toBe(false);
    expect(fit.warnings.map((w) => w.code)).toEqual(['linear.not-converged']);
  });

  test('constant and dependent columns are named, and a constant one gets the coefficient 0', async () => {
    const values = Float64Array.from([1, 2, 3, 5, 8, 13].flatMap((x, i) => [x, 7, i, 2 * x - i]));
    const fit = await fitLinear(
      { values, rows: 6, columns: ['x', 'k', 'i', 'mix'] },
      Float64Array.of(1, 2, 2, 3, 5, 8),
    );
    expect(fit.rank).toBe(2);
    expect(fit.model.coefficients[1]).toBe(0);
    expect(fit.warnings.map((w) => w.code)).toEqual(['linear.constant-column', 'linear.dependent-columns']);
    expect(fit.warnings[0]?.facts).toEqual({ columns: ['k'] });
  });

  test('a target that does not vary gives a flat line', async () => {
    const { model } = await fitLinear(
      { values: Float64Array.of(1, 2, 3), rows: 3, columns: ['x'] },
      Float64Array.of(5, 5, 5),
    );
    expect([model.coefficients[0], model.intercept]).toEqual([0, 5]);
  });
});

describe('a long fit', () => {
  test('stops when told to, between two steps', async () => {
    const { features, classes } = noisyData(500, 4, 6);
    const signal = { aborted: false, reason: new Error('stopped by the test') };
    const pause = async (): Promise<void> => {
      signal.aborted = true;
    };
    await expect(fitLogistic(features, classes, 3, {}, { signal, pause })).rejects.toThrow('stopped by the test');
    await expect(fitLinear(features, Float64Array.from(classes), {}, { signal })).rejects.toThrow(
      'stopped by the test',
    );
  });

  test('its progress never falls and ends at 1', async () => {
    const { features, classes } = noisyData(500, 4, 6);
    const seen: number[] = [];
    await fitLogistic(features, classes, 3, {}, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});
