import { expect, it } from 'vitest';
import type { SqlValue } from '../../../shared/sql.ts';
import { runSql, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const build = async (params: Record<string, unknown>, rows: readonly (readonly SqlValue[])[]): Promise<unknown[]> =>
  (
    await runSql(spec, run as never, {
      params,
      inputs: { rows: table({ q: 'VARCHAR', a: 'VARCHAR', c: 'VARCHAR', n: 'BIGINT' }, rows) },
    })
  ).rows.map((row) => JSON.parse(String(row['messages'] ?? 'null')));

it('are built from columns, with quotes and line ends as they are; rows without a half have none', async () => {
  const said = 'Say "hi"\nnow\\';
  expect(
    await build({ user: 'q', assistant: 'a', context: 'c', system: 'Be "kind".' }, [
      [said, 'Hi.', 'Context', 1n],
      ['q', ' ', null, 2n],
      [null, 'a', null, 3n],
      ['q', 'a', null, 4n],
    ]),
  ).toEqual([
    [
      { role: 'system', content: 'Be "kind".' },
      { role: 'user', content: `Context\n\n${said}` },
      { role: 'assistant', content: 'Hi.' },
    ],
    null,
    null,
    [
      { role: 'system', content: 'Be "kind".' },
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ],
  ]);
  expect(await build({ user: 'q' }, [['only', null, null, 1n]])).toEqual([[{ role: 'user', content: 'only' }]]);
});
it('are built from turns in their order', async () => {
  const turns = await build({ from: 'turns', conversation: 'c', order: 'n', speaker: 'a', content: 'q' }, [
    ['Fine.', 'GPT', 'x', 2n],
    ['How are you?', 'Ann', 'x', 1n],
    [null, 'Ann', 'x', 3n],
  ]);
  expect(turns).toEqual([
    [
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: 'Fine.' },
    ],
  ]);
});
