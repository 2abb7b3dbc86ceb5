/** Impute, Scale and Encode against scikit-learn's preparations, on one table with gaps, unseen categories and awkward numbers. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AnyRun } from '../../shared/capabilities.ts';
import type { NodeSpec } from '../../shared/kind/define-spec.ts';
import { literal, type SqlValue } from '../../shared/sql.ts';
import { hiddenColumns } from '../../shared/wires.ts';
import { openBench, tryFitted, type NodeBench } from '../../test/support/node-bench.ts';
import encode from './encode/run.ts';
import { spec as encodeSpec } from './encode/spec.ts';
import impute from './impute/run.ts';
import { spec as imputeSpec } from './impute/spec.ts';
import scale from './scale/run.ts';
import { spec as scaleSpec } from './scale/spec.ts';

const matrix = z.array(z.array(z.number().nullable()));
const fixtures = z
  .object({
    train: z.int(),
    input: z.object({
      numbers: matrix,
      text: z.array(z.string()),
      target: z.array(z.number()),
      classes: z.array(z.string()),
      price: z.array(z.number()),
    }),
    impute: z.record(z.string(), matrix),
    scale: z.record(z.string(), matrix),
    'one-hot': z.record(z.string(), matrix),
    ordinal: matrix,
    target: z.record(z.string(), matrix),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../methods/preparation/fixtures/preparation.json', import.meta.url), 'utf8')),
  );

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench(2)));
afterAll(() => bench.close());

type Columns = Readonly<Record<string, readonly SqlValue[]>>;
const { input, train } = fixtures;
const numbers: Columns = Object.fromEntries(
  (input.numbers[0] ?? []).map((_, i) => [
    `n${i}`,
    input.numbers.map((row) => (row[i] === null ? NaN : (row[i] ?? null))),
  ]),
);
const category: Columns = { category: input.text };

/** What the node gives for every row, fitted on the first `train` rows, as numbers. */
async function given(
  spec: NodeSpec,
  run: AnyRun,
  params: Record<string, unknown>,
  columns: Columns,
  target?: readonly SqlValue[],
): Promise<(number | null)[][]> {
  const all: Columns = target ? { ...columns, y: target } : columns;
  const lists = Object.entries(all).map(
    ([name, values]) => `unnest([${values.map((v) => literal(v)).join(', ')}]) AS ${name}`,
  );
  const marks = `unnest(range(${input.text.length})) AS "__row", unnest([CASE WHEN r < ${train} THEN 'train' ELSE 'test' END FOR r IN range(${input.text.length})]) AS "__partition"`;
  const table = await bench.table('t', `SELECT ${marks}, ${lists.join(', ')}`, target ? { y: 'target' } : {});
  const rows = await (await tryFitted(bench, spec, run, params, table)).apply(table, false);
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'y' && !hiddenColumns.includes(name));
  return rows.map((row) =>
    names.map((name) =>
      row[name] === null || row[name] === undefined || Number.isNaN(row[name]) ? null : Number(row[name]),
    ),
  );
}

function expectSame(
  got: readonly (readonly (number | null)[])[],
  wanted: readonly (readonly (number | null)[])[],
  tolerance = 1e-9,
): void {
  expect(got.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  got.forEach((row, r) =>
    row.forEach((value, c) => {
      const should = wanted[r]?.[c] ?? null;
      if (value === null || should === null) return expect(value, `row ${r}, column ${c}`).toBe(should);
      expect(Math.abs(value - should), `row ${r}, column ${c}: ${value}, not ${should}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(should)),
      );
    }),
  );
}

describe('as scikit-learn', () => {
  it.each(Object.entries(fixtures.impute))('SimpleImputer, %s', async (strategy, wanted) => {
    expectSame(await given(imputeSpec, impute, { strategy }, numbers), wanted);
  });

  it.each(Object.entries(fixtures.scale))('scaler, %s', async (method, wanted) => {
    expectSame(await given(scaleSpec, scale, { method }, numbers), wanted);
  });

  it.each([
    ['plain', {}],
    ['maxCategories', { maxCategories: 4 }],
    ['minRows', { minRows: 12 }],
    ['drop', { drop: true }],
  ])('OneHotEncoder, %s', async (name, params) => {
    expectSame(await given(encodeSpec, encode, params, category), fixtures['one-hot'][name] ?? []);
  });

  it('OrdinalEncoder', async () => {
    expectSame(await given(encodeSpec, encode, { method: 'ordinal' }, category), fixtures.ordinal);
  });

  it.each([
    ['binary', input.target],
    ['classes', input.classes],
    ['price', input.price],
  ])('TargetEncoder for rows that were not trained on, %s', async (name, target) => {
    expectSame(
      await given(encodeSpec, encode, { method: 'target', smoothing: 10 }, category, target),
      fixtures.target[name] ?? [],
    );
  });
});
