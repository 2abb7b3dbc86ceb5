/** A model's frozen weights in memory, tensor by tensor from its file, as a step's graph names them. */
import { Tensor } from 'onnxruntime-node';
import { canBeEightBit } from '../../methods/decoder/decoder-graph.ts';
import { decoderWeights, sizeOf } from '../../methods/decoder/decoder-weights.ts';
import { eightBitBlock, toEightBits } from '../../methods/decoder/matrix.ts';
import type { ModelParts } from './model-parts.ts';

export type HostWeights = ReadonlyMap<string, Tensor>;

export interface WeightReading {
  readonly precision: 'full' | 'eight-bit';
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** @throws `gguf.tensor-type`, `gguf.no-tensor` */
export async function readWeights(
  { config, read }: Pick<ModelParts, 'config' | 'read'>,
  { precision, signal, onProgress }: WeightReading,
): Promise<HostWeights> {
  const weights = new Map<string, Tensor>();
  const listed = decoderWeights(config);
  const total = listed.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  let done = 0;
  for (const { name, shape } of listed) {
    signal?.throwIfAborted();
    const values = await read(name);
    addWeight(weights, name, shape, values, precision);
    done += values.length;
    onProgress?.(done / total);
  }
  return weights;
}

/** Zero points are the same for all: one array, as long as the longest, serves every matrix. */
let zeroPoints = new Uint8Array(0);
const zeros = (length: number): Uint8Array => {
  if (zeroPoints.length < length) zeroPoints = new Uint8Array(length).fill(128);
  return zeroPoints.subarray(0, length);
};

export function addWeight(
  weights: Map<string, Tensor>,
  name: string,
  shape: readonly number[],
  values: Float32Array,
  precision: 'full' | 'eight-bit',
): void {
  if (precision === 'full' || !canBeEightBit(shape)) {
    weights.set(name, new Tensor('float32', values, shape));
    return;
  }
  const [out = 0, into = 0] = shape;
  const blocks = [out, into / eightBitBlock];
  const packed = toEightBits(values);
  weights.set(`${name}|values`, new Tensor('uint8', packed.values, shape));
  weights.set(`${name}|scales`, new Tensor('float32', packed.scales, blocks));
  weights.set(`${name}|zeros`, new Tensor('uint8', zeros(packed.scales.length), blocks));
}
