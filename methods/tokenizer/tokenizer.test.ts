import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteCharacters, fromByteCharacters, toByteCharacters } from './byte-alphabet.ts';
import { mergePairs } from './merge-pairs.ts';
import { openTokenizer, tokenKinds, type Vocabulary } from './tokenizer.ts';
import { trainTokenizer } from './train-tokenizer.ts';

const lesson = [
  'The hen ran to the barn. The hen then ran to the other hen.',
  'There was rain, then sun: the other day it rained all night.',
  'In the barn the hens were dry.',
];
const settings = { tokens: 275, specials: ['<s>', '</s>', '<|turn|>'], begin: '<s>', end: '</s>' };
const learnt = trainTokenizer(lesson, settings);

describe('the alphabet of bytes', () => {
  it('has a character of its own for each byte and gives every text back', () => {
    expect(new Set(byteCharacters).size).toBe(256);
    expect([byteCharacters[32], byteCharacters[65], byteCharacters[10]]).toEqual(['Ġ', 'A', 'Ċ']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect([...fromByteCharacters(toByteCharacters(text))]).toEqual([...bytes]);
      }),
    );
  });
});

describe('merging pairs', () => {
  it('takes the lowest rank first, and the leftmost of equals', () => {
    const ranks = new Map([
      ['a a', 1],
      ['aa a', 0],
      ['b c', 2],
    ]);
    const merged = (text: string) => mergePairs(Array.from(text), (a, b) => ranks.get(`${a} ${b}`));
    expect(merged('aaaa')).toEqual(['aaa', 'a']);
    expect(merged('abcaa')).toEqual(['a', 'bc', 'aa']);
    expect(merged('')).toEqual([]);
  });
});

describe('a tokenizer that was learnt', () => {
  const tokenizer = openTokenizer(learnt);
  it('merges the commonest pairs first and keeps to its size', () => {
    expect(learnt.merges.slice(0, 3)).toEqual(['h e', 't he', 'Ġ the']);
    expect(learnt.tokens.length).toBe(275);
    expect(new Set(learnt.tokens).size).toBe(275);
    expect(trainTokenizer(lesson, settings)).toEqual(learnt);
  });
  it('needs fewer tokens than bytes, and gives every text back', () => {
    expect(tokenizer.encode(lesson[0] ?? '').length).toBeLessThan((lesson[0] ?? '').length / 2);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
      }),
    );
  });
  it('reads texts of control tokens as characters, unless it is told otherwise', () => {
    expect(tokenizer.encode('<|turn|>', { special: true })).toEqual([2]);
    expect(tokenizer.encode('<|turn|>').every((id) => id > 2)).toBe(true);
    expect(tokenizer.decode(tokenizer.encode('a<|turn|>b', { special: true }))).toBe('a<|turn|>b');
  });
});

describe('pieces with scores', () => {
  const tokens = ['<unk>', '<s>', '</s>', '<0xC3>', '<0xBC>', '▁', 'a', 'b', 'ab', '▁ab', '<line>'];
  const kinds = [2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 4];
  const vocabulary: Vocabulary = {
    form: 'sentencepiece',
    tokens,
    kinds,
    merges: [],
    scores: [0, 0, 0, 0, 0, -9, -3, -4, -2, -1, 0],
    family: '',
    spaceBefore: true,
    begin: 1,
    end: 2,
    addBegin: true,
  };
  const tokenizer = openTokenizer(vocabulary);
  it('merge by score, fall back to bytes, then to the unknown token', () => {
    const pieces = (text: string) => tokenizer.encode(text).map((id) => tokens[id]);
    expect(pieces('ab ab')).toEqual(['▁ab', '▁ab']);
    expect(pieces('aü')).toEqual(['▁', 'a', '<0xC3>', '<0xBC>']);
    expect(pieces('é')).toEqual(['▁', '<0xC3>', '<unk>']);
    expect(tokenizer.decode(tokenizer.encode('aü'))).toBe(' aü');
  });
  it('finds tokens that a person defined in any text, with the space before what follows', () => {
    expect(tokenizer.encode('<line>ab')).toEqual([10, 9]);
    expect(kinds[10]).toBe(tokenKinds.userDefined);
  });
});
