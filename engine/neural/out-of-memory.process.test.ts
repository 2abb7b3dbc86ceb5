import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../test/support/train-within-memory.ts');

/** A process that may take 300 MB more, a batch that needs several times that: onnxruntime itself finds no memory. */
test.skipIf(process.platform !== 'linux')(
  'memory that runs out in the middle of a step is told with the layer and the batch, by a process that lives on',
  { timeout: 120_000 },
  () => {
    const said = execFileSync(process.execPath, [script, '300', '2048'], { encoding: 'utf8', stdio: 'pipe' });
    expect(JSON.parse(said)).toMatchObject({
      problem: {
        code: 'neural.no-memory',
        message: expect.stringMatching(/^The memory of .* is too small for this network at layer [12] \(conv2d\)\.$/),
        mend: 'Make the batch smaller (now 2048), or the layers.',
      },
    });
  },
);
