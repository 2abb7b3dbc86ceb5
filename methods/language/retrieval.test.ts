import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { randomGenerator } from '../random/random-generator.ts';
import { fuseRanks, indexBm25, searchWords } from './bm25.ts';
import { clusterVectors, nearestMiddle } from './cluster-vectors.ts';
import { averagePrecision, hitAt, ndcgAt, precisionAt, recallAt, reciprocalRank } from './retrieval-metrics.ts';

const fixture = z
  .object({
    rankings: z.array(z.object({ gains: z.array(z.number()), ndcg: z.record(z.string(), z.number()), ap: z.number() })),
    docs: z.array(z.string()),
    questions: z.array(z.string()),
    bm25: z.array(z.array(z.number())),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/retrieval.json', import.meta.url), 'utf8')));

describe('rankings', () => {
  it('nDCG and average precision equal scikit-learn', () => {
    for (const { gains, ndcg, ap } of fixture.rankings) {
      const ranking = { gains, all: gains };
      for (const [k, value] of Object.entries(ndcg)) expect(ndcgAt(ranking, Number(k))).toBeCloseTo(value, 9);
      expect(averagePrecision(ranking)).toBeCloseTo(ap, 9);
    }
  });
  it('the other figures follow their definitions, and are undefined where nothing is relevant', () => {
    const ranking = { gains: [0, 1, 0, 2], all: [1, 2, 1] };
    expect([
      recallAt(ranking, 2),
      recallAt(ranking, 9),
      precisionAt(ranking, 4),
      hitAt(ranking, 1),
      hitAt(ranking, 2),
      reciprocalRank(ranking),
    ]).toEqual([1 / 3, 2 / 3, 0.5, 0, 1, 0.5]);
    const nothing = { gains: [0, 0], all: [] };
    expect([recallAt(nothing, 2), hitAt(nothing, 2), reciprocalRank(nothing), ndcgAt(nothing, 2)]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
  });
});

describe('searching by words', () => {
  it('BM25 is Lucene’s', () => {
    const index = indexBm25(fixture.docs);
    fixture.questions.forEach((question, q) => {
      const found = new Map(index.search(question, 10).map(({ at, score }) => [at, score]));
      fixture.docs.forEach((_, d) => expect(found.get(d) ?? 0).toBeCloseTo(fixture.bm25[q]?.[d] ?? NaN, 12));
    });
  });
  it('finds stems where asked, and parts of words in scripts without spaces', () => {
    expect(indexBm25(['two boats', 'a house'], { stem: true }).search('boat', 5)).toHaveLength(1);
    expect(indexBm25(['猫が座った', '犬が走った']).search('座った猫', 5)[0]?.at).toBe(0);
    expect(searchWords('東京都 2026', false)).toEqual(['東京', '京都', '2026']);
    // Names and numbers among them are found too, and letters in whatever form they are written.
    expect(searchWords('第3章 GPT模型 日-本', false)).toEqual(['第', '3', '章', 'gpt', '模型', '日', '本']);
    expect(searchWords('cafe\u0301 ＧＰＴ４', false)).toEqual(searchWords('café GPT4', false));
  });
  it('fused ranks prefer what both lists have', () => {
    const hits = (...all: number[]) => all.map((at, i) => ({ at, score: 10 - i }));
    expect(fuseRanks([hits(1, 2, 3), hits(4, 2, 5)], 2).map((hit) => hit.at)).toEqual([2, 1]);
  });
});

describe('clusters of vectors', () => {
  it('keep what is near together: a search of the nearest clusters finds nearly everything', () => {
    const [count, size, middles] = [4000, 16, 64];
    const random = randomGenerator(2);
    const values = Float32Array.from({ length: count * size }, () => random.nextNormal());
    for (let i = 0; i < count; i++) {
      // Around forty directions, as texts lie.
      for (let d = 0; d < size; d++)
        values[i * size + d] = (values[i * size + d] ?? 0) * 0.5 + (((i % 40) * 7919 * (d + 1)) % 5);
      const length = Math.hypot(...values.subarray(i * size, (i + 1) * size));
      for (let d = 0; d < size; d++) values[i * size + d] = (values[i * size + d] ?? 0) / length;
    }
    const found = clusterVectors({ count, size, values }, middles);
    const vector = (i: number): Float32Array => values.subarray(i * size, (i + 1) * size);
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);
    const cluster = Array.from({ length: count }, (_, i) => nearestMiddle(found, vector(i)));
    let hits = 0;
    for (let q = 0; q < 50; q++) {
      const near = Array.from({ length: middles }, (_, m) => ({
        m,
        dot: dot(found.subarray(m * size, (m + 1) * size), vector(q)),
      }))
        .sort((a, b) => b.dot - a.dot)
        .slice(0, 8);
      const looked = new Set(near.map(({ m }) => m));
      const best = Array.from({ length: count }, (_, i) => ({ i, dot: dot(vector(i), vector(q)) }))
        .sort((a, b) => b.dot - a.dot)
        .slice(0, 10);
      hits += best.filter(({ i }) => looked.has(cluster[i] ?? -1)).length;
    }
    expect(hits / 500).toBeGreaterThan(0.9);
  });
});
