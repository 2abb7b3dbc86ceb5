import { expect, it } from 'vitest';
import { runSql, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const clean = async (texts: readonly (string | null)[], params: Record<string, unknown>): Promise<unknown[]> =>
  (
    await runSql(spec, run as never, {
      params: { column: 'text', ...params },
      inputs: {
        rows: table(
          { text: 'VARCHAR' },
          texts.map((text) => [text]),
        ),
      },
    })
  ).rows.map((row) => row['text']);

it('brings texts into one form', async () => {
  expect(
    await clean(['e\u0301té', 'a\u200b\u0007b\ufeffc\u00ad', ' a \t b\r\n\r\n\r\n\r\nc ', '👨‍👩‍👧', null, ' '], {}),
  ).toEqual(['été', 'abc', 'a b\n\nc', '👨‍👩‍👧', null, null]);
});
it('takes tags, addresses, quotes and case where asked', async () => {
  expect(
    await clean(['<p class="x">A &lt; B &amp;amp; 1 < 2</p>', 'See WWW.example.org/a?b=c, and https://x.y.'], {
      tags: true,
      addresses: 'word',
      lower: true,
    }),
  ).toEqual(['a < b &amp; 1 < 2', 'see <url> and <url>']);
  expect(await clean(['“It’s” – so…', ''], { quotes: true, empty: false })).toEqual(['"It\'s" - so...', '']);
});
