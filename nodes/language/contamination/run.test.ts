import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

it('marks or removes the text that holds an evaluation question', async () => {
  await cp(import.meta.dirname, shop.folder, { recursive: true });
  const { nodes, wires } = parsePipeline(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
  const marked = await shop.run(nodes, wires);
  expect([marked.problems, marked.metrics['compare']]).toEqual([[], { contaminated: 1, evaluation_texts_found: 1 }]);
  const rows = await marked.rows('compare', 'id');
  expect([Number(rows[0]?.['contamination']) > 0.5, rows[1]?.['contamination'], rows[1]?.['contaminated_by']]).toEqual([
    true,
    0,
    null,
  ]);
  const removed = await shop.run({ ...nodes, compare: { kind: 'language.contamination', params: {} } }, wires);
  expect((await removed.rows('compare', 'id')).map((row) => Number(row['id']))).toEqual([2]);
});
