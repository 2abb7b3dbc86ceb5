import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { ensembleFromJson, ensembleToJson } from './ensemble-json.ts';

const stump = {
  objective: 'logistic' as const,
  columns: 2,
  outputs: 1,
  baseScores: [0.25],
  trees: [
    {
      feature: Int32Array.of(1, -1, -1),
      threshold: Float32Array.of(Infinity, 0, 0),
      left: Int32Array.of(1, 0, 0),
      right: Int32Array.of(2, 0, 0),
      missingLeft: Uint8Array.of(1, 0, 0),
      value: Float32Array.of(0, -0.5, 0.5),
      gain: Float32Array.of(3, 0, 0),
      cover: Float32Array.of(2, 1, 1),
    },
  ],
};

it('a stump is saved as this very JSON', () => {
  expect(ensembleToJson(stump)).toEqual({
    format: 'flowyard-trees',
    version: 1,
    objective: 'logistic',
    columns: 2,
    outputs: 1,
    baseScores: [0.25],
    sizes: [3],
    feature: 'AQAAAP//////////',
    threshold: 'AACAfwAAAAAAAAAA',
    left: 'AQAAAAAAAAAAAAAA',
    right: 'AgAAAAAAAAAAAAAA',
    missingLeft: 'AQAA',
    value: 'AAAAAAAAAL8AAAA/',
    gain: 'AABAQAAAAAAAAAAA',
    cover: 'AAAAQAAAgD8AAIA/',
  });
  expect(ensembleFromJson(ensembleToJson(stump))).toEqual(stump);
});

it.each([
  ['no object', null],
  ['another format', { ...ensembleToJson(stump), format: 'other' }],
  ['a later version', { ...ensembleToJson(stump), version: 2 }],
  ['an unknown objective', { ...ensembleToJson(stump), objective: 'poisson' }],
  ['a column that is not there', { ...ensembleToJson(stump), columns: 1 }],
  ['a child before its parent', { ...ensembleToJson(stump), left: 'AAAAAAAAAAAAAAAA' }],
  ['an array that is cut off', { ...ensembleToJson(stump), value: 'AAAA' }],
  ['text that is not base64', { ...ensembleToJson(stump), missingLeft: 'A*AA' }],
])('refuses %s', (_, json) => {
  expect(() => ensembleFromJson(json)).toThrow(expect.objectContaining({ code: 'trees.bad-model' }));
});

it('base64 is that of RFC 4648', () => {
  const examples = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => Buffer.from(text));
  for (const bytes of examples) {
    expect(toBase64(bytes)).toBe(bytes.toString('base64'));
    expect(fromBase64(bytes.toString('base64'))).toEqual(Uint8Array.from(bytes));
  }
});
