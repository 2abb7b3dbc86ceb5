/** Equality with sacreBLEU 2.6.0, rouge-score 0.1.2, NLTK's stemmer, jiwer 4.0 and SQuAD's definition; the values are made by `fixtures/make-fixtures.py`. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { answerMetrics, errorRateMetrics, referenceMetrics } from './text-methods.ts';
import { bleu } from './bleu.ts';
import { bleuTokenizers } from './bleu-tokenizers.ts';
import { editDistance } from './error-rates.ts';
import { porterStem } from './porter-stemmer.ts';
import { scoreRouge } from './rouge.ts';
import { measureText, type TextMetric, type TextPair } from './text-metric.ts';

const measured = z.record(z.string(), z.object({ value: z.number(), signature: z.string().optional() }));
const pair = z
  .object({ candidate: z.string(), reference: z.union([z.string(), z.array(z.string())]) })
  .transform(({ candidate, reference }): TextPair => ({ candidate, references: [reference].flat() }));
const fixture = z.object({
  pairs: z.array(pair),
  each: z.array(z.record(z.string(), z.number())),
  corpus: measured,
  several: z.array(pair),
  severalCorpus: measured,
  errorRates: z.object({ rows: z.array(z.number()), wer: z.number(), cer: z.number() }),
});
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
const reference = fixture.parse(read('text-metrics.json'));

const named: ReadonlyMap<string, TextMetric> = new Map([
  ...[...referenceMetrics(), ...answerMetrics()].map((metric) => [metric.name, metric] as const),
  ...bleuTokenizers.map((tokenizer) => [`bleu ${tokenizer}`, bleu({ tokenizer })] as const),
]);
const names = Object.keys(reference.corpus);
const metricOf = (name: string): TextMetric => {
  const metric = named.get(name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric;
};

describe.each(names)('%s', (name) => {
  const metric = metricOf(name);

  it('equals its reference on every pair alone', () => {
    const found = reference.pairs.map((one) => measureText(metric, [one]).value);
    const worst = found.map((value, i) => Math.abs(value - (reference.each[i]?.[name] ?? NaN)));
    expect([found.length >= 200, worst.findIndex((difference) => !(difference <= 1e-6))]).toEqual([true, -1]);
  });

  it('equals its reference over all pairs, with one reference or several, and says so by the same signature', () => {
    for (const [pairs, wanted] of [
      [reference.pairs, reference.corpus[name]],
      [reference.several, reference.severalCorpus[name]],
    ] as const) {
      const { value, signature } = measureText(metric, pairs);
      expect(Math.abs(value - (wanted?.value ?? NaN))).toBeLessThanOrEqual(1e-6);
      if (wanted?.signature !== undefined) expect(signature).toBe(wanted.signature);
    }
  });
});

it('error rates equal jiwer', () => {
  const { rows, wer, cer } = reference.errorRates;
  const pairs = rows.flatMap((row) => reference.pairs[row] ?? []);
  expect(errorRateMetrics().map((metric) => measureText(metric, pairs).value)).toEqual([
    expect.closeTo(wer, 9),
    expect.closeTo(cer, 9),
  ]);
});

it('stems as NLTK does', () => {
  const stems = z.record(z.string(), z.string()).parse(read('stems.json'));
  const wrong = Object.entries(stems).filter(([word, stem]) => porterStem(word) !== stem);
  expect([Object.keys(stems).length > 5000, wrong]).toEqual([true, []]);
});

describe('the unicode tokens of ROUGE', () => {
  it('see what those of rouge-score do not', () => {
    const f = (candidate: string, wanted: string, tokens: 'unicode' | 'rouge-score'): number =>
      scoreRouge('rouge1', candidate, wanted, { tokens }).f;
    expect([f('猫が座った。', '猫が座った。', 'rouge-score'), f('猫が座った。', '猫が座った。', 'unicode')]).toEqual([
      0, 1,
    ]);
    expect(f('cafe\u0301 naïve', 'café naïve', 'unicode')).toBe(1);
    expect(f('قطة', 'قطة', 'unicode')).toBe(1);
    expect(f('我喜欢苹果', '我爱苹果', 'unicode')).toBeCloseTo((2 * 3) / 9, 12);
  });
});

describe('for any texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'running', '猫', '😀', '.', '\n'), { maxLength: 12 })
    .map((words) => words.join(' '));

  it('every value stays in its range, and nothing needs to be edited in a text to make it itself', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        for (const metric of referenceMetrics()) {
          const [same = NaN, other = NaN] = [a, b].map(
            (candidate) => measureText(metric, [{ candidate, references: [a] }]).value,
          );
          if (metric.better === 'lower') expect([same, other >= 0]).toEqual([0, true]);
          // BLEU of a text of fewer than four words is 0 by its definition, even against itself.
          else expect([other >= 0 && other <= metric.scale + 1e-9, same <= metric.scale + 1e-9]).toEqual([true, true]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the edit distance is a metric', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});
