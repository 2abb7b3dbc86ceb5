import { expect, test } from 'vitest';
import * as z from 'zod';
import { field } from '../../shared/spec/fields.ts';
import { explainChange, settingNames, type Recipe } from './keys.ts';

const params = z.object({
  earlyStopping: field.choice({
    title: 'Early stopping',
    help: 'When it ends.',
    default: 'auto',
    choices: { auto: 'where it pays', never: 'all trees' },
  }),
  trees: field.integer({ title: 'Trees', help: 'How many.', default: 100, min: 1 }),
});
const recipe = (more: Record<string, unknown>): Recipe => ({ kind: 'train.x', computes: 1, params: more, inputs: {} });
const why = (before: Record<string, unknown>, now: Record<string, unknown>): string =>
  explainChange(recipe(before), recipe(now), { input: (port) => port, ...settingNames(params) });

test('why a result is stale names settings and choices as the window shows them', () => {
  expect(why({ earlyStopping: 'auto' }, { earlyStopping: 'never' })).toBe(
    'Early stopping changed from "where it pays" to "all trees"',
  );
  expect(why({ trees: 100 }, { trees: 30 })).toBe('Trees changed from 100 to 30');
  expect(why({ trees: 100 }, { trees: null })).toBe('Trees changed from 100 to nothing');
  expect(why({ other: true }, { other: false })).toBe('other changed from on to off');
  expect(why({ other: { by: 'all' } }, { other: { by: 'names', names: ['a'] } })).toBe('other changed');
});
