import { expect, test } from 'vitest';
import { classFacts, isUneven, positiveClass, readClassRows } from './positive-class.ts';

test.each<[string, string[], number[] | undefined, string]>([
  ['the rarer one below 40 %', ['churned', 'stays'], [8, 92], 'churned'],
  ['the rarer one, even against a yes', ['no', 'yes'], [30, 70], 'no'],
  ['yes where neither is rare', ['nein', 'yes'], [41, 59], 'yes'],
  ['yes in capitals, though it is the earlier one', ['POSITIVE', 'unclear'], [55, 45], 'POSITIVE'],
  ['true', ['false', 'true'], [50, 50], 'true'],
  ['1', ['0', '1'], [60, 40], '1'],
  ['the later one where nothing says more', ['a', 'b'], [50, 50], 'b'],
  ['the later one of a model that does not know its rows', ['churned', 'stays'], undefined, 'stays'],
])('the positive class is %s', (_why, classes, rows, expected) => {
  expect(classes[positiveClass(classes, rows)]).toBe(expected);
});

test('classes are uneven from the same share on, whatever their number', () => {
  expect([[39, 61], [40, 60], [30, 35, 35], [26, 37, 37], [5], []].map((rows) => isUneven(rows))).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ]);
});

test('a model keeps the rows of its classes and the positive one', () => {
  const facts = classFacts(['churned', 'stays'], [8, 92]);
  expect(facts).toEqual({ class_rows: { churned: 8, stays: 92 }, positive_class: 'churned' });
  expect(readClassRows(facts, ['churned', 'stays'])).toEqual([8, 92]);
  expect(readClassRows({ rows: 100 }, ['churned', 'stays'])).toBeUndefined();
  expect(classFacts(['a', 'b', 'c'], [1, 2, 3])).toEqual({ class_rows: { a: 1, b: 2, c: 3 } });
});
