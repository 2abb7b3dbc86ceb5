/** Training and serving agree: one model, asked in a batch, row by row as a service asks it, at every place of the chain, and as ONNX in another runtime. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../engine/recipe/scorer/open-scorer.ts';
import type { Prediction } from '../../engine/recipe/scorer/scorer.ts';
import { houseNames, houseTypes, knownCities, makeHouses, type House } from './houses.ts';
import { askCommand, askService } from '../support/asked-model.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../support/workshop.ts';

const trained = makeHouses(900, 11, false);
const asked = makeHouses(1000, 12, true);
let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('houses.csv', toCsv(houseNames, trained));
  await workshop.write('new.csv', toCsv(houseNames, asked));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const reader = (file: string): SketchedNode => ({ kind: 'read.csv', params: { file, types: houseTypes } });
const onlyAnswers = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name === 'prediction' || name.startsWith('probability_')));
const answersOf = (run: FinishedRun, node: string) => run.rows(node, 'id').then((rows) => rows.map(onlyAnswers));
const flatten = ({ prediction, probabilities }: Prediction): Record<string, unknown> => ({
  prediction,
  ...Object.fromEntries(Object.entries(probabilities ?? {}).map(([label, p]) => [`probability_${label}`, p])),
});

/** From the file to features: cleaned, split, filled, encoded. */
function chain(
  target: string,
  other: string,
  encode: Readonly<Record<string, unknown>>,
  fill: Readonly<Record<string, unknown>>,
): { nodes: Record<string, SketchedNode>; wires: string[] } {
  return {
    nodes: {
      read: reader('houses.csv'),
      select: {
        kind: 'clean.select',
        params: { action: 'drop', columns: { by: 'names', names: ['note', other] }, rename: { size: 'Größe' } },
      },
      flags: {
        kind: 'clean.missing',
        params: { columns: { by: 'names', names: ['built'] }, action: 'keep', flag: true },
      },
      split: { kind: 'split.rows', params: { target, id: 'id' } },
      fill: { kind: 'prepare.impute', params: fill },
      encode: { kind: 'prepare.encode', params: encode },
      new: reader('new.csv'),
      predict: { kind: 'predict.rows' },
      export: { kind: 'write.onnx', params: { file: 'model.onnx', overwrite: true } },
    },
    wires: [
      'read.rows -> select.rows',
      'select.rows -> flags.rows',
      'flags.rows -> split.rows',
      'split.rows -> fill.rows',
      'fill.rows -> encode.rows',
      'encode.rows -> train.rows',
      'train.model -> predict.model',
      'new.rows -> predict.rows',
      'train.model -> export.model',
    ],
  };
}

/** A raw row as the exported form wants it: numbers in double, missing NaN; dates in days, times in microseconds; missing text empty. */
function feed(name: string, column: { column_type: string; type: string }, rows: readonly House[]): ort.Tensor {
  const cells = rows.map((row) => row[name] ?? null);
  if (column.type === 'string')
    return new ort.Tensor(
      'string',
      cells.map((cell) => (cell === null ? '' : String(cell))),
      [rows.length, 1],
    );
  const numbers = cells.map((cell) => {
    if (cell === null) return Number.NaN;
    if (column.column_type === 'DATE') return Date.parse(String(cell)) / 86_400_000;
    if (column.column_type === 'TIMESTAMP') return Date.parse(`${String(cell).replace(' ', 'T')}Z`) * 1000;
    return Number(cell);
  });
  return new ort.Tensor('float64', Float64Array.from(numbers), [rows.length, 1]);
}

async function askOnnx(
  run: FinishedRun,
  rows: readonly House[],
): Promise<{ prediction: unknown[]; probabilities: number[] | undefined }> {
  const model: { needed: string[]; base: { columns: { name: string; type: string }[] } } = JSON.parse(
    await run.text('train', 'model.json'),
  );
  const session = await ort.InferenceSession.create(await readFile(join(workshop.folder, 'model.onnx')), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    // An id is carried along; it changes no prediction, so it is not asked for.
    expect(session.inputNames).not.toContain('id');
    const feeds = session.inputNames.map((name) => {
      const type = model.base.columns.find((c) => c.name === name)?.type ?? '';
      return [name, feed(name, { column_type: type, type: type === 'VARCHAR' ? 'string' : 'double' }, rows)] as const;
    });
    const out = await session.run(Object.fromEntries(feeds));
    const probabilities = out['probabilities'];
    return {
      prediction: [...(out['prediction']?.data ?? [])],
      probabilities: probabilities === undefined ? undefined : [...probabilities.data].map(Number),
    };
  } finally {
    await session.release();
  }
}

