/** The examples of the kinds for texts that need no file of the person's run as they are. */
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import { nodeFolders } from '../../test/support/node-folders.ts';
import { Workshop } from '../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

const own = [
  'language.chunk',
  'language.clean-text',
  'language.detect-language',
  'language.duplicates',
  'read.documents',
  'language.retrieve',
  'language.mask-pii',
  'language.toxicity',
  'language.quality-filter',
  'language.contamination',
  'language.conversations',
  'write.dataset-card',
  'language.counterfactuals',
  'evaluate.labels',
  'evaluate.groundedness',
  'evaluate.safety',
  'evaluate.bias',
  'evaluate.retrieval',
  'evaluate.text',
  'prepare.tf-idf',
];
it.each(nodeFolders.filter(({ kind }) => own.includes(kind)).map(({ kind, path }) => [kind, path] as const))(
  '%s',
  async (_kind, path) => {
    await cp(path, shop.folder, { recursive: true });
    const { nodes, wires } = parsePipeline(await readFile(join(path, 'example.pipeline.json'), 'utf8'));
    const run = await shop.run(nodes, wires);
    expect([run.problems, run.status]).toEqual([[], 'done']);
  },
);
