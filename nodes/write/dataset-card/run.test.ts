import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

it('tells what is in the rows, and of what nobody wrote that nothing is said', async () => {
  const { nodes, wires } = parsePipeline(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
  const run = await shop.run(
    {
      ...nodes,
      card: {
        kind: 'write.dataset-card',
        params: { file: 'cards/reviews.md', name: 'Reviews | "all"', languages: ['en'], licence: 'apache-2.0' },
      },
    },
    wires,
  );
  expect([run.problems, run.status, run.warnings.map((w) => w.code)]).toEqual([
    [],
    'done',
    expect.arrayContaining(['card.open']),
  ]);
  const card = await readFile(join(shop.folder, 'cards', 'reviews.md'), 'utf8');
  expect(
    card.startsWith(
      '---\npretty_name: "Reviews | \\"all\\""\nlicense: "apache-2.0"\nlanguage:\n- "en"\nsize_categories:\n- n<1K\n---\n',
    ),
  ).toBe(true);
  expect(card).toContain('320 rows of 4 columns.');
  expect(card).toMatch(/\| mood \| VARCHAR \| target \| 0 \| 2 \| (good|bad) \(\d+\), (good|bad) \(\d+\) \|/);
  expect(card).toContain('## Partitions\n\n- test: 64 rows\n- train: 256 rows\n');
  expect(card.match(/Nothing is said about it\./g)).toHaveLength(5);
  expect(card).not.toContain('shameless price');
});
