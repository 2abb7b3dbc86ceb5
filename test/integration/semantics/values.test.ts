/** Semantics, case by case: missing targets, unseen and rare classes, NaN and times, rows from other files, raw data that was mixed. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { report } from '../../../shared/report.ts';
import { askCommand, askService } from '../../support/asked-model.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';
import { makeSales, numbersOnly, readSales, salesCsv, type Sale } from './shops.ts';

let workshop: Workshop;
const sales = makeSales(300, 13).map((s, i): Sale => ({ ...s, kind: i % 30 === 0 ? null : i === 7 ? 'lone' : s.kind }));
const others = makeSales(60, 14).map((s, i): Sale => ({ ...s, kind: i < 4 ? 'strange' : i < 6 ? null : s.kind }));
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(sales));
  await workshop.write('others.csv', salesCsv(others));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const trees = (more: Readonly<Record<string, unknown>> = {}): SketchedNode => ({
  kind: 'train.gradient-boosting',
  params: { ...numbersOnly, trees: 5, minRowsInLeaf: 5, ...more },
});
const learnt = (): Promise<FinishedRun> =>
  workshop.run(
    {
      read: readSales('sales.csv'),
      split: { kind: 'split.rows', params: { target: 'kind', id: 'id' } },
      train: trees(),
      own: { kind: 'evaluate.model' },
      others: readSales('others.csv'),
      judge: { kind: 'evaluate.model' },
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      'split.rows -> own.rows',
      'others.rows -> judge.rows',
      'train.model -> own.model',
      'train.model -> judge.model',
    ],
  );

describe('null target, unseen class, one class in a fold', () => {
  let run: FinishedRun;
  beforeAll(async () => void (run = await learnt()));
  const logsOf = (node: string): string[] =>
    run.events.flatMap((e) => (e.type === 'node-log' && e.node === node ? [e.text] : []));

  test('rows without target are left out of fit and metrics, and counted', async () => {
    const marked = await run.rows('split', 'id');
    const without = (mark: string): number =>
      marked.filter((r) => r['__partition'] === mark && r['kind'] === null).length;
    expect(run.warnings.find((w) => w.code === 'split.target-missing')).toMatchObject({
      node: 'split',
      facts: { rows: 10 },
    });
    expect(logsOf('train').join('\n')).toContain(`${without('train')} of 240 training rows have no target`);
    expect(logsOf('own')).toContain(`${without('test')} rows without a target were left out.`);
    expect(await run.text('own', 'report.report.json')).toContain(`${without('test')} rows without target left out`);
  });

  test('stratify falls back for a class with too few rows, with a warning', () => {
    expect(run.warnings.find((w) => w.code === 'split.rare-classes')).toMatchObject({
      node: 'split',
      column: 'kind',
      message: expect.stringContaining('"lone"'),
    });
  });

  test('an unseen class is a row of the matrix, and wrong', async () => {
    const { blocks } = report.parse(JSON.parse(await run.text('judge', 'report.report.json')));
    const matrix = blocks.find((b) => b.type === 'matrix');
    const labels = matrix?.type === 'matrix' ? matrix.labels : [];
    const at = labels.findIndex((label) => label.includes('strange'));
    expect(at).toBeGreaterThanOrEqual(0);
    const row = matrix?.type === 'matrix' ? (matrix.values[at] ?? []) : [];
    expect(row.reduce<number>((sum, n) => sum + Number(n), 0)).toBe(4);
    expect(row[at]).toBe(0);
  });

  test('a fold whose training rows are of one class is trained and measured without a fall', async () => {
    const few = sales.map((s, i): Sale => ({ ...s, kind: i < 2 ? 'rare' : 'usual' }));
    await workshop.write('few.csv', salesCsv(few));
    const crossed = await workshop.run(
      {
        read: readSales('few.csv'),
        split: { kind: 'split.rows', params: { target: 'kind', id: 'id', method: 'folds', folds: 3, testFraction: 0 } },
        train: { kind: 'train.baseline', params: numbersOnly },
        judge: { kind: 'evaluate.model' },
      },
      ['read.rows -> split.rows', 'split.rows -> train.rows', 'split.rows -> judge.rows', 'train.model -> judge.model'],
    );
    expect(crossed.problems).toEqual([]);
    expect(crossed.metrics['judge']?.['accuracy']).toBeGreaterThan(0.98);
    expect(crossed.warnings.map((w) => w.code)).toContain('split.rare-classes');
  });
});

describe('external test file', () => {
  test('rows without a Split are test rows to a model: measured as such, nothing is fitted on them', async () => {
    const run = await learnt();
    const metric = run.events.find((e) => e.type === 'metric' && e.node === 'judge' && e.name === 'accuracy');
    expect(metric).toMatchObject({ signature: expect.stringContaining('|rows=test|n=58') });
    expect(run.warnings.filter((w) => w.node === 'judge')).toEqual([]);
  });

  test('a file that lacks columns is refused at the node that asked, naming them', async () => {
    await workshop.write('narrow.csv', 'id,shop,amount\n1,shop 1,2\n');
    const run = await workshop.run(
      {
        read: readSales('sales.csv'),
        train: trees({ target: 'kind' }),
        narrow: { kind: 'read.csv', params: { file: 'narrow.csv' } },
        predict: { kind: 'predict.rows' },
      },
      ['read.rows -> train.rows', 'train.model -> predict.model', 'narrow.rows -> predict.rows'],
    );
    expect(run.problems).toMatchObject([
      {
        code: 'model.column-missing',
        node: 'predict',
        column: 'age',
        message: expect.stringContaining('the column "age"'),
      },
    ]);
  });
});

describe('rows from a side branch', () => {
  test('fitted steps that the model knows nothing of are warned of, by their names', async () => {
    const run = await workshop.run(
      {
        read: readSales('sales.csv'),
        split: { kind: 'split.rows', params: { target: 'price', id: 'id' } },
        scale: { kind: 'prepare.scale', params: numbersOnly },
        train: { kind: 'train.gradient-boosting', params: { ...numbersOnly, trees: 3 } },
        judge: { kind: 'evaluate.model' },
        right: { kind: 'evaluate.model' },
      },
      [
        'read.rows -> split.rows',
        'split.rows -> train.rows',
        'split.rows -> scale.rows',
        'scale.rows -> judge.rows',
        'split.rows -> right.rows',
        'train.model -> judge.model',
        'train.model -> right.model',
      ],
    );
    expect(run.warnings.filter((w) => w.code === 'model.other-branch')).toMatchObject([
      { node: 'judge', message: expect.stringContaining('"Scale"') },
    ]);
  });
});

describe('new raw data that needs row-mixing preparation', () => {
  test('a model begins after the place where rows were mixed, and says what it takes', async () => {
    const run = await workshop.run(
      {
        read: readSales('sales.csv'),
        sums: {
          kind: 'combine.aggregate',
          params: {
            by: ['shop', 'kind'],
            aggregates: [
              { function: 'mean', column: 'amount', as: 'usual' },
              { function: 'mean', column: 'price', as: 'paid' },
            ],
          },
        },
        twice: { kind: 'clean.derive', params: { columns: [{ name: 'twice', expression: 'usual * 2' }] } },
        train: {
          kind: 'train.linear-regression',
          params: { target: 'paid', columns: { by: 'names', names: ['twice'] } },
        },
      },
      ['read.rows -> sums.rows', 'sums.rows -> twice.rows', 'twice.rows -> train.rows'],
    );
    expect(run.problems).toEqual([]);
    const { key } = run.artifact('train');
    expect(await askService(run.artifact('train'), [{ usual: 50 }])).toEqual([
      { prediction: expect.any(Number), probabilities: null },
    ]);
    await expect(askCommand(workshop.folder, key, 'sales.csv')).rejects.toThrow('lack the column "usual"');
  });
});

describe('NaN, NULL, decimals, times', () => {
  test('NaN is missing to learners and kept in SQL; decimals and times are numbers to learners', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => ({
      x: i % 8 === 0 ? 'nan' : String(i / 4),
      cents: `${i}.25`,
      at: `2024-03-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
      y: i * 2 + (i % 28),
    }));
    await workshop.write('odd.csv', toCsv(['x', 'cents', 'at', 'y'], rows));
    const nan: SketchedNode = {
      kind: 'combine.sql',
      params: {
        query: `SELECT * EXCLUDE (x, cents, "at"), CASE WHEN x IS NULL THEN 'nan'::DOUBLE ELSE x END AS x, cents::DECIMAL(9,2) AS cents, "at"::TIMESTAMPTZ AS "at" FROM rows`,
      },
    };
    const run = await workshop.run(
      {
        read: {
          kind: 'read.csv',
          params: { file: 'odd.csv', types: { x: 'number', cents: 'number', at: 'timestamp' } },
        },
        nan,
        count: { kind: 'combine.sql', params: { query: 'SELECT count(*) FILTER (WHERE isnan(x)) AS n FROM rows' } },
        kept: { kind: 'write.table', params: { file: 'count.csv', overwrite: true } },
        split: { kind: 'split.rows', params: { target: 'y' } },
        fill: { kind: 'prepare.impute', params: { columns: { by: 'names', names: ['x'] }, flag: true } },
        train: { kind: 'train.linear-regression' },
        judge: { kind: 'evaluate.model' },
      },
      [
        'read.rows -> nan.rows',
        'nan.rows -> count.rows',
        'count.rows -> kept.rows',
        'nan.rows -> split.rows',
        'split.rows -> fill.rows',
        'fill.rows -> train.rows',
        'fill.rows -> judge.rows',
        'train.model -> judge.model',
      ],
    );
    expect(run.problems).toEqual([]);
    const state: { columns: { name: string; missing: number }[] } = JSON.parse(await run.text('fill', 'state.json'));
    const nans = (await run.rows('split', 'y')).filter(
      (r) => r['__partition'] === 'train' && Number.isNaN(r['x']),
    ).length;
    expect(nans).toBeGreaterThan(0);
    expect(state.columns).toMatchObject([{ name: 'x', missing: nans }]);
    const model: { features: { name: string; type: string }[] } = JSON.parse(await run.text('train', 'model.json'));
    expect(model.features.map((f) => f.type).sort((a, b) => a.localeCompare(b))).toEqual([
      'BOOLEAN',
      'DECIMAL(9,2)',
      'DOUBLE',
      'TIMESTAMP WITH TIME ZONE',
    ]);
    expect(run.metrics['judge']?.['r2']).toBeGreaterThan(0.99);
  });

  test('column names that differ only in case are refused at the reader', async () => {
    await workshop.write('case.csv', 'Price,price\n1,2\n');
    const run = await workshop.run(
      { read: { kind: 'read.csv', params: { file: 'case.csv' } }, split: { kind: 'split.rows' } },
      ['read.rows -> split.rows'],
    );
    expect(run.problems).toMatchObject([{ node: 'read', message: expect.stringMatching(/Price.*price/) }]);
  });

  test('a text in an encoding of Windows is read, served and predicted with its letters', async () => {
    const cyrillic = (text: string): Buffer =>
      Buffer.from(
        text.replaceAll(/[а-я]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x350)),
        'latin1',
      );
    const rows = cyrillic(`город,y\n${'москва,да\nтула,нет\n'.repeat(10)}`);
    await writeFile(join(workshop.folder, 'towns.csv'), rows);
    const towns = (): Promise<FinishedRun> =>
      workshop.run(
        {
          read: { kind: 'read.csv', params: { file: 'towns.csv', encoding: 'windows-1251', header: 'yes' } },
          split: { kind: 'split.rows', params: { target: 'y', equalRows: 'apart' } },
          encode: { kind: 'prepare.encode' },
          train: { kind: 'train.logistic-regression' },
        },
        ['read.rows -> split.rows', 'split.rows -> encode.rows', 'encode.rows -> train.rows'],
      );
    const run = await towns();
    expect(run.problems).toEqual([]);
    const asked = await askCommand(workshop.folder, run.artifact('train').key, 'towns.csv');
    expect(asked.slice(0, 2)).toMatchObject([
      { город: 'москва', y: 'да', prediction: 'да' },
      { город: 'тула', y: 'нет', prediction: 'нет' },
    ]);
    const served = await askService(run.artifact('train'), [{ город: 'москва' }, { город: 'тула' }]);
    expect(served.map((one) => one.prediction)).toEqual(['да', 'нет']);
    // Another content makes a new copy, in the old one's place.
    await writeFile(join(workshop.folder, 'towns.csv'), cyrillic(`город,y\n${'москва,да\nтула,нет\n'.repeat(11)}`));
    expect(await (await towns()).rows('split')).toHaveLength(22);
    expect(await readdir(join(workshop.folder, '.flowyard', 'decoded'))).toHaveLength(1);
  });

  test('bytes that are no letters in the chosen encoding are named by their line', async () => {
    await writeFile(join(workshop.folder, 'sjis.csv'), Buffer.from('name,y\nabc,1\nab\u0085\n', 'latin1'));
    const run = await workshop.run(
      {
        read: { kind: 'read.csv', params: { file: 'sjis.csv', encoding: 'shift_jis' } },
        split: { kind: 'split.rows', params: { target: 'y' } },
      },
      ['read.rows -> split.rows'],
    );
    expect(run.problems).toMatchObject([
      { node: 'read', code: 'csv.encoding', param: 'encoding', message: expect.stringContaining('line 3') },
    ]);
  });

  test('a column that begins with two lines, as pandas names its index, is one like others behind a task too', async () => {
    await workshop.write('index.csv', `x,__index_level_0__,y\n${'1.5,2.5,a\n2.5,3.5,b\n'.repeat(10)}`);
    const run = await workshop.run(
      {
        read: { kind: 'read.csv', params: { file: 'index.csv' } },
        split: { kind: 'split.rows', params: { target: 'y' } },
        train: { kind: 'train.baseline' },
        predict: { kind: 'predict.rows' },
        count: {
          kind: 'combine.sql',
          params: { query: 'SELECT count(*) AS n FROM rows WHERE __index_level_0__ > 3' },
        },
        write: { kind: 'write.table', params: { file: 'index-count.csv', overwrite: true } },
      },
      [
        'read.rows -> split.rows',
        'split.rows -> train.rows',
        'train.model -> predict.model',
        'read.rows -> predict.rows',
        'predict.rows -> count.rows',
        'count.rows -> write.rows',
      ],
    );
    expect(run.problems).toEqual([]);
    expect(await readFile(join(workshop.folder, 'index-count.csv'), 'utf8')).toBe('n\n10\n');
  });
});
