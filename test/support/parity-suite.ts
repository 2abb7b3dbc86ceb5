/** Training and serving agree, whatever is drawn: random pipelines over messy rows. `random-pipelines.test.ts` has the first 40. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDisagreements } from './pipeline-agreement.ts';
import { makePipeline } from './random-pipelines.ts';
import { Workshop } from './workshop.ts';

const atOnce = 25;
const fileCount = 2;

/** The tests of one of the two files, which run side by side: half of the 500 pipelines, or of FLOWYARD_SEEDS=1000,500 (from this seed on, so many). */
export function testHalfOfThePipelines(half: 0 | 1): void {
  const [start = 1000, total = 500] = (process.env['FLOWYARD_SEEDS'] ?? '').split(',').filter(Boolean).map(Number);
  const size = Math.ceil(total / fileCount);
  const first = start + half * size;
  const count = Math.min(size, start + total - first);
  const groups = Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => first + i * atOnce);
  const refusals = new Map<string, number>();
  let unmadeCount = 0;
  let workshop: Workshop;
  beforeAll(async () => void (workshop = await Workshop.open()));
  afterAll(() => workshop[Symbol.asyncDispose]());

  test.each(groups)('pipelines %i and on: one answer everywhere, or a reason', async (from) => {
    const found: Record<string, readonly string[]> = {};
    for (let seed = from; seed < Math.min(from + atOnce, first + count); seed++) {
      const { wrong, refused, unmade } = await findDisagreements(workshop, makePipeline(seed));
      if (unmade !== undefined) unmadeCount++;
      if (unmade !== undefined && process.env['FLOWYARD_TELL']) console.log(seed, unmade);
      for (const code of refused) refusals.set(code, (refusals.get(code) ?? 0) + 1);
      if (wrong.length > 0) found[`pipeline ${seed}`] = wrong;
    }
    expect(found).toEqual({});
  });

  test('most of them could be run, and what was refused had a reason', () => {
    console.log(
      `${unmadeCount} of ${count} could not be run; refused: ${JSON.stringify(Object.fromEntries(refusals))}`,
    );
    expect(unmadeCount).toBeLessThan(Math.max(1, count / 10));
  });
}
