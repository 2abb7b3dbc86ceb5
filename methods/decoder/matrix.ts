/** A weight matrix [out, in] inside a step's graph: whole, or as blocks of eight bits that are unpacked where they are used. */
import type { Tensor, TensorGraph } from '../neural/tensor-graph.ts';
import { after, integerAfter } from './graph-order.ts';

export type Matrix =
  | { readonly form: 'full'; readonly tensor: Tensor; readonly learnt: boolean }
  | {
      readonly form: 'eight-bit';
      /** uint8 [out, in] around 128: graphics processors take no int8. */
      readonly tensor: Tensor;
      /** [out, in / block] */
      readonly scales: Tensor;
      readonly zeros: Tensor;
    };

/** Numbers that share a scale. */
export const eightBitBlock = 32;
/** From this width on, a product with a turned matrix is slower on graphics processors than turning it first (measured: 3 to 4.5 times). */
const turnFrom = 1024;

/** The numbers, unpacked after `earlier`. */
function unpacked(graph: TensorGraph, matrix: Matrix, earlier: Tensor): Tensor {
  if (matrix.form === 'full') return matrix.tensor;
  const { tensor, scales, zeros } = matrix;
  return graph.op('DequantizeLinear', [tensor, after(graph, scales, earlier), zeros], tensor.shape, {
    axis: 1,
    block_size: eightBitBlock,
  });
}

/** x · Wᵀ (+ add): [rows, in] to [rows, out]. */
export function forwardProduct(graph: TensorGraph, x: Tensor, matrix: Matrix, add?: Tensor): Tensor {
  const w = unpacked(graph, matrix, x);
  if (graph.style === 'gpu' && (w.shape[1] ?? 0) >= turnFrom) {
    const y = graph.matmul(x, graph.transpose(w, [1, 0]));
    return add === undefined ? y : graph.add(y, add);
  }
  return graph.gemm(x, w, { turnB: true, add });
}

/** g · W (+ add): [rows, out] to [rows, in]. */
export const backwardProduct = (graph: TensorGraph, g: Tensor, matrix: Matrix, add?: Tensor): Tensor =>
  graph.gemm(g, unpacked(graph, matrix, g), { add });

/** Rows of the matrix by their numbers: embeddings. */
export function matrixRows(graph: TensorGraph, matrix: Matrix, rows: Tensor): Tensor {
  const taken = graph.gather(matrix.tensor, rows);
  if (matrix.form === 'full') return taken;
  return graph.op(
    'DequantizeLinear',
    [taken, graph.gather(matrix.scales, rows), graph.gather(matrix.zeros, rows)],
    taken.shape,
    { axis: 1, block_size: eightBitBlock },
  );
}

/** The matrix in parts of its rows, each cut after the one before was used: a large vocabulary is never unpacked at once. */
export function matrixPart(graph: TensorGraph, matrix: Matrix, from: number, to: number, earlier: Tensor): Matrix {
  const cut = (tensor: Tensor): Tensor =>
    graph.op(
      'Slice',
      [tensor, integerAfter(graph, from, earlier), graph.ints([to]), graph.ints([0])],
      [to - from, ...tensor.shape.slice(1)],
      {},
      { type: tensor.type },
    );
  if (matrix.form === 'full') return { ...matrix, tensor: cut(matrix.tensor) };
  return { form: 'eight-bit', tensor: cut(matrix.tensor), scales: cut(matrix.scales), zeros: cut(matrix.zeros) };
}

/** Symmetric rounding to 255 steps, block by block along the input: scale = largest magnitude / 127. */
export function toEightBits(values: Float32Array): {
  values: Uint8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
} {
  const rounded = new Uint8Array(values.length);
  const scales = new Float32Array(values.length / eightBitBlock);
  for (let block = 0; block < scales.length; block++) {
    const start = block * eightBitBlock;
    let largest = 0;
    for (let i = start; i < start + eightBitBlock; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = start; i < start + eightBitBlock; i++) rounded[i] = Math.round((values[i] ?? 0) * inverse) + 128;
  }
  return { values: rounded, scales };
}
