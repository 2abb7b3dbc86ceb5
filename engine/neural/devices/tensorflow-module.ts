/** The part of TensorFlow.js that the optional backend uses, and how it is loaded where the person has installed it. */
import { fail } from '../../../shared/errors.ts';

export interface TfTensor {
  shape: number[];
  dtype: string;
  data: () => Promise<Float32Array | Int32Array | Uint8Array>;
  dispose: () => void;
}
type Unary = (x: TfTensor) => TfTensor;
type Binary = (a: TfTensor, b: TfTensor) => TfTensor;
type Reduce = (x: TfTensor, axes: number[], keepDims: boolean) => TfTensor;
export interface Tensorflow {
  version: Readonly<Record<string, string>>;
  getBackend: () => string;
  tidy: <T>(work: () => T) => T;
  tensor: (values: Float32Array | Int32Array, shape: number[], dtype: 'float32' | 'int32') => TfTensor;
  clone: Unary;
  cast: (x: TfTensor, dtype: 'float32' | 'int32' | 'bool') => TfTensor;
  reshape: (x: TfTensor, shape: number[]) => TfTensor;
  transpose: (x: TfTensor, order: number[]) => TfTensor;
  gather: (x: TfTensor, indices: TfTensor, axis: number) => TfTensor;
  concat: (tensors: TfTensor[], axis: number) => TfTensor;
  stridedSlice: (x: TfTensor, begin: number[], end: number[], strides: number[]) => TfTensor;
  pad: (x: TfTensor, paddings: [number, number][]) => TfTensor;
  where: (condition: TfTensor, a: TfTensor, b: TfTensor) => TfTensor;
  matMul: (a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean) => TfTensor;
  softmax: Unary;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  minimum: Binary;
  maximum: Binary;
  greater: Binary;
  greaterEqual: Binary;
  less: Binary;
  equal: Binary;
  neg: Unary;
  abs: Unary;
  sign: Unary;
  sqrt: Unary;
  reciprocal: Unary;
  exp: Unary;
  log: Unary;
  relu: Unary;
  elu: Unary;
  tanh: Unary;
  sigmoid: Unary;
  softplus: Unary;
  leakyRelu: (x: TfTensor, alpha: number) => TfTensor;
  sum: Reduce;
  mean: Reduce;
  max: Reduce;
  /** NHWC and [height, width, in, out]. */
  conv2d: (x: TfTensor, filter: TfTensor, strides: number[], pad: 'valid') => TfTensor;
  conv2dTranspose: (x: TfTensor, filter: TfTensor, shape: number[], strides: number[], pad: 'valid') => TfTensor;
  maxPool: (x: TfTensor, size: number[], strides: number[], pad: 'valid') => TfTensor;
}

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** @throws `neural.no-tensorflow` when the person has not installed it, or it does not load here */
export async function loadTensorflow(
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<Tensorflow> {
  const reasons: string[] = [];
  for (const name of packages) {
    try {
      const found = await load(name);
      const module: unknown = typeof found === 'object' && found !== null && 'default' in found ? found.default : found;
      if (isTensorflow(module)) return module;
      reasons.push(`${name} is not what was expected`);
    } catch (thrown) {
      const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND';
      const says = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
      reasons.push(missing ? `${name} is not installed` : `${name} does not load: ${says}`);
    }
  }
  throw fail('neural.no-tensorflow', {
    message: `TensorFlow.js cannot be used: ${reasons.join('; ')}.`,
    mend: 'Install it (npm install @tensorflow/tfjs-node-gpu), or leave FLOWYARD_NEURAL_BACKEND out: onnxruntime comes with the app.',
  });
}
const isTensorflow = (module: unknown): module is Tensorflow =>
  typeof module === 'object' && module !== null && 'tidy' in module && 'tensor' in module && 'matMul' in module;
