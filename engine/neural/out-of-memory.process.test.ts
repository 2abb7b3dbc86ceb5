import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../test/support/train-within-memory.ts');

/** A process that may take 500 MB more, a batch for which one layer alone gives twice that: onnxruntime itself finds no memory. */
test.skipIf(process.platform !== 'linux')(
  'memory that runs out in the middle of a step is told with the layer and the batch, by a process that lives on',
  () => {
    const said = execFileSync(process.execPath, [script, '500', '4096'], { encoding: 'utf8', stdio: 'pipe' });
    expect(JSON.parse(said)).toMatchObject({
      problem: {
        code: 'neural.no-memory',
        message: expect.stringMatching(/^The memory of .* is too small for this network at layer 2 \(dense\)\.$/),
        mend: 'Make the batch smaller (now 4096), or the layers.',
      },
    });
  },
);
