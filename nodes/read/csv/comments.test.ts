import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inspectFile, runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-comments-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string): string => {
  const path = join(folder, 'rows.csv');
  writeFileSync(path, content);
  return path;
};

it.each([
  ['below a header', `t,v\n${'1,1\n'.repeat(50)}#2,3\n`],
  ['below a line that is none', `# of a sensor\nt,v\n${'1,1\n'.repeat(50)}#2,3\n`],
  ['in many rows', `t,v\n${'#1,1\n#1,1\n1,1\n1,1\n1,1\n'.repeat(10)}#2,3\n`],
])('reads rows that begin with what is often a comment, %s', async (_, content) => {
  const { rows } = await runSql(spec, run, { files: { file: file(content) }, params: { file: 'x.csv' } });
  expect(rows).toHaveLength(51);
  expect(rows.at(-1)).toEqual({ t: '#2', v: 3n });
});

it('says how lines that are comments are left out', async () => {
  const content = `a,b\n${'1,2\n'.repeat(9)}# a word\n3,4\n`;
  const [finding] = await inspectFile(spec, run, file(content), { file: 'x.csv' });
  expect(finding).toMatchObject({
    code: 'csv.ragged-row',
    message: 'Line 11 has 1 value instead of 2.',
    mend: 'If lines that begin with # are no rows, set # as the comment character.',
    fixes: [{ param: 'comment', value: '#' }, {}, {}],
  });
  expect(await inspectFile(spec, run, file(content), { file: 'x.csv', comment: '#' })).toEqual([]);
});
