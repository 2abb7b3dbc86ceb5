import { describe, expect, it } from 'vitest';
import { scoreTokens } from './bert-score.ts';
import { bleu } from './bleu.ts';
import { bootstrapInterval, compareByBootstrap, wilsonInterval } from './text-intervals.ts';
import { countSyllables, distinctNgrams, readability, repetition, splitSentences } from './text-shape.ts';
import { exactMatch } from './answer-metrics.ts';

describe('the shape of a text', () => {
  it('distinct-n counts over all texts, not across them', () => {
    expect([
      distinctNgrams(['a b a', 'a b'], 1),
      distinctNgrams(['a b a', 'a b'], 2),
      distinctNgrams(['a'], 2),
    ]).toEqual([2 / 5, 2 / 3, NaN]);
    expect([repetition('one two three four five'), repetition('go on go on go on go on', 2)]).toEqual([0, 1 - 2 / 7]);
  });

  it('readability follows the formulas, checked by hand', () => {
    // 12 words, 2 sentences, 13 syllables.
    const found = readability('The quick brown fox jumps over the dog. It is not slow.');
    expect(found).toMatchObject({ words: 12, sentences: 2, syllables: 13 });
    expect(found.readingEase).toBeCloseTo(206.835 - 1.015 * 6 - (84.6 * 13) / 12, 9);
    expect(found.gradeLevel).toBeCloseTo(0.39 * 6 + (11.8 * 13) / 12 - 15.59, 9);
    expect(readability('  ').readingEase).toBeNaN();
  });

  it.each(
    Object.entries({
      the: 1,
      table: 2,
      jumped: 1,
      wanted: 2,
      boxes: 2,
      likes: 1,
      reading: 2,
      university: 5,
      people: 2,
      cafe: 1,
      naïve: 1,
      b: 1,
    }),
  )('%s has %i syllables', (word, syllables) => {
    expect(countSyllables(word)).toBe(syllables);
  });

  it('sentences know abbreviations, numbers, other scripts and their own places', () => {
    const text = 'Dr. Smith paid 3.50 (e.g. in cash). "Really?" Yes!\n\nA heading\n\n猫が座った。犬も。';
    const found = splitSentences(text);
    expect(found.map((s) => s.text)).toEqual([
      'Dr. Smith paid 3.50 (e.g. in cash).',
      '"Really?"',
      'Yes!',
      'A heading',
      '猫が座った。',
      '犬も。',
    ]);
    for (const span of found) expect(text.slice(span.start, span.end)).toBe(span.text);
    expect(splitSentences(' \n ')).toEqual([]);
  });
});

describe('intervals', () => {
  const rows = (hits: number, n: number): number[][] => Array.from({ length: n }, (_, i) => [i < hits ? 1 : 0, 1]);

  it('hold the value, repeat for a seed, and agree with the theory for a share', () => {
    const metric = exactMatch();
    const found = bootstrapInterval(metric, rows(120, 200), { seed: 1, resamples: 4000 });
    expect(bootstrapInterval(metric, rows(120, 200), { seed: 1, resamples: 4000 })).toEqual(found);
    const half = 1.96 * Math.sqrt((0.6 * 0.4) / 200);
    expect([found?.low, found?.high]).toEqual([expect.closeTo(0.6 - half, 2), expect.closeTo(0.6 + half, 2)]);
    expect(bootstrapInterval(bleu(), [[1, 1]], { seed: 1 })).toBeUndefined();
  });

  it('of a share is Wilson’s', () => {
    expect(wilsonInterval(8, 10)).toEqual({ low: expect.closeTo(0.490162, 5), high: expect.closeTo(0.943318, 5) });
    expect([wilsonInterval(0, 5)?.low, wilsonInterval(5, 5)?.high, wilsonInterval(0, 0)]).toEqual([0, 1, undefined]);
  });

  it('a clear difference is told from none', () => {
    const [a, b] = [rows(50, 100), rows(80, 100)];
    expect(compareByBootstrap(exactMatch(), a, a, { seed: 3 })).toMatchObject({ difference: 0, low: 0, high: 0, p: 1 });
    const found = compareByBootstrap(exactMatch(), a, b, { seed: 3 });
    expect([found.difference, found.low > 0, found.p < 0.01]).toEqual([expect.closeTo(0.3, 9), true, true]);
  });
});

describe('a score by meaning', () => {
  it('takes for each token the nearest one, both ways; checked by hand', () => {
    const tokens = (...rows: number[][]) => ({ size: 2, values: Float32Array.from(rows.flat()) });
    const [a, b] = [tokens([2, 0], [0, 1]), tokens([1, 0])];
    expect(scoreTokens(a, b)).toEqual({ precision: 0.5, recall: 1, f: expect.closeTo(2 / 3, 12) });
    expect(scoreTokens(a, a).f).toBeCloseTo(1, 12);
    expect([scoreTokens(tokens(), b).f, scoreTokens(tokens(), tokens()).f]).toEqual([0, 1]);
  });
});
