/** The examples of kinds that want ffmpeg or compute for seconds; all others are in `nodes/examples.test.ts`. */
import { afterAll, beforeAll, it } from 'vitest';
import { loadSpecs } from '../../nodes/runs.ts';
import { mediaExamples } from '../support/example-files.ts';
import { expectWritten, runKindsExample } from '../support/example-outcome.ts';
import { nodeFolders } from '../support/node-folders.ts';
import { needTools } from '../support/system-tools.ts';
import { Workshop } from '../support/workshop.ts';

const specs = await loadSpecs();
let shop: Workshop;
beforeAll(async () => {
  needTools('ffmpeg');
  shop = await Workshop.open();
}, 300_000);
afterAll(() => shop?.[Symbol.asyncDispose]());

it.each(mediaExamples)('the example of %s gives what is written beside it', async (kind) => {
  const [folder, spec] = [nodeFolders.find((one) => one.kind === kind), specs.get(kind)];
  if (folder === undefined || spec === undefined) throw new Error(`there is no kind ${kind}`);
  expectWritten(await runKindsExample(shop, folder, spec), folder, spec);
});
