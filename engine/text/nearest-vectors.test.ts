/** The exact search beside one that compares pair by pair, over several blocks. */
import { describe, expect, it } from 'vitest';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import { nearestVectors } from './nearest-vectors.ts';

const random = randomGenerator(3);
const size = 6;
const drawn = (rows: number): Float32Array => Float32Array.from({ length: rows * size }, () => random.nextNormal());
const { signal } = new AbortController();

/** In double, all pairs. */
function pairByPair(passages: Float32Array, question: Float32Array, most: number): { at: number; score: number }[] {
  const lengthOf = (v: Float32Array): number => Math.hypot(...v);
  const hits = Array.from({ length: passages.length / size }, (_, at) => {
    const passage = passages.subarray(at * size, (at + 1) * size);
    const dot = passage.reduce((sum, value, d) => sum + value * (question[d] ?? 0), 0);
    return { at, score: dot / (lengthOf(passage) * lengthOf(question)) };
  });
  return hits
    .filter(({ score }) => Number.isFinite(score))
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, most);
}

describe('the nearest passages', () => {
  it('are those that comparing pair by pair finds, with their cosines', async () => {
    const [passages, questions] = [drawn(20_000), drawn(300)];
    passages.fill(0, 5 * size, 6 * size);
    passages.fill(Number.NaN, 7 * size, 8 * size);
    const found = await nearestVectors({ size, passages, questions, most: 4, threads: 1, signal });
    for (const q of [0, 17, 255, 256, 299]) {
      const wanted = pairByPair(passages, questions.subarray(q * size, (q + 1) * size), 4);
      expect(found[q]?.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at));
      found[q]?.forEach(({ score }, i) => expect(Math.abs(score - (wanted[i]?.score ?? 0))).toBeLessThan(1e-6));
    }
  });
  it('equal ones come in their order, and nothing is near a vector without a direction', async () => {
    const passages = new Float32Array(20_000 * size).fill(0.5);
    const questions = new Float32Array(3 * size).fill(2);
    questions.fill(0, size, 2 * size);
    questions.fill(Number.NaN, 2 * size, 3 * size);
    const found = await nearestVectors({ size, passages, questions, most: 3, threads: 2, signal });
    expect(found.map((list) => list.map(({ at }) => at))).toEqual([[0, 1, 2], [], []]);
  });
  it('of no passages are none', async () => {
    const none = { size, passages: new Float32Array(0), questions: drawn(2), most: 3, threads: 1, signal };
    expect(await nearestVectors(none)).toEqual([[], []]);
  });
});
