import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sql } from '../../../shared/sql.ts';
import { checkParams, explainFailure, runSql, TestDatabase } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('read.parquet', () => {
  it('gives columns with their names and types', async () => {
    const path = join(folder, 'a.parquet');
    using database = await TestDatabase.open();
    await database.connection.run(
      sql`COPY (SELECT 9007199254740993 AS "big one", DATE '2024-01-31' AS d, 1.25::DECIMAL(9,2) AS m, [1, 2] AS l) TO ${path} (FORMAT parquet)`.render(),
    );
    const { columns, rows } = await runSql(spec, run, { files: { file: path }, params: { file: 'a.parquet' } });
    expect(columns).toEqual([
      { name: 'big one', type: 'BIGINT' },
      { name: 'd', type: 'DATE' },
      { name: 'm', type: 'DECIMAL(9,2)' },
      { name: 'l', type: 'INTEGER[]' },
    ]);
    expect(rows).toEqual([{ 'big one': 9_007_199_254_740_993n, d: '2024-01-31', m: 1.25, l: '[1, 2]' }]);
  });
  it('says that a file is not a whole Parquet file', async () => {
    const path = join(folder, 'b.parquet');
    writeFileSync(path, 'a,b\n1,2\nand some more text that is long enough\n');
    expect(await explainFailure(spec, run, { files: { file: path }, params: { file: 'b.parquet' } })).toMatchObject({
      code: 'parquet.unreadable',
      param: 'file',
    });
  });
  it('asks for a file', () => {
    expect(checkParams(spec, {}).map((f) => f.code)).toEqual(['param.empty']);
  });
});
