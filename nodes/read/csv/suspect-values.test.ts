import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspectFile, runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-suspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['yes', 'no', '"no" and "yes", which are'],
  ['t', 'f', '"f" and "t", which are'],
  ['Yes', 'Yes', '"Yes", which is'],
])('says that words are read as true and false: %s, %s', async (one, other, said) => {
  const path = join(folder, 'words.csv');
  writeFileSync(path, `n,b\n${`1,${one}\n2,${other}\n3,NA\n`.repeat(20)}`);
  const [found, ...others] = await inspectFile(spec, run, path, { file: 'x.csv' });
  expect([found, others]).toMatchObject([
    {
      code: 'csv.words-as-boolean',
      severity: 'warning',
      column: 'b',
      message: `"b" has ${said} read as true and false.`,
      fixes: [{ value: { b: 'text' } }, { value: { b: 'boolean' } }],
    },
    [],
  ]);
  const as = async (type: string) => {
    const params = { file: 'x.csv', types: { b: type } };
    expect(await inspectFile(spec, run, path, params)).toEqual([]);
    return (await runSql(spec, run, { files: { file: path }, params })).rows.slice(0, 3).map((row) => row['b']);
  };
  expect(await as('text')).toEqual([one, other, null]);
  expect(await as('boolean')).toEqual([true, one === other, null]);
});

it('says nothing of true and false', async () => {
  const path = join(folder, 'true.csv');
  writeFileSync(path, `n,b\n${'1,true\n2,False\n3,\n4,TRUE\n'.repeat(20)}`);
  expect(await inspectFile(spec, run, path, { file: 'x.csv' })).toEqual([]);
});
