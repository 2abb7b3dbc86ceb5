import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { askOnnxFile } from '../../../test/support/ask-onnx.ts';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import { toCsv, Workshop } from '../../../test/support/workshop.ts';
import { report as reportSchema } from '../../../shared/report.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const matrix = z.array(z.array(z.number()));
const keep = z.union([z.object({ components: z.int() }), z.object({ share: z.number() })]);
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        train: z.int(),
        values: matrix,
        fits: z.array(z.object({ keep, whiten: z.boolean(), transformed: matrix })),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../../methods/decomposition/fixtures/pca.json', import.meta.url), 'utf8')),
  );

let bench: NodeBench;
let shop: Workshop;
beforeAll(async () => {
  bench = await openBench();
  shop = await Workshop.open();
});
afterAll(async () => {
  bench.close();
  await shop[Symbol.asyncDispose]();
});

describe.each(cases)('as scikit-learn: $name', ({ values, train, fits }) => {
  it.each(fits)('$keep, whitened: $whiten', async ({ keep: wanted, whiten, transformed }) => {
    const names = (values[0] ?? []).map((_, i) => `x${i}`);
    const rows = values.map((row, i) => `(${i}, '${i < train ? 'train' : 'test'}', ${row.join('::DOUBLE, ')}::DOUBLE)`);
    const table = await bench.table(
      't',
      `SELECT * FROM (VALUES ${rows.join(', ')}) AS t("__row", "__partition", ${names.join(', ')})`,
    );
    const params = { whiten, ...wanted, keep: 'share' in wanted ? 'share' : 'number' };
    const found = await (await tryFitted(bench, spec, run, params, table)).apply(table, true);
    const size = transformed.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const width = transformed[0]?.length ?? 0;
    expect(Object.keys(found[0] ?? {})).toEqual([
      '__row',
      '__partition',
      ...Array.from({ length: width }, (_, k) => `pca_${k + 1}`),
    ]);
    for (const [i, row] of found.entries())
      for (let k = 0; k < width; k++)
        expect(Math.abs(Number(row[`pca_${k + 1}`]) - (transformed[i]?.[k] ?? NaN))).toBeLessThan(1e-9 * size);
  });
});

const columns = ['a', 'b', 'c'];
const rowsOf = (): Record<string, number>[] =>
  Array.from({ length: 60 }, (_, i) => ({
    i,
    a: Math.sin(i) * 10,
    b: Math.sin(i) * 5 + Math.cos(i * 3),
    c: (i * 7) % 11,
    y: i % 2,
  }));

it('is a step of a model: reported, asked row by row, and the same in ONNX', async () => {
  const rows = rowsOf();
  await shop.write('rows.csv', toCsv(['i', ...columns, 'y'], rows));
  const given = { by: 'names', names: columns };
  const made = await shop.run(
    {
      read: { kind: 'read.csv', params: { file: 'rows.csv' } },
      split: { kind: 'split.rows', params: { target: 'y' } },
      pca: { kind: 'prepare.pca', params: { columns: given, whiten: true, keepColumns: true } },
      train: { kind: 'train.linear-regression', params: { columns: { by: 'pattern', pattern: 'pca_*' } } },
      predict: { kind: 'predict.rows', params: {} },
      again: { kind: 'predict.rows', params: {} },
      write: { kind: 'write.onnx', params: { file: 'pca.onnx' } },
    },
    [
      'read.rows -> split.rows',
      'split.rows -> pca.rows',
      'pca.rows -> train.rows',
      'train.model -> predict.model',
      'read.rows -> predict.rows',
      'train.model -> again.model',
      'pca.rows -> again.rows',
      'train.model -> write.model',
    ],
  );
  expect(made.problems).toEqual([]);
  const answers = (await made.rows('predict', 'i')).map((r) => Number(r['prediction']));
  expect((await made.rows('again', 'i')).map((r) => Number(r['prediction']))).toEqual(answers);
  const report = reportSchema.parse(JSON.parse(await made.text('pca', 'report.report.json')));
  expect(report.blocks.map((b) => b.type)).toEqual(['metrics', 'chart', 'chart', 'table']);
  const feeds = Object.fromEntries(
    columns.map((name) => [name, { type: 'float64', shape: [60, 1], values: rows.map((r) => r[name] ?? 0) } as const]),
  );
  const onnx = await askOnnxFile(join(shop.folder, 'pca.onnx'), feeds);
  onnx.prediction.forEach((value, i) => expect(Number(value)).toBeCloseTo(answers[i] ?? NaN, 6));
});

it('gives a row that misses a value no components, and takes names that are free', async () => {
  const table = await bench.table(
    't',
    `SELECT * FROM (VALUES (0, 'train', 1.0, 2.0, 'x'), (1, 'train', 2, 3, 'x'), (2, 'train', 4, 4, 'x'), (3, 'test', NULL, 4, 'x')) AS t("__row", "__partition", a, b, "PCA_1")`,
  );
  const found = await (await tryFitted(bench, spec, run, { components: 1 }, table)).apply(table, true);
  expect(Object.keys(found[0] ?? {})).toEqual(['__row', '__partition', 'PCA_1', 'pca_1_2']);
  expect(found[3]?.['pca_1_2']).toBeNull();
  const model = await (
    await tryFitted(bench, spec, run, { components: 1 }, table)
  ).apply(await bench.table('u', `SELECT 1.0 AS a`), false);
  expect(model).toEqual([{ a: 1 }]);
});

it('says before a run what cannot be', () => {
  const schema = {
    split: true,
    columns: [
      { name: 'a', type: 'DOUBLE' },
      { name: 'y', type: 'DOUBLE', role: 'target' as const },
      { name: 's', type: 'VARCHAR' },
    ],
  };
  const codes = (params: Record<string, unknown>): string[] =>
    (
      spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: { rows: schema }, wired: new Set() }) ?? []
    ).map((f) => f.code);
  expect(codes({})).toEqual(['pca.too-many-components']);
  expect(codes({ components: 1 })).toEqual([]);
  expect(codes({ keep: 'share' })).toEqual([]);
  expect(codes({ columns: { by: 'names', names: ['a', 'y'] } })).toEqual(['pca.target']);
  expect(codes({ components: 1, columns: { by: 'names', names: ['a', 's'] } })).toEqual(['column.family']);
});
