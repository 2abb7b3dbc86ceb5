import { expect, test } from 'vitest';
import { randomGenerator } from '../random/random-generator.ts';
import { leaks, leaksFrom, type Cells } from './leaking-column.ts';

const random = randomGenerator(3);
const n = 400;
const x = Array.from({ length: n }, () => random.nextFloat() * 10);
const noise = Array.from({ length: n }, () => random.nextFloat());
const yes = x.map((v) => (v > 4 ? 'yes' : 'no'));
const price = x.map((v) => 3 * v + 7);
const names: Cells = x.map((_, i) => `row ${i}`);
const says = (column: Cells, target: Cells, task: 'label' | 'value'): boolean | undefined => {
  const share = leaks(column, target, task);
  return share === undefined ? undefined : share >= leaksFrom;
};

test.each<[string, Cells, Cells, 'label' | 'value', boolean | undefined]>([
  ['a copy of the classes in other words', yes.map((y) => (y === 'yes' ? 'ja' : 'nein')), yes, 'label', true],
  ['a flag of the class', yes.map((y) => Number(y === 'yes')), yes, 'label', true],
  ['a number that was measured after it', x, yes, 'label', true],
  ['the same with gaps that mean one class', yes.map((y, i) => (y === 'no' ? null : (x[i] ?? 0))), yes, 'label', true],
  ['a good feature', x.map((v, i) => v + 2 * (noise[i] ?? 0)), yes, 'label', false],
  ['chance', noise, yes, 'label', false],
  ['a name of each row', names, yes, 'label', undefined],
  ['one class nearly everywhere', noise, x.map((_, i) => (i < 3 ? 'a' : 'b')), 'label', undefined],
  ['a copy of the number in other units', price.map((v) => v / 100), price, 'value', true],
  ['any smooth function of it', price.map((v) => Math.exp(-v / 10)), price, 'value', true],
  ['a good feature for a number', x.map((v, i) => v + (noise[i] ?? 0)), price, 'value', false],
  ['chance for a number', noise, price, 'value', false],
  ['few rows', x.slice(0, 20), yes.slice(0, 20), 'label', undefined],
])('%s', (_title, column, target, task, wanted) => {
  expect(says(column, target, task)).toBe(wanted);
});
