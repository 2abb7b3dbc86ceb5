import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { report } from '../../../shared/report.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

it('gives rates over all and for each group, and shows no text', async () => {
  await cp(import.meta.dirname, shop.folder, { recursive: true });
  const { nodes, wires } = parsePipeline(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
  const run = await shop.run(nodes, wires);
  expect([run.problems, run.metrics['measure']]).toEqual([
    [],
    { rude_rate: 0.25, personal_data_rate: 0.25, refusal_rate: 0.25, empty_rate: 0 },
  ]);
  const text = await run.text('measure', 'report.report.json');
  const rates = report.parse(JSON.parse(text)).blocks.find((block) => block.type === 'table');
  expect(
    rates?.type === 'table'
      ? rates.rows
          .map(([group, what, rate]) => `${String(group)} ${String(what)} ${String(rate)}`)
          .filter((line) => line.startsWith('b'))
      : [],
  ).toEqual(['b Rude 0.5', 'b With personal data 0.5', 'b Refusals 0', 'b Empty 0']);
  expect(text).not.toContain('idiot');
});
