import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

it('an answer without a label is wrong, and counted', async () => {
  await cp(import.meta.dirname, shop.folder, { recursive: true });
  const { nodes, wires } = parsePipeline(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
  const run = await shop.run(nodes, wires);
  expect([run.problems, run.metrics['measure']?.['accuracy'], run.metrics['measure']?.['without_label']]).toEqual([
    [],
    0.75,
    0.25,
  ]);
  const reported = await run.text('measure', 'report.report.json');
  expect([reported.includes('(no label)'), reported.includes('who knows')]).toEqual([true, true]);
  const strict = await shop.run(
    { ...nodes, measure: { kind: 'evaluate.labels', params: { answer: 'answer', truth: 'mood', rule: 'exact' } } },
    wires,
  );
  expect(strict.metrics['measure']).toMatchObject({ accuracy: 0.5, without_label: 0.5 });
});
