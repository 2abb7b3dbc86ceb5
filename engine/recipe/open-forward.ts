/** A trained network, ready to be asked, on the processor: answers are the same whatever machine trained it, and whoever asks. */
import { networkGraph } from '../../methods/onnx/add-network.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { NetworkRows, NetworkWeights } from '../../shared/neural/neural-service.ts';

export interface Forward {
  /** [count, width], row-major. A row's answer does not depend on the rows beside it, to the bit. */
  run: (rows: NetworkRows) => Promise<{ width: number; values: Float32Array }>;
  close: () => Promise<void>;
}

/**
 * Rows in one step, always: a matrix product of another height may add up in another order, so a row that is asked alone is computed among rows of nothing.
 */
const stepRows = 16;

export async function openForward(network: Network, weights: NetworkWeights, threads: number): Promise<Forward> {
  // 20 MB that most processes never need.
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const { g, numbers, codes, answer } = networkGraph(network, weights, stepRows);
  g.output('answer', answer);
  const session = await InferenceSession.create(g.toBytes(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const step = async (rows: NetworkRows, from: number): Promise<Float32Array> => {
    const count = Math.min(stepRows, rows.count - from);
    const cut = <T extends Float32Array | Int32Array>(all: T, into: T): T => {
      const width = all.length / rows.count;
      into.set(all.subarray(from * width, (from + count) * width));
      return into;
    };
    const size = (all: { length: number }): number => (all.length / rows.count) * stepRows;
    const feeds: Record<string, InstanceType<typeof Tensor>> = {};
    if (numbers !== undefined && rows.numbers !== undefined)
      feeds['numbers'] = new Tensor('float32', cut(rows.numbers, new Float32Array(size(rows.numbers))), [
        ...numbers.shape,
      ]);
    if (codes !== undefined && rows.codes !== undefined)
      feeds['codes'] = new Tensor('int32', cut(rows.codes, new Int32Array(size(rows.codes))), [...codes.shape]);
    const found = (await session.run(feeds))['answer'];
    if (!(found?.data instanceof Float32Array)) throw new Error('the network gave no numbers');
    return found.data.subarray(0, (found.data.length / stepRows) * count);
  };
  return {
    run: async (rows) => {
      const width = answer.shape.slice(1).reduce((a, b) => a * b, 1);
      const values = new Float32Array(rows.count * width);
      for (let from = 0; from < rows.count; from += stepRows) values.set(await step(rows, from), from * width);
      return { width, values };
    },
    close: () => session.release(),
  };
}
