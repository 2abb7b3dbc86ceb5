/** Formulas as ONNX operators: what is exported gives what DuckDB gives, and what cannot is named. */
import fc from 'fast-check';
import type * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqlJudge } from '../../../engine/sql/judge-sql.ts';
import { Database } from '../../../engine/table/database.ts';
import { graphBuilder } from '../../../methods/onnx/graph-builder.ts';
import type { OnnxColumn } from '../../../shared/capabilities.ts';
import { FlowyardError } from '../../../shared/errors.ts';
import { dataOf, doubleColumn, runGraph, textColumn } from '../../../test/support/run-graph.ts';
import run from './run.ts';

const input = [
  { name: 'a', type: 'DOUBLE' },
  { name: 'b', type: 'BIGINT' },
  { name: 'd', type: 'DECIMAL(9,2)' },
  { name: 'yes', type: 'BOOLEAN' },
  { name: 'T', type: 'VARCHAR' },
  { name: 'f', type: 'FLOAT' },
  { name: 'day', type: 'DATE' },
];
const rows: (number | null)[][] = [
  [1.5, 3, 0.25, 1],
  [-2.5, -3, -1.5, 0],
  [0, 0, 0, 1],
  [null, 2, 2, null],
  [2.5, null, null, 0],
  [0.1, 7, 0.3, null],
  [1e6, -1, 99.99, 1],
  [null, null, null, null],
];
const texts = ['x', 'y', null, 'x', '東', null, 'y', null];

let database: Database;
let judge: SqlJudge;
beforeAll(async () => {
  database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
  judge = new SqlJudge(database);
  const values = rows.map(
    (row, i) => `(${i}, ${row.map((v) => v ?? 'NULL').join(', ')}, ${texts[i] === null ? 'NULL' : `'${texts[i]}'`})`,
  );
  await database.run(
    `CREATE TABLE rows AS SELECT i, a::DOUBLE AS a, b::BIGINT AS b, d::DECIMAL(9,2) AS d, yes::INTEGER::BOOLEAN AS yes, t::VARCHAR AS "T", a::FLOAT AS f, DATE '2024-01-01' AS day FROM (VALUES ${values.join(', ')}) AS v(i, a, b, d, yes, t)`,
  );
});
afterAll(() => database[Symbol.asyncDispose]());

type Formulas = readonly { name: string; expression: string }[];

/** The last formula's values by ONNX; NaN and the empty text stand for missing. */
async function byOnnx(columns: Formulas): Promise<unknown[]> {
  if (run.form !== 'relational' || run.onnx === undefined) throw new Error('no ONNX form');
  const g = graphBuilder('formula');
  const numbers = (i: number): number[] => rows.map((row) => row[i] ?? Number.NaN);
  const tensors = new Map<string, OnnxColumn>([
    ['a', { value: g.input('a', 'double'), type: 'double' }],
    ['b', { value: g.input('b', 'double'), type: 'double', holds: 'whole' }],
    ['d', { value: g.input('d', 'double'), type: 'double' }],
    ['yes', { value: g.input('yes', 'double'), type: 'double', holds: 'boolean' }],
    ['T', { value: g.input('T', 'string'), type: 'string' }],
    ['f', { value: g.input('f', 'double'), type: 'double' }],
    ['day', { value: 'a', type: 'double' }],
  ]);
  await run.onnx({
    graph: g,
    columns: tensors,
    params: { columns: [...columns] },
    state: null,
    input,
    tables: {},
    parse: (text) => judge.parse(`SELECT (${text}\n)`),
  });
  const made = tensors.get(columns.at(-1)?.name ?? '');
  if (made === undefined) throw new Error('nothing was made');
  g.output('out', made.value, made.type);
  const feeds: Record<string, ort.Tensor> = {
    T: textColumn(texts.map((t) => t ?? '')),
    f: doubleColumn(numbers(0).map(Math.fround)),
    ...Object.fromEntries(['a', 'b', 'd', 'yes'].map((name, i) => [name, doubleColumn(numbers(i))])),
  };
  return [...dataOf(await runGraph(g, feeds), 'out')];
}

/** The same by DuckDB, as a model reads it: numbers in double, yes 1 and no 0. */
async function bySql(columns: Formulas): Promise<unknown[]> {
  const from = columns.reduce(
    (query, { name, expression }) => `SELECT *, (${expression}) AS "${name}" FROM (${query})`,
    'SELECT * FROM rows',
  );
  const last = `"${columns.at(-1)?.name ?? ''}"`;
  const [{ type } = { type: '' }] = await database.describe(`SELECT ${last} FROM (${from})`);
  const value =
    type === 'VARCHAR'
      ? `coalesce(${last}, '')`
      : `coalesce(CAST(${type === 'BOOLEAN' ? `CAST(${last} AS INTEGER)` : last} AS DOUBLE), 'NaN'::DOUBLE)`;
  return (await database.query(`SELECT ${value} AS out FROM (${from}) ORDER BY i`)).map((row) => row['out']);
}

async function expectSame(columns: Formulas): Promise<void> {
  const [got, wanted] = [await byOnnx(columns), await bySql(columns)];
  const said = columns.map((c) => c.expression).join('; ');
  wanted.forEach((value, i) => {
    const found = got[i];
    if (typeof value === 'number' && typeof found === 'number' && Number.isFinite(value))
      expect(Math.abs(found - value), `${said}, row ${i}: ${found} for ${value}`).toBeLessThanOrEqual(
        1e-12 * Math.max(1, Math.abs(value)),
      );
    else expect(found, `${said}, row ${i}`).toEqual(value);
  });
}
const one = (expression: string): Formulas => [{ name: 'made', expression }];

