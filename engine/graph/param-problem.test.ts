import { expect, it } from 'vitest';
import { spec as boosting } from '../../nodes/train/gradient-boosting/spec.ts';
import { spec as network } from '../../nodes/train/neural-network/spec.ts';
import { spec as sequence } from '../../nodes/train/sequence-network/spec.ts';
import { spec as csv } from '../../nodes/read/csv/spec.ts';
import { paramProblem } from './param-problem.ts';

it.each<[Record<string, unknown>, string]>([
  [{ trees: 'many' }, 'Trees: "many" is not a number.'],
  [{ trees: 2.5 }, 'Trees: 2.5 is not a whole number.'],
  [{ trees: 0 }, 'Trees: 0 is too small; it should be at least 1.'],
  [{ task: 'guess' }, 'Task: "guess" is none of "auto", "classification", "regression".'],
  [{ columns: {} }, 'Features (by): a value is missing, one of "all", "names", "type", "pattern".'],
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

const dense = { layer: 'dense', units: 3 };
it.each<[unknown, string | RegExp]>([
  [{ layers: [dense, { layer: 'lstm' }] }, /^Layers \(layers, entry 2, layer\): "lstm" is none of "dense", "conv2d", /],
  [{ layers: [{ units: 3 }] }, /^Layers \(layers, entry 1, layer\): a value is missing, one of "dense", /],
  [{ layers: [{ ...dense, activaton: 'relu' }] }, 'Layers (layers, entry 1): "activaton" may not stand here.'],
  [{ layers: [{ ...dense, units: '3' }] }, 'Layers (layers, entry 1, units): "3" is not a number.'],
  [{ preset: 'huge' }, 'Layers (preset): "huge" is none of small, medium, large, linear.'],
  [{ preset: 3 }, 'Layers (preset): 3 is not a text.'],
  ['small', 'Layers: "small" is not a group of settings.'],
])('layers by hand: %j', (layers, message) => {
  const { error } = network.params.safeParse({ layers });
  const [said] = error?.issues.map((issue) => paramProblem('it', network, issue, { layers }).message) ?? [];
  expect(said).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});

it('what reads texts or series has the presets of both', () => {
  const accepts = (preset: string): boolean => sequence.params.safeParse({ layers: { preset } }).success;
  expect(['bag', 'recurrent', 'transformer', 'small'].map(accepts)).toEqual([true, true, true, false]);
});
