import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TaskContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { raw, sql } from '../../../shared/sql.ts';
import { checkParams, schemaOf, table, TestDatabase, type TableLiteral } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { formatOf, spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

const forms = { csv: 'FORMAT csv, HEADER', parquet: 'FORMAT parquet', jsonl: 'FORMAT json' } as const;

/** The task with the two services that it uses, on a real DuckDB; the engine's own file service has its tests in the engine. */
async function write(
  input: TableLiteral,
  params: Record<string, unknown>,
): Promise<{ text: string; overwrite: boolean[]; said?: string[] }> {
  using database = await TestDatabase.open();
  const made = await database.create(input);
  const asked: boolean[] = [];
  const said: string[] = [];
  const services: Pick<TaskContext<ParamsOf<typeof spec>>, 'table' | 'log' | 'warn'> = {
    table: () => ({
      schema: schemaOf(input),
      columns: made.columns,
      ref: made.ref,
      query: database.query,
      withRole: () => undefined,
      count: unused,
      matrix: unused,
      matrix64: unused,
      columns64: unused,
      values: unused,
      vectors: unused,
    }),
    log: () => undefined,
    warn: ({ message }) => void said.push(message),
  };
  const file: TaskContext<ParamsOf<typeof spec>>['outputs']['file'] = async (path, content, overwrite) => {
    if (!('query' in content)) throw new Error('only a query is written here');
    asked.push(overwrite);
    await database.connection.run(
      sql`COPY (${content.query}) TO ${join(folder, path)} (${raw(forms[content.format])})`.render(),
    );
    return { path, bytes: statSync(join(folder, path)).size };
  };
  const parsed = spec.params.parse(params);
  await run.run({ ...services, params: parsed, outputs: { file } } as never);
  const text = readFileSync(join(folder, parsed.file), 'utf8');
  return { text, overwrite: asked, ...(said.length === 0 ? {} : { said }) };
}
const unused = (): never => {
  throw new Error('not used');
};

const marked = table({ x: 'BIGINT', y: 'VARCHAR', __row: 'BIGINT', __partition: 'VARCHAR' }, [
  [1n, 'a,b', 1n, 'test'],
  [2n, null, 0n, 'train'],
]);

describe('write.table', () => {
  it('writes the visible columns in Split’s order, or as the rows come', async () => {
    expect(await write(marked, { file: 'a.csv' })).toEqual({ text: 'x,y\n2,\n1,"a,b"\n', overwrite: [false] });
    expect((await write(table({ x: 'BIGINT' }, [[2n], [1n]]), { file: 'b.csv' })).text).toBe('x\n2\n1\n');
  });
  it('writes the partition when asked, and JSON lines', async () => {
    expect(await write(marked, { file: 'c.jsonl', partition: true, overwrite: true })).toEqual({
      text: '{"x":2,"y":null,"partition":"train"}\n{"x":1,"y":"a,b","partition":"test"}\n',
      overwrite: [true],
    });
  });
  it('writes texts that a spreadsheet would run as texts, leaves numbers alone, and says what it changed', async () => {
    const cells = table({ '=name': 'VARCHAR', n: 'DOUBLE', note: 'VARCHAR' }, [
      ["=cmd|' /C calc'!A0", -1.5, '-5'],
      ['+41 44 123', 2, '@SUM(A1)'],
      ['a=b', -3, '-'],
      ['\t=1+1', 4, '+1e3'],
      [null, null, '＝1+1'],
    ]);
    const safe = await write(cells, { file: 'e.csv' });
    expect(safe.text).toBe(
      "'=name,n,note\n'=cmd|' /C calc'!A0,-1.5,-5\n'+41 44 123,2.0,'@SUM(A1)\na=b,-3.0,-\n'\t=1+1,4.0,+1e3\n,,'＝1+1\n",
    );
    expect(safe.said).toEqual([
      '5 cells and 1 header that a spreadsheet would take for formulas were written with an apostrophe before them, in "=name", "note".',
    ]);
    const plain = await write(cells, { file: 'f.csv', guardFormulas: false });
    expect(plain.text).toContain("\n=cmd|' /C calc'!A0,-1.5,-5\n");
    expect(plain.said).toBeUndefined();
    expect((await write(cells, { file: 'g.jsonl' })).text).toContain('"note":"@SUM(A1)"');
  });
  it('writes null for what JSON has no form for, also inside, and says so', async () => {
    const rows = table(
      {
        x: 'DOUBLE',
        list: 'FLOAT[]',
        vector: 'DOUBLE[2]',
        "o'b": 'STRUCT(a DOUBLE, "b, c" STRUCT(d DOUBLE[])[], e VARCHAR)',
        m: 'MAP(VARCHAR, DOUBLE)',
        n: 'BIGINT',
      },
      [
        [Number.NaN, '[1.5, nan]', '[inf, 2]', "{'a': -inf, 'b, c': [{'d': [nan, 1]}], 'e': NaN}", '{k=inf}', 1n],
        [-Infinity, null, null, null, null, null],
        [2.5, '[]', '[1, 2]', "{'a': 1, 'b, c': NULL, 'e': x}", '{k=2}', 2n],
      ],
    );
    const written = await write(rows, { file: 'h.jsonl' });
    const lines = written.text.trim().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        x: null,
        list: [1.5, null],
        vector: [null, 2],
        "o'b": { a: null, 'b, c': [{ d: [null, 1] }], e: 'NaN' },
        m: { k: null },
        n: 1,
      },
      { x: null, list: null, vector: null, "o'b": null, m: null, n: null },
      { x: 2.5, list: [], vector: [1, 2], "o'b": { a: 1, 'b, c': null, e: 'x' }, m: { k: 2 }, n: 2 },
    ]);
    expect(written.said).toEqual([
      '6 cells with NaN or infinite numbers, in "x", "list", "vector", "o\'b", "m", were written with null in their place: JSON has no form for them.',
    ]);
    expect((await write(table({ x: 'DOUBLE' }, [[1.5]]), { file: 'i.jsonl' })).said).toBeUndefined();
  });
  it('writes Parquet', async () => {
    expect((await write(marked, { file: 'd.parquet' })).text.slice(0, 4)).toBe('PAR1');
  });
  it('knows the format by the file’s ending', () => {
    expect(['a.CSV', 'a.parquet', 'a.ndjson', 'a.txt'].map((name) => formatOf('auto', name))).toEqual([
      'csv',
      'parquet',
      'jsonl',
      undefined,
    ]);
    expect(formatOf('csv', 'a.txt')).toBe('csv');
  });
  it.each([
    [{}, ['param.empty']],
    [{ file: 'x.txt' }, ['write.format']],
    [{ file: 'x.txt', format: 'csv' }, []],
    [{ file: 'x.csv', partition: true }, ['write.no-partition']],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schemaOf(table({ x: 'BIGINT' })) }).map((f) => f.code)).toEqual(codes);
  });
});
