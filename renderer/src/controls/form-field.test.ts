import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { field } from '../../../shared/kind/fields/fields.ts';
import { fieldsOf, isSegmented, isShown, sectionsOf, valueOf } from './form-field.ts';

const params = z.strictObject({
  target: field.column({ title: 'Target', help: 'What to predict.', families: ['number'] }),
  trees: field.integer({ title: 'Trees', help: 'How many.', default: 100, min: 1, max: 5000, section: 'Trees' }),
  rate: field.number({
    title: 'Learning rate',
    help: 'Step.',
    default: 0.1,
    min: 0.001,
    max: 1,
    slider: true,
    section: 'Trees',
  }),
  seed: field.integer({ title: 'Seed', help: 'Start.', default: 42 }),
  stop: field.switch({ title: 'Stop early', help: 'Yes or no.', default: true, section: 'Stopping' }),
  patience: field.integer({
    title: 'Patience',
    help: 'Rounds.',
    default: 20,
    when: { param: 'stop', is: [true] },
    section: 'Stopping',
  }),
  strategy: field.choice({
    title: 'With',
    help: 'What.',
    choices: { median: 'median', mean: 'mean', constant: 'a value' },
    default: 'median',
  }),
  limit: field.optionalNumber({ title: 'Limit', help: 'Or none.' }),
  keys: field.columnList({ title: 'Sort by', help: 'Order.' }),
  rules: field.rules(
    {
      column: field.column({ title: 'Column', help: '' }),
      descending: field.switch({ title: 'Down', help: '', default: false }),
    },
    { title: 'Rules', help: '', addLabel: 'Add a rule' },
  ),
  rename: field.map(z.string(), { title: 'Rename', help: '' }),
});
const fields = fieldsOf(params);
const one = (name: string) => fields.find((f) => f.name === name)!;

describe('fields from a schema', () => {
  it('one a parameter, in order, with its widget', () => {
    expect(fields.map((f) => [f.name, f.meta.widget])).toEqual([
      ['target', 'column'],
      ['trees', 'integer'],
      ['rate', 'number'],
      ['seed', 'integer'],
      ['stop', 'switch'],
      ['patience', 'integer'],
      ['strategy', 'choice'],
      ['limit', 'number'],
      ['keys', 'columns'],
      ['rules', 'rules'],
      ['rename', 'map'],
    ]);
  });
  it('know their limits, and that the edge of a 32-bit number is none', () => {
    expect([one('trees').min, one('trees').max, one('trees').default]).toEqual([1, 5000, 100]);
    expect([one('seed').min, one('seed').max]).toEqual([undefined, undefined]);
  });
  it('know what may be empty', () => {
    expect([one('limit').isNullable, one('limit').default, one('trees').isNullable]).toEqual([true, null, false]);
  });
  it('have the words of a choice', () => {
    expect(one('strategy').choices).toEqual([
      { value: 'median', title: 'median' },
      { value: 'mean', title: 'mean' },
      { value: 'constant', title: 'a value' },
    ]);
    expect(isSegmented(one('strategy'))).toBe(true);
  });
  it('look into records of a list and values of a map', () => {
    expect(one('rules').items.map((f) => [f.name, f.meta.widget, f.default])).toEqual([
      ['column', 'column', ''],
      ['descending', 'switch', false],
    ]);
    expect(one('rename').valueField?.meta.widget).toBe('text');
    expect(one('keys').isOrdered).toBe(true);
  });
});

describe('the form', () => {
  it('has sections in the order of their first field', () => {
    expect(sectionsOf(fields).map((s) => [s.title, s.fields.map((f) => f.name)])).toEqual([
      ['', ['target', 'seed', 'strategy', 'limit', 'keys', 'rules', 'rename']],
      ['Trees', ['trees', 'rate']],
      ['Stopping', ['stop', 'patience']],
    ]);
  });
  it('shows a field only when its condition holds, by the default too', () => {
    expect(isShown(one('patience'), fields, {})).toBe(true);
    expect(isShown(one('patience'), fields, { stop: false })).toBe(false);
    expect(isShown(one('trees'), fields, { stop: false })).toBe(true);
  });
  it('takes the value of the file before the default', () => {
    expect(valueOf(one('trees'), { trees: 300 })).toBe(300);
    expect(valueOf(one('trees'), {})).toBe(100);
    expect(valueOf(one('limit'), { limit: 3 })).toBe(3);
  });
});

it('a text with usual words is chosen from these: the types of columns', async () => {
  const { spec } = await import('../../../nodes/clean/types/spec.ts');
  const types = fieldsOf(spec.params).find((field) => field.name === 'types');
  expect(types?.valueField?.choices.slice(0, 2)).toEqual([
    { value: 'text', title: 'text' },
    { value: 'integer', title: 'whole number' },
  ]);
});