const ordinal = { method: 'ordinal', columns: { by: 'names', names: ['città', 'rooms'] } };
const oneHot = { method: 'one-hot', columns: { by: 'names', names: ['città', 'rooms', 'garden'] } };
const byTarget = { method: 'target', columns: { by: 'names', names: ['città', 'garden'] } };
const median = { flag: true };
const constant = { strategy: 'most-frequent' };
const cases: [
  string,
  string,
  Record<string, SketchedNode>,
  string[],
  Record<string, unknown>,
  Record<string, unknown>,
][] = [
  [
    'boosted trees for classes on columns for each category',
    'kind',
    { train: { kind: 'train.gradient-boosting', params: { trees: 30 } } },
    [],
    { ...oneHot, columns: { by: 'names', names: ['città', 'garden'] } },
    median,
  ],
  [
    'boosted trees for a number on ordinal codes',
    'price',
    { train: { kind: 'train.gradient-boosting', params: { trees: 30 } } },
    [],
    ordinal,
    constant,
  ],
  [
    'logistic regression on scaled columns',
    'kind',
    { scale: { kind: 'prepare.scale' }, train: { kind: 'train.logistic-regression' } },
    ['encode.rows -> scale.rows', 'scale.rows -> train.rows'],
    oneHot,
    constant,
  ],
  [
    'linear regression on means of the target',
    'price',
    { scale: { kind: 'prepare.scale' }, train: { kind: 'train.linear-regression', params: { alpha: 1 } } },
    ['encode.rows -> scale.rows', 'scale.rows -> train.rows'],
    byTarget,
    constant,
  ],
];

/** One model, asked in every way there is. */
async function expectOneAnswer(run: FinishedRun, target: string): Promise<void> {
  expect(run.problems).toEqual([]);
  expect(run.status).toBe('done');
  const batch = await answersOf(run, 'predict');
  expect(batch).toHaveLength(asked.length);

  // The very rows of the file, over HTTP from a service's own process, and by the command in another.
  const served = await askService(run.artifact('train'), asked);
  expect(served.map(flatten)).toEqual(batch);
  expect(new Set(served.map((s) => s.prediction)).size).toBeGreaterThan(2);
  const printed = await askCommand(workshop.folder, run.artifact('train').key, 'new.csv');
  expect(printed.map((row) => row['id'])).toEqual(asked.map((row) => row['id']));
  expect(printed.map(onlyAnswers)).toEqual(batch);
  // A row that is asked alone gets what it gets among others.
  const scorer = await openScorer(run.artifact('train').folder);
  for (const [i, row] of asked.slice(0, 60).entries())
    expect((await scorer.predictRows([row])).map(flatten)).toEqual([batch[i]]);
  // A text of nothing is what the file takes for missing.
  const gap = asked.findIndex((row) => row['città'] === null);
  expect((await scorer.predictRows([{ ...asked[gap], città: '' }])).map(flatten)).toEqual([batch[gap]]);
  await scorer.close();

  const onnx = await askOnnx(run, asked);
  if (target === 'kind') {
    const wanted = batch.flatMap((row) => scorer.classes.map((label) => Number(row[`probability_${String(label)}`])));
    expect(furthest(onnx.probabilities ?? [], wanted)).toBeLessThanOrEqual(1e-6);
    expect(onnx.prediction).toEqual(batch.map((row) => row['prediction']));
  } else
    expect(
      furthest(
        onnx.prediction.map(Number),
        batch.map((row) => Number(row['prediction'])),
      ),
    ).toBeLessThanOrEqual(1e-6);
}

