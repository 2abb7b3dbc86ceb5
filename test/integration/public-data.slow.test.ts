/** The quick start on public data, beside scikit-learn's HistGradientBoosting on the same rows: means over five splits. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { publicSets, runPublicSet, splitSeeds } from '../support/public-data.ts';
import { Workshop } from '../support/workshop.ts';

const { scores } = z
  .object({ scores: z.record(z.string(), z.array(z.number())) })
  .parse(
    JSON.parse(
      readFileSync(new URL('../conformance/public-data/hist-gradient-boosting.json', import.meta.url), 'utf8'),
    ),
  );
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

let workshop: Workshop;
beforeAll(async () => void (workshop = await Workshop.open()));
afterAll(() => workshop[Symbol.asyncDispose]());

describe('the quick start', () => {
  it.each(publicSets)('$name: boosting within 0.01 of scikit-learn in $metric', async (set) => {
    const ours: number[] = [];
    const linear: number[] = [];
    for (const seed of splitSeeds) {
      const run = await runPublicSet(workshop, set, seed);
      expect(run.problems).toEqual([]);
      ours.push(run.metrics['evaluate-boosting']?.[set.metric] ?? NaN);
      linear.push(run.metrics['evaluate-baseline']?.[set.metric] ?? NaN);
    }
    console.log(
      `${set.name} ${set.metric}: boosting ${mean(ours).toFixed(4)}, scikit-learn ${mean(scores[set.name] ?? []).toFixed(4)}, linear ${mean(linear).toFixed(4)}`,
    );
    const theirs = mean(scores[set.name] ?? [NaN]);
    expect(mean(ours)).toBeGreaterThan(theirs - 0.01);
    // On small, nearly linear data a line is as good or better, for scikit-learn too (diabetes, penguins): nothing is claimed there.
    if (theirs > mean(linear) + 0.01) expect(mean(ours)).toBeGreaterThan(mean(linear));
  });
});
