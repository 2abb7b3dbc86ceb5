/** Training and serving agree, whatever is drawn: random pipelines over messy rows, each model asked in every way there is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDisagreements } from '../support/pipeline-agreement.ts';
import { makePipeline } from '../support/random-pipelines.ts';
import { Workshop } from '../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => void (workshop = await Workshop.open()));
afterAll(() => workshop[Symbol.asyncDispose]());

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  'pipeline %i: one answer everywhere, or a reason',
  async (seed) => {
    const pipeline = makePipeline(seed);
    const { wrong, unmade } = await findDisagreements(workshop, pipeline);
    expect(wrong, JSON.stringify(pipeline.nodes)).toEqual([]);
    expect(unmade).toBeUndefined();
  },
);
