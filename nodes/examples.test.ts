/**
 * Every kind's example is run by the engine and gives what is written beside it. Those of relational kinds are in `conformance.test.ts`, those with language models,
 * video and scans in `test/integration/{models,media}-examples.slow.test.ts`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { languageExamples, mediaExamples } from '../test/support/example-files.ts';
import { expectWritten, runKindsExample } from '../test/support/example-outcome.ts';
import { nodeFolders } from '../test/support/node-folders.ts';
import { Workshop } from '../test/support/workshop.ts';
import { loadSpecs } from './runs.ts';

const specs = await loadSpecs();
const elsewhere = new Set([...languageExamples, ...mediaExamples]);
const examples = nodeFolders.flatMap((folder) => {
  const spec = specs.get(folder.kind);
  return spec === undefined || spec.form === 'relational' || elsewhere.has(folder.kind)
    ? []
    : [[folder.kind, folder, spec] as const];
});

// One workspace for all: what two examples have in common is computed once.
let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

it.each(examples)('the example of %s gives what is written beside it', async (_kind, folder, spec) => {
  const found = await runKindsExample(shop, folder, spec);
  expectWritten(found, folder, spec);
});

it('leaves no kind out', () => {
  const kinds = nodeFolders.map(({ kind }) => kind);
  expect(kinds.filter((kind) => specs.get(kind) === undefined)).toEqual([]);
  expect([...elsewhere].filter((kind) => !kinds.includes(kind))).toEqual([]);
});
