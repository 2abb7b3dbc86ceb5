import { expect, test } from 'vitest';
import { randomGenerator } from '../random/random-generator.ts';
import { tells, tellsFrom, type Cells } from './telling-column.ts';

const random = randomGenerator(3);
const n = 400;
const x = Array.from({ length: n }, () => random.nextFloat() * 10);
const noise = Array.from({ length: n }, () => random.nextFloat());
const yes = x.map((v) => (v > 4 ? 'yes' : 'no'));
const price = x.map((v) => 3 * v + 7);
const names: Cells = x.map((_, i) => `row ${i}`);
const says = (column: Cells, target: Cells, task: 'classification' | 'regression'): boolean | undefined => {
  const share = tells(column, target, task);
  return share === undefined ? undefined : share >= tellsFrom;
};

test.each<[string, Cells, Cells, 'classification' | 'regression', boolean | undefined]>([
  ['a copy of the classes in other words', yes.map((y) => (y === 'yes' ? 'ja' : 'nein')), yes, 'classification', true],
  ['a flag of the class', yes.map((y) => Number(y === 'yes')), yes, 'classification', true],
  ['a number that was measured after it', x, yes, 'classification', true],
  [
    'the same with gaps that mean one class',
    yes.map((y, i) => (y === 'no' ? null : (x[i] ?? 0))),
    yes,
    'classification',
    true,
  ],
  ['a good feature', x.map((v, i) => v + 2 * (noise[i] ?? 0)), yes, 'classification', false],
  ['chance', noise, yes, 'classification', false],
  ['a name of each row', names, yes, 'classification', undefined],
  ['one class nearly everywhere', noise, x.map((_, i) => (i < 3 ? 'a' : 'b')), 'classification', undefined],
  ['a copy of the number in other units', price.map((v) => v / 100), price, 'regression', true],
  ['any smooth function of it', price.map((v) => Math.exp(-v / 10)), price, 'regression', true],
  ['a good feature for a number', x.map((v, i) => v + (noise[i] ?? 0)), price, 'regression', false],
  ['chance for a number', noise, price, 'regression', false],
  ['few rows', x.slice(0, 20), yes.slice(0, 20), 'classification', undefined],
])('%s', (_title, column, target, task, wanted) => {
  expect(says(column, target, task)).toBe(wanted);
});
