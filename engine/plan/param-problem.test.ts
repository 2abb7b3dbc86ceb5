import { expect, it } from 'vitest';
import { spec as boosting } from '../../nodes/train/gradient-boosting/spec.ts';
import { spec as csv } from '../../nodes/read/csv/spec.ts';
import { paramProblem } from './param-problem.ts';

it.each<[Record<string, unknown>, string]>([
  [{ trees: 'many' }, 'Trees: "many" is not a number.'],
  [{ trees: 2.5 }, 'Trees: 2.5 is not a whole number.'],
  [{ trees: 0 }, 'Trees: 0 is too small; it should be at least 1.'],
  [{ task: 'guess' }, 'Task: "guess" is none of "auto", "classification", "regression".'],
  [{ columns: {} }, 'Features (by): a value is missing: one of "all", "names", "type", "pattern".'],
  [{ columns: { by: 'luck' } }, 'Features (by): "luck" is none of "all", "names", "type", "pattern".'],
  [{ treez: 3 }, '"Gradient boosting" has no parameter "treez".'],
])('the value of a parameter: %j', (params, message) => {
  const { error } = boosting.params.safeParse(params);
  expect(error?.issues.map((issue) => paramProblem('it', boosting, issue, params).message)).toEqual([message]);
});

it('inside of a parameter the place is named too', () => {
  const params = { file: 'x.csv', missingWords: ['', 3], types: { age: 'colour' } };
  const { error } = csv.params.safeParse(params);
  const said = error?.issues.map((issue) => paramProblem('it', csv, issue, params));
  expect(said?.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Column types \(age\): a type is one of text, /),
    'Words for "missing" (entry 2): 3 is not a text.',
  ]);
  expect(said?.map(({ node, param }) => [node, param])).toEqual([
    ['it', 'types'],
    ['it', 'missingWords'],
  ]);
});
