import { expect, test } from 'vitest';
import { compareLearners, type Measured } from './compare-learners.ts';

const measured = (node: string, value: number | null, interval?: [number, number], more = {}): Measured => ({
  node,
  item: {
    name: 'balanced_accuracy',
    title: 'Balanced accuracy',
    value,
    better: 'higher',
    signature: 'balanced_accuracy|binary|rows=test|n=69',
    ...(interval === undefined ? {} : { interval }),
    ...more,
  },
});
const compared = (all: readonly Measured[]) => {
  const verdict = compareLearners(all);
  return verdict && [verdict.best.node, verdict.next.node, verdict.sure];
};

test('the better of several models, the next best, and whether their intervals are apart', () => {
  const line = measured('line', 0.7, [0.6, 0.8]);
  const trees = measured('trees', 0.9, [0.85, 0.95]);
  expect(compared([line, trees])).toEqual(['trees', 'line', 'clearly']);
  expect(compared([line, trees, measured('net', 0.86, [0.8, 0.9])])).toEqual(['trees', 'net', 'unclear']);
  expect(compared([line, measured('net', 0.9)])).toEqual(['net', 'line', 'ahead']);
  expect(compared([line, measured('net', 0.7)])).toEqual(['line', 'net', 'equal']);
});

test('of an error the smaller is better', () => {
  const error = (node: string, value: number) => measured(node, value, undefined, { name: 'rmse', better: 'lower' });
  expect(compared([error('line', 9), error('trees', 4), error('net', 5)])).toEqual(['trees', 'net', 'ahead']);
});

test('nothing is said of one model, of other rows or another figure, or where nothing was measured', () => {
  const line = measured('line', 0.7);
  expect(compared([line])).toBeUndefined();
  expect(compared([line, measured('trees', 0.9, undefined, { signature: 'x|rows=test|n=12' })])).toBeUndefined();
  expect(compared([line, measured('trees', 0.9, undefined, { name: 'r2' })])).toBeUndefined();
  expect(compared([line, measured('trees', null)])).toBeUndefined();
});
