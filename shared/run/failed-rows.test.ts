import { expect, it } from 'vitest';
import { toProblem } from '../errors.ts';
import { failuresBlocks, judgeFailedRows, type FailedRow } from './failed-rows.ts';

const failed = (...reasons: [string, number][]): FailedRow[] =>
  reasons.map(([message, rows]) => ({ problem: { code: 'x.y', message, mend: 'Mend it.' }, rows }));
const thrown = (work: () => unknown) => {
  try {
    return work();
  } catch (problem) {
    return toProblem(problem);
  }
};

it('says how many rows failed and why, the most frequent reason first', () => {
  const some = failed(['Busy.', 1], ['Too long.', 3], ['Busy.', 1]);
  expect(judgeFailedRows({ failed: some, rows: 2000 }, 1)).toMatchObject({
    severity: 'warning',
    message: '5 of 2,000 rows failed: Too long (3); Busy (2).',
  });
  const many = failed(['a', 1], ['b', 1], ['c', 1], ['d', 1], ['e', 1]);
  expect(judgeFailedRows({ failed: many, rows: 9 }, 1)?.message).toBe(
    '5 of 9 rows failed: a (1); b (1); c (1); and 2 other reasons.',
  );
  expect(failuresBlocks({ failed: some })[0]).toMatchObject({
    rows: [
      ['Too long.', 3],
      ['Busy.', 2],
    ],
  });
});

it('says nothing where nothing failed, and where nothing was asked', () => {
  expect(judgeFailedRows({ failed: [], rows: 3 }, 0.001)).toBeUndefined();
  expect(judgeFailedRows({ failed: [], rows: 0 }, 1)).toBeUndefined();
  expect(failuresBlocks({ failed: [] })).toEqual([]);
});

it('fails from the given share of failed rows on, and never without one', () => {
  const two = failed(['Busy.', 2]);
  expect(thrown(() => judgeFailedRows({ failed: two, rows: 2 }, 1))).toMatchObject({
    code: 'rows.failed',
    severity: 'error',
    message: 'All 2 rows failed: Busy.',
    mend: 'Mend it.',
  });
  expect(thrown(() => judgeFailedRows({ failed: two, rows: 8 }, 0.25))).toMatchObject({ severity: 'error' });
  expect(thrown(() => judgeFailedRows({ failed: two, rows: 9 }, 0.25))).toMatchObject({ severity: 'warning' });
  expect(thrown(() => judgeFailedRows({ failed: two, rows: 2 }, null))).toMatchObject({ severity: 'warning' });
});
