/**
 * The examples of kinds that load or train a language model, with the suite's own small one under the name that they have; all others are in `nodes/examples.test.ts`.
 */
import { afterAll, beforeAll, it } from 'vitest';
import { loadSpecs } from '../../nodes/runs.ts';
import { languageExamples } from '../support/example-files.ts';
import { expectWritten, runKindsExample } from '../support/example-outcome.ts';
import { nodeFolders } from '../support/node-folders.ts';
import { openSpokenEndpoint } from '../support/spoken-endpoint.ts';
import { Workshop } from '../support/workshop.ts';

const specs = await loadSpecs();
const judgement = (body: unknown): string =>
  JSON.stringify({ reason: 'By the name.', verdict: JSON.stringify(body).includes('Queen Ada') ? 'pass' : 'fail' });
let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

it.each(languageExamples)('the example of %s gives what is written beside it', async (kind) => {
  const [folder, spec] = [nodeFolders.find((one) => one.kind === kind), specs.get(kind)];
  if (folder === undefined || spec === undefined) throw new Error(`there is no kind ${kind}`);
  await using endpoint = await openSpokenEndpoint(kind === 'evaluate.judge' ? judgement : 'It is good.');
  const text = folder
    .read('example.pipeline.json')
    ?.replace('http://127.0.0.1:8080/v1', endpoint.url)
    // The small model learnt a few answers by heart; no rubric is among them.
    .replace(
      kind === 'evaluate.judge' ? /"kind": "language\.model".*/ : /$^/,
      `"kind": "language.endpoint", "version": 1, "params": { "model": "judge", "url": "${endpoint.url}" } }`,
    );
  expectWritten(await runKindsExample(shop, folder, spec, text), folder, spec);
});
