import { expect, test } from 'vitest';
import { examineRows, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table(
  { PassengerId: 'BIGINT', year: 'BIGINT', twice: 'BIGINT', survived: 'VARCHAR' },
  Array.from({ length: 40 }, (_, i) => [BigInt(i + 1), BigInt(1900 + i), BigInt(1 + (i % 39)), i % 2 ? 'yes' : 'no']),
);
const found = async (params: Record<string, unknown>) =>
  examineRows(spec, run, { inputs: { rows }, params: { target: 'survived', ...params } });

test('a column that counts the rows is named, with the mend; years and repeated numbers are not', async () => {
  expect(await found({})).toMatchObject([
    {
      code: 'split.row-numbers',
      severity: 'warning',
      column: 'PassengerId',
      message:
        '"PassengerId" counts the rows from 1 to 40: it names rows, and what a model learns from it says nothing about new ones.',
      fixes: [{ do: 'set', param: 'id', value: 'PassengerId' }],
    },
  ]);
});

test('nothing is said once an id is chosen, or where the count is what is asked for', async () => {
  expect(await found({ id: 'PassengerId' })).toEqual([]);
  expect(await found({ target: 'PassengerId' })).toEqual([]);
});
