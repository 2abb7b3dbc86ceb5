/** A file of another hand inside one of ours: the same numbers as the file gives by itself. */
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { addForeignGraph } from './add-foreign-graph.ts';
import { graphBuilder } from './graph-builder.ts';
import { modelMessage, nodeMessage, type NodeParts, tensorMessage, valueInfoMessage } from './messages.ts';
import { joinChunks } from './protobuf-writer.ts';

/** Half of the channels, averaged, through a weight; names that ours could have too. */
function encoder(opset: number, more: Partial<NodeParts>[] = []): Uint8Array {
  const node = (parts: Partial<NodeParts>) =>
    nodeMessage({ op: '', domain: '', name: '', inputs: [], outputs: [], attributes: {}, ...parts });
  const isOld = opset < 18;
  const message = modelMessage({
    name: 'encoder',
    nodes: [
      node({
        op: 'Split',
        name: 'Split_1',
        inputs: ['image'],
        outputs: ['Mul_1', 'prediction'],
        attributes: { axis: 1, ...(isOld ? {} : { num_outputs: 2 }) },
      }),
      node({ op: 'Mul', name: 'same', inputs: ['Mul_1', 'constant_1'], outputs: ['Mul_2'] }),
      node({
        op: 'ReduceMean',
        inputs: isOld ? ['Mul_2'] : ['Mul_2', 'axes'],
        outputs: ['features'],
        attributes: { keepdims: 0, ...(isOld ? { axes: [2, 3] } : {}) },
      }),
      ...more.map(node),
    ],
    initializers: [
      tensorMessage('constant_1', 'float', [1, 2, 1, 1], [2, -3]),
      ...(isOld ? [] : [tensorMessage('axes', 'int64', [2], [2, 3])]),
    ],
    inputs: [valueInfoMessage('image', 'float', ['n', 4, 3, 3])],
    outputs: [valueInfoMessage('features', 'float', ['n', 2])],
    producerVersion: '',
    documentation: '',
    operatorSets: [['', opset]],
    metadata: [],
    irVersion: 8,
  });
  return joinChunks(message.chunks());
}
async function run(bytes: Uint8Array, output: string): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const values = Float32Array.from({ length: 72 }, (_, i) => Math.sin(i));
  const out = await session.run({ image: new ort.Tensor('float32', values, [2, 4, 3, 3]) });
  await session.release();
  return [...(out[output]?.data ?? [])].map(Number);
}

describe('an encoder that is carried over', () => {
  test.each([13, 17, 18, 19])('gives what it gives by itself: version %i of the operators', async (opset) => {
    const file = encoder(opset);
    const g = graphBuilder('ours');
    const image = g.input('image', 'float', ['rows', 4, 3, 3]);
    g.output('prediction', addForeignGraph(g, file, image, 'features'), 'float', ['rows', 2]);
    expect(await run(g.toBytes(), 'prediction')).toEqual(await run(file, 'features'));
  });

  test('is refused in words where it cannot be', () => {
    const add = (file: Uint8Array) => () => {
      const g = graphBuilder('ours');
      addForeignGraph(g, file, g.input('image', 'float', ['rows', 4, 3, 3]), 'features');
    };
    expect(add(encoder(12))).toThrow('is written for version 12 of the operators, not 13 to 19');
    expect(add(encoder(17, [{ op: 'Magic', domain: 'my.own', inputs: ['features'], outputs: ['x'] }]))).toThrow(
      'uses operators of my.own',
    );
    expect(add(encoder(17).subarray(0, 100))).toThrow('cut off');
  });
});
