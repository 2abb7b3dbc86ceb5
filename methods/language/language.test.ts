import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkText, type ChunkOptions } from './chunk-text.ts';
import { bandsFor, findNearDuplicates, groupsOf, jaccard, minHash, shingles } from './near-duplicates.ts';

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
const options = (more: Partial<ChunkOptions> = {}): ChunkOptions => ({
  size: 6,
  overlap: 0,
  wholeSentences: true,
  measure: countWords,
  ...more,
});
const pieces = (text: string, more: Partial<ChunkOptions> = {}): string[] =>
  chunkText(text, options(more)).map((chunk) => chunk.text);

describe('pieces of a text', () => {
  it('hold whole sentences, and share as many as the overlap holds', () => {
    const text = 'One two three. Four five. Six seven eight. Nine.';
    expect(pieces(text)).toEqual(['One two three. Four five.', 'Six seven eight. Nine.']);
    expect(pieces(text, { overlap: 2 })).toEqual(['One two three. Four five.', 'Four five. Six seven eight. Nine.']);
  });
  it('cut what is longer than a piece, down to its characters', () => {
    expect(pieces('a b c d e f g h.', { size: 3 })).toEqual(['a b c', 'd e f', 'g h.']);
    expect(
      pieces('abcdef 😀😀😀', { size: 2, measure: (text) => Array.from(text).length, wholeSentences: false }),
    ).toEqual(['ab', 'cd', 'ef', '😀😀', '😀']);
    expect(pieces('  \n ')).toEqual([]);
  });
  it('count the space between words where characters are counted', () => {
    const length = (text: string): number => Array.from(text).length;
    const byLength = { measure: length, measureGap: length, wholeSentences: false };
    expect(pieces('ab cd ef gh', { ...byLength, size: 5 })).toEqual(['ab cd', 'ef gh']);
    expect(pieces('ab cd ef gh', { ...byLength, size: 8, overlap: 5 })).toEqual(['ab cd ef', 'cd ef gh']);
    expect(pieces('ab cd  ef gh', { ...byLength, size: 8, overlap: 5 })).toEqual(['ab cd', 'cd  ef', 'ef gh']);
  });
  it('for any text: every word is in a piece, none is longer than asked, places are true', () => {
    const text = fc
      .array(fc.constantFrom('word', 'Stop.', 'a', '\n\n', '猫。', 'longer-word-here'), { maxLength: 60 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (given, size, overlap, wholeSentences) => {
          const chunks = chunkText(given, options({ size, overlap, wholeSentences }));
          expect(chunks.every((c) => countWords(c.text) <= size && given.slice(c.start, c.end) === c.text)).toBe(true);
          const covered = new Set(
            chunks.flatMap((c) => Array.from({ length: c.end - c.start }, (_, i) => c.start + i)),
          );
          expect(Array.from(given.matchAll(/\S/g)).every((m) => covered.has(m.index))).toBe(true);
        },
      ),
    );
  });
});

describe('near duplicates', () => {
  const base = Array.from({ length: 60 }, (_, i) => `word${i}`);
  const changed = (places: readonly number[]): string =>
    base.map((word, i) => (places.includes(i) ? `other${i}` : word)).join(' ');

  it('are found by what they share, and what shares little is not', () => {
    const texts = [base.join(' '), changed([3]), changed([3, 20, 40, 50]), 'something else entirely here now', ''];
    const found = findNearDuplicates(texts, { threshold: 0.8, run: 5 });
    expect(found.map(({ a, b }) => [a, b])).toEqual([[0, 1]]);
    expect(found[0]?.similarity).toBeCloseTo(jaccard(shingles(texts[0] ?? '', 5), shingles(texts[1] ?? '', 5)), 12);
    expect(
      findNearDuplicates(['猫が敷物の上に座って外を見ていた日のこと', '猫が敷物の上に座って外を見ていた日のこと。'], {
        threshold: 0.8,
        run: 5,
      }),
    ).toHaveLength(1);
  });
  it('the share of equal smallest hashes is the Jaccard similarity, within its error', () => {
    const [a, b] = [shingles(base.join(' '), 5), shingles(changed([10, 30]), 5)];
    const [x, y] = [minHash(a), minHash(b)];
    const equal = x.filter((value, i) => value === y[i]).length / x.length;
    // Three standard errors of 128 draws.
    expect(Math.abs(equal - jaccard(a, b))).toBeLessThan(3 * Math.sqrt(0.25 / 128));
  });
  it('a pair at the threshold is found with 99.9 %', () => {
    for (const threshold of [0.5, 0.7, 0.8, 0.9, 0.95]) {
      const { bands, rows } = bandsFor(threshold);
      expect([1 - (1 - threshold ** rows) ** bands >= 0.999, bands * rows <= 128]).toEqual([true, true]);
    }
  });
  it('groups are what is connected', () => {
    expect(
      groupsOf(6, [
        { a: 1, b: 4 },
        { a: 4, b: 2 },
        { a: 0, b: 5 },
      ]),
    ).toEqual([0, 1, 1, 3, 1, 0]);
  });
});
