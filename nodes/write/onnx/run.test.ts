import { describe, expect, it } from 'vitest';
import { modelLike, tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

describe('write.onnx', () => {
  it('writes the bytes of the model where it was told, and says what the file takes', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const model = modelLike({
      toOnnx: async () => ({
        bytes,
        inputs: [
          { name: 'x', type: 'DOUBLE' },
          { name: 'größe', type: 'VARCHAR' },
        ],
        notes: ['labels are texts'],
      }),
    });
    const made = await tryTask(spec, run, { file: 'models/m.onnx', overwrite: true }, { models: { model } });
    expect(made.files).toEqual([['models/m.onnx', { bytes }, true]]);
    expect(made.logs).toEqual(['wrote models/m.onnx, 3 bytes; it takes x, größe', 'labels are texts']);
  });

  it.each([
    ['', ['param.empty']],
    ['model.onnx', []],
    ['model', ['write.ending']],
  ])('judges the path "%s" before a run', (file, codes) => {
    expect(
      (spec.check?.({ node: 'it', params: spec.params.parse({ file }), inputs: {}, wired: new Set() }) ?? []).map(
        (f) => f.code,
      ),
    ).toEqual(codes);
  });
});
