import { expect, test } from 'vitest';
import { checkRows } from './row-schema.ts';
import { openToyScorer } from '../../test/support/toy-scorer.ts';

const scorer = await openToyScorer('');
const row = { id: 1, amount: 12.5, city: 'Zürich', member: true, since: '2026-11-24T10:00:00' };
const read = async (cells: Record<string, string | number | boolean | null>): Promise<unknown> =>
  (await checkRows([{ ...row, ...cells }], scorer))[0];

test.each([
  [{ amount: '12.5' }, { amount: '12.5' }],
  [{ amount: '1.25e1' }, { amount: '12.5' }],
  [{ amount: 12 }, { amount: 12 }],
  [{ id: '1.0' }, { id: 1n }],
  [{ id: '1e0' }, { id: 1n }],
  [{ id: '007' }, { id: 7n }],
  [{ member: 'Yes' }, { member: 'true' }],
  [{ member: 1 }, { member: 'true' }],
  [{ member: 'n' }, { member: 'false' }],
  [{ city: 8000 }, { city: '8000' }],
  [{ since: '2026-11-24' }, { since: '2026-11-24 00:00:00' }],
  [{ since: '2026/11/24 10:00' }, { since: '2026-11-24 10:00:00' }],
  [
    { id: 'NA', amount: '', city: 'NA', since: 'NA', member: '' },
    { id: null, amount: null, city: null, since: null, member: null },
  ],
])('reads %j as the cells of a file are read', async (cells, wanted) => {
  expect(await read(cells)).toEqual({ ...row, id: 1n, since: '2026-11-24 10:00:00', ...wanted });
});

test.each<[string, string, string | number | boolean]>([
  ['a fraction for a whole number', 'id', '1.5'],
  ['a decimal comma where the file has points', 'amount', '12,5'],
  ['yes/no for a number', 'amount', true],
  ['a number beyond all numbers', 'amount', JSON.parse('1e400')],
  ['a text of such a number', 'amount', '1e400'],
  ['a word for yes/no', 'member', 'maybe'],
  ['a day that does not exist', 'since', '2026-02-31'],
])('refuses %s with its row and column', async (_what, column, value) => {
  await expect(read({ [column]: value })).rejects.toMatchObject({
    problem: { code: 'predict.wrong-type', column, facts: { row: 1 } },
  });
});

test('a number with decimals for a text is refused: a file may write it with a point or a comma', async () => {
  await expect(read({ city: 80.5 })).rejects.toMatchObject({
    problem: {
      code: 'predict.wrong-type',
      mend: 'Send it as a text, written as in the file that the model learnt from, or null where it is not known.',
    },
  });
});
