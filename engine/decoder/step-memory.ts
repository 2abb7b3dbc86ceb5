/** Where the tensors of a training lie: in this process's memory, or in that of the graphics processor, reached by sessions that only copy. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TensorGraph } from '../../methods/neural/tensor-graph.ts';
import type { TensorType } from '../../methods/onnx/messages.ts';

export interface StepMemory {
  readonly kind: 'cpu' | 'gpu';
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Moves a tensor to where sessions want it; the given array is not changed and, on the processor, not copied. */
  place: (tensor: Tensor) => Promise<Tensor>;
  /** A tensor of zeros that a session may write into. */
  empty: (dims: readonly number[]) => Promise<Tensor>;
  /** The numbers, as they are now. */
  read: (tensor: Tensor) => Promise<Float32Array>;
  release: () => Promise<void>;
}

export interface MemoryOptions {
  readonly device: 'cpu' | 'gpu';
  readonly threads: number;
}

export function openStepMemory({ device, threads }: MemoryOptions): StepMemory {
  const common: InferenceSession.SessionOptions = { graphOptimizationLevel: 'all', logSeverityLevel: 3 };
  if (device === 'gpu') {
    // Checks of every dispatch cost a fifth to two fifths of a step.
    const provider = { name: 'webgpu', validationMode: 'disabled', enableRobustness: false } as const;
    return gpuMemory({ ...common, executionProviders: [provider] });
  }
  return cpuMemory({
    ...common,
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Without: a third less memory for 6 % more time, and what a short batch took is given back.
    enableCpuMemArena: false,
    enableMemPattern: false,
    // Threads that wait by spinning take the cores from whoever shares them: a short while is all that a step needs.
    extra: { session: { intra_op: { allow_spinning: '1', spin_duration_us: '200' } } },
  });
}

const floats = (dims: readonly number[]): Tensor =>
  new Tensor('float32', new Float32Array(dims.reduce((product, size) => product * size, 1)), dims);

function cpuMemory(sessionOptions: InferenceSession.SessionOptions): StepMemory {
  return {
    kind: 'cpu',
    sessionOptions,
    place: async (tensor) => tensor,
    empty: async (dims) => floats(dims),
    read: async (tensor) => asFloats(tensor),
    release: async () => {},
  };
}

function asFloats(tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (!(data instanceof Float32Array)) throw new Error(`a tensor of ${tensor.type} where float32 was expected`);
  return data;
}

const graphTypes: Readonly<Record<string, TensorType>> = {
  float32: 'float',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
};

function gpuMemory(sessionOptions: InferenceSession.SessionOptions): StepMemory {
  const copiers = new Map<string, Promise<InferenceSession>>();
  const copier = (tensor: Tensor, to: 'gpu-buffer' | 'cpu'): Promise<InferenceSession> => {
    const key = `${to} ${tensor.type} ${tensor.dims.join()}`;
    const known = copiers.get(key);
    if (known) return known;
    const graph = new TensorGraph();
    graph.output('to', graph.input('from', tensor.dims, graphTypes[tensor.type] ?? 'float'));
    const made = InferenceSession.create(graph.toBytes(), { ...sessionOptions, preferredOutputLocation: to });
    copiers.set(key, made);
    return made;
  };
  const copied = async (tensor: Tensor, to: 'gpu-buffer' | 'cpu'): Promise<Tensor> => {
    const session = await copier(tensor, to);
    const { to: result } = await session.run({ from: tensor });
    if (!result) throw new Error('a copy that gave nothing');
    return result;
  };
  return {
    kind: 'gpu',
    sessionOptions,
    place: (tensor) => copied(tensor, 'gpu-buffer'),
    empty: (dims) => copied(floats(dims), 'gpu-buffer'),
    read: async (tensor) => asFloats(await copied(tensor, 'cpu')),
    release: async () => {
      for (const session of copiers.values()) await (await session).release();
      copiers.clear();
    },
  };
}