describe('1,000 raw rows with gaps and values that training never saw', () => {
  test.each(cases)(
    '%s: a batch, a service, the command and ONNX give one answer',
    async (_title, target, training, wires, encode, fill) => {
      const { nodes, wires: chained } = chain(target, target === 'kind' ? 'price' : 'kind', encode, fill);
      const run = await workshop.run({ ...nodes, ...training }, [
        ...chained.filter((wire) => wires.length === 0 || wire !== 'encode.rows -> train.rows'),
        ...wires,
      ]);
      await expectOneAnswer(run, target);
    },
  );

  test('formulas, means of groups and a table to look up: a batch, a service, the command and ONNX give one answer', async () => {
    const cities = [...knownCities, 'nowhere'].map((city, i) => ({
      city,
      people: i === 2 ? null : 10_000 * (i + 1),
      coast: i % 2 === 0,
      since: `1${i}00-03-0${i + 1}`,
      region: i < 3 ? 'nord' : i === 5 ? null : 'süd',
    }));
    await workshop.write('cities.csv', toCsv(['city', 'people', 'coast', 'since', 'region'], cities));
    const { nodes, wires } = chain('price', 'kind', { method: 'one-hot' }, constant);
    const run = await workshop.run(
      {
        ...nodes,
        derive: {
          kind: 'clean.derive',
          params: {
            columns: [
              { name: 'per_room', expression: '"Größe" / (rooms + 1)' },
              { name: 'large', expression: 'per_room > 20 OR garden' },
              { name: 'rooms', expression: 'coalesce(rooms, CASE WHEN large THEN 5 ELSE 2 END)' },
              {
                name: 'style',
                expression: "CASE WHEN città IN ('Zürich', '東京') THEN 'far' WHEN large THEN città END",
              },
            ],
          },
        },
        groups: {
          kind: 'prepare.group-statistics',
          params: {
            by: ['città', 'rooms', 'garden'],
            statistics: [
              { column: 'Größe', function: 'mean', as: 'usual' },
              { column: 'Größe', function: 'count', as: 'often' },
            ],
          },
        },
        cities: { kind: 'read.csv', params: { file: 'cities.csv', types: { since: 'date', coast: 'boolean' } } },
        join: {
          kind: 'combine.join',
          params: { how: 'left', keys: [{ left: 'città', right: 'city' }], rightUnique: true },
        },
        train: { kind: 'train.gradient-boosting', params: { trees: 30 } },
      },
      [
        ...wires.filter((wire) => wire !== 'split.rows -> fill.rows' && wire !== 'flags.rows -> split.rows'),
        'flags.rows -> derive.rows',
        'derive.rows -> split.rows',
        'split.rows -> groups.rows',
        'groups.rows -> join.left',
        'cities.rows -> join.right',
        'join.rows -> fill.rows',
      ],
    );
    await expectOneAnswer(run, 'price');
  });

  test('a step without an ONNX form is named, with the mend, and nothing is written', async () => {
    const { nodes, wires } = chain('kind', 'price', ordinal, median);
    const derive: SketchedNode = {
      kind: 'clean.derive',
      params: { columns: [{ name: 'per_room', expression: '"Größe" // (rooms + 1)' }] },
    };
    const run = await workshop.run(
      {
        ...nodes,
        derive,
        export: { kind: 'write.onnx', params: { file: 'never.onnx' } },
        train: { kind: 'train.gradient-boosting', params: { trees: 5 } },
      },
      [
        ...wires.filter((wire) => wire !== 'flags.rows -> split.rows'),
        'flags.rows -> derive.rows',
        'derive.rows -> split.rows',
      ],
    );
    expect(run.problems).toMatchObject([
      {
        code: 'onnx.no-form',
        node: 'export',
        message:
          'The step "New columns" of this model has no form in ONNX. The formula uses //(), which has no exact form there.',
        mend: expect.stringContaining('Serve the model here'),
      },
    ]);
    await expect(readFile(join(workshop.folder, 'never.onnx'))).rejects.toThrow('ENOENT');
  });
});

describe('Predict at five places along the chain', () => {
  test('gives each row the same values, and so do service and command for the very file that was trained on', async () => {
    const { nodes, wires } = chain('kind', 'price', oneHot, median);
    const places = ['read', 'flags', 'split', 'fill', 'encode'];
    const { predict, export: _export, new: _new, ...before } = nodes;
    if (predict === undefined) throw new Error('no predict');
    const run = await workshop.run(
      {
        ...before,
        train: { kind: 'train.gradient-boosting', params: { trees: 20 } },
        ...Object.fromEntries(places.map((place) => [`at-${place}`, predict])),
      },
      [
        ...wires.filter((wire) => !/predict|export/.test(wire)),
        ...places.flatMap((place) => [`train.model -> at-${place}.model`, `${place}.rows -> at-${place}.rows`]),
      ],
    );
    expect(run.problems).toEqual([]);
    const [first, ...others] = await Promise.all(places.map((place) => answersOf(run, `at-${place}`)));
    expect(first).toHaveLength(trained.length);
    for (const other of others) expect(other).toEqual(first);
    const printed = await askCommand(workshop.folder, run.artifact('train').key, 'houses.csv');
    expect(printed.map(onlyAnswers)).toEqual(first);
    expect((await askService(run.artifact('train'), trained)).map(flatten)).toEqual(first);
  });
});

test('the same model is exported as the same bytes', async () => {
  const { nodes, wires } = chain('kind', 'price', oneHot, constant);
  const train: SketchedNode = { kind: 'train.logistic-regression' };
  const export2: SketchedNode = { kind: 'write.onnx', params: { file: 'again.onnx' } };
  const run = await workshop.run({ ...nodes, train, export2 }, [...wires, 'train.model -> export2.model']);
  expect(run.problems).toEqual([]);
  const [one, two] = await Promise.all(
    ['model.onnx', 'again.onnx'].map((name) => readFile(join(workshop.folder, name))),
  );
  expect(one?.equals(two ?? Buffer.of())).toBe(true);
});

/** The largest distance, as a share of the size (of at least 1); infinite where nothing came. */
function furthest(got: readonly number[], wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length);
  expect(wanted.every(Number.isFinite)).toBe(true);
  return got.reduce((worst, value, i) => {
    const target = wanted[i] ?? Number.NaN;
    return Number.isFinite(value)
      ? Math.max(worst, Math.abs(value - target) / Math.max(1, Math.abs(target)))
      : Number.POSITIVE_INFINITY;
  }, 0);
}