describe('a formula in ONNX', () => {
  test.each([
    'a * 2 + b - 1.5',
    'a / b',
    '-a ^ 2',
    'b + 1',
    'round(a) + round(b)',
    'floor(a) + ceil(d)',
    'abs(a - b)',
    'exp(-abs(a) / 1e6)',
    'sqrt(abs(a)) + ln(1e-9::DOUBLE + abs(a)) + log10(1::DOUBLE + abs(a)) + log2(2::DOUBLE)',
    'least(a, b, 1) + greatest(b, 2)',
    'coalesce(a, b, 0)',
    'a > 1',
    'a / b > 1',
    'a / b = a / b',
    'NOT (a > 1 AND yes) OR b IS NULL',
    'yes AND a > 0',
    'yes OR NULL',
    '"T" = \'x\'',
    "T <> 'x' OR T IS NULL",
    "t IN ('x', '東')",
    'b NOT IN (1, 2, NULL)',
    'b BETWEEN 0 AND 3',
    'a IS DISTINCT FROM b',
    'a IS NOT DISTINCT FROM NULL',
    'CASE WHEN a > 1 THEN 1 WHEN b < 0 THEN 2.5 END',
    "CASE T WHEN 'x' THEN 'ex' WHEN 'y' THEN T ELSE 'other' END",
    'if(yes, a, b)',
    'CASE WHEN yes THEN a > 0 END',
    'CAST(a AS INTEGER)',
    'CAST(a > 1 AS INTEGER) + CAST(yes AS BIGINT)',
    'CAST(b AS BOOLEAN)',
    'd * 2 + 0.5',
    'd > 0.3',
    'f::DOUBLE + 0',
    '5',
    'NULL',
    "'text'",
  ])('%s', (expression) => expectSame(one(expression)));

  test('later formulas read earlier ones, and a name that is taken anew', () =>
    expectSame([
      { name: 'ratio', expression: 'a / b' },
      { name: 'large', expression: 'ratio > 0.4' },
      { name: 'made', expression: 'CASE WHEN large THEN ratio ELSE -1 END' },
    ]));

  test.each([
    ['upper("T")', 'upper()'],
    ["day > DATE '2024-01-01'", 'the date or time "day"'],
    ['a // 2', '//()'],
    ['f * 2', 'single precision'],
    ['f > 0.1', 'single precision'],
    ['d * 0.1 = 0.03', 'a comparison of computed decimals'],
    ['"T" > \'a\'', 'an order of texts'],
    ['concat("T", \'x\')', 'concat()'],
    ['"T" = \'\'', 'the empty text'],
    ['CAST(d AS INTEGER)', 'a conversion to INTEGER'],
    ['12345678901234567890 + b', 'HUGEINT'],
  ])('%s is named: %s', async (expression, what) => {
    const thrown: unknown = await byOnnx(one(expression)).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FlowyardError);
    expect(thrown).toMatchObject({ code: 'onnx.no-form', problem: { message: expect.stringContaining(what) } });
  });

  test('whatever is exported gives what DuckDB gives', async () => {
    const { number, boolean } = fc.letrec<{ number: string; boolean: string }>((tie) => ({
      number: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('a', 'b', 'd', '2', '0.5', '1e1', '0', 'NULL::DOUBLE'),
        fc.tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number')).map((p) => `(${p.join(' ')})`),
        fc.tuple(fc.constantFrom('abs', 'round', 'floor', 'ceil', '-'), tie('number')).map(([f, x]) => `${f}(${x})`),
        fc
          .tuple(fc.constantFrom('coalesce', 'least', 'greatest'), tie('number'), tie('number'))
          .map(([f, x, y]) => `${f}(${x}, ${y})`),
        fc
          .tuple(tie('boolean'), tie('number'), tie('number'))
          .map(([c, x, y]) => `CASE WHEN ${c} THEN ${x} ELSE ${y} END`),
        tie('boolean').map((c) => `CAST(${c} AS INTEGER)`),
        tie('number').map((x) => `CAST(${x} AS DOUBLE)`),
      ),
      boolean: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('yes', "T = 'x'", 'T IS NULL', 'true', 'NULL::BOOLEAN'),
        fc
          .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '=', '<>', 'IS DISTINCT FROM'), tie('number'))
          .map((p) => `(${p.join(' ')})`),
        fc.tuple(tie('boolean'), fc.constantFrom('AND', 'OR'), tie('boolean')).map((p) => `(${p.join(' ')})`),
        tie('boolean').map((c) => `(NOT ${c})`),
        tie('number').map((x) => `(${x} IS NULL)`),
        fc.tuple(tie('number'), tie('number')).map(([x, y]) => `(${x} IN (${y}, 1, NULL))`),
      ),
    }));
    let exported = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(number, boolean), async (expression) => {
        const columns = one(expression);
        const has = await byOnnx(columns).then(
          () => true,
          (thrown: unknown) => {
            if (thrown instanceof FlowyardError && thrown.code === 'onnx.no-form') return false;
            throw thrown;
          },
        );
        // What DuckDB itself refuses (an overflow of its decimals) has no value to compare with.
        const runs = await bySql(columns).then(
          () => true,
          () => false,
        );
        if (!has || !runs) return;
        exported++;
        await expectSame(columns);
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(exported).toBeGreaterThan(150);
  });
});
