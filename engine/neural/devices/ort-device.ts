/** onnxruntime as a device: on a processor arrays are used as they are, on a graphics processor tensors stay there until they are asked for. */
import type * as Ort from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { TensorGraph } from '../../../methods/neural/tensor-graph.ts';
import type { ProviderName, UsedDevice } from '../../../shared/neural/devices.ts';
import type { Bindings, Device, DeviceTensor, HostArray, HostTensor, PreparedGraph } from './backend.ts';

type SessionOptions = InferenceSession.SessionOptions;

class OrtTensor implements DeviceTensor {
  readonly backend = 'onnxruntime';
  readonly tensor: Tensor;
  constructor(tensor: Tensor) {
    this.tensor = tensor;
  }
}
const unwrap = (t: DeviceTensor): Tensor => {
  if (!(t instanceof OrtTensor)) throw new Error(`a tensor of ${t.backend} was given to onnxruntime`);
  return t.tensor;
};

/** Names of onnxruntime's providers, with what makes them fast. */
const providers: Readonly<Record<ProviderName, InferenceSession.ExecutionProviderConfig>> = {
  webgpu: webgpuConfig(),
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
  cpu: 'cpu',
};
function webgpuConfig(): InferenceSession.ExecutionProviderConfig {
  // Our graphs have static shapes and known indices: the checks cost 20 to 40 %.
  const config = { name: 'webgpu', validationMode: 'disabled', enableRobustness: false };
  return config;
}
export const providerConfig = (name: ProviderName): InferenceSession.ExecutionProviderConfig => providers[name];

export interface OrtDeviceOptions {
  provider: ProviderName;
  threads: number;
  used: UsedDevice;
  /** onnxruntime's: 0 tells everything (which node runs where), 3 errors alone. */
  logSeverity?: 0 | 1 | 2 | 3;
}

export async function openOrtDevice({ provider, threads, used, logSeverity = 3 }: OrtDeviceOptions): Promise<Device> {
  const ort = await import('onnxruntime-node');
  const options: SessionOptions = {
    executionProviders: [providerConfig(provider)],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: logSeverity,
    // Threads that wait by spinning take the cores from whoever shares them: a short while is all that a step needs.
    extra: {
      session: {
        intra_op: { allow_spinning: '1', spin_duration_us: '200' },
      },
    },
  };
  const sessions = new Set<InferenceSession>();
  const open = async (bytes: Uint8Array, more: SessionOptions = {}): Promise<InferenceSession> => {
    const session = await ort.InferenceSession.create(bytes, { ...options, ...more });
    sessions.add(session);
    return session;
  };
  const isGpu = provider === 'webgpu';
  const copies = copySessions(open);
  return {
    used,
    style: provider === 'cpu' ? 'cpu' : 'gpu',
    inPlace: isGpu,
    // On a graphics processor the state may be written where it is read.
    prepare: async (graph) => prepared(await open(graph.toBytes(undefined, undefined, { apart: !isGpu })), sessions),
    upload: async (given) => {
      const tensor = hostTensor(ort, given);
      if (!isGpu) return new OrtTensor(tensor);
      return new OrtTensor(await (await copies(given, 'gpu-buffer'))(tensor));
    },
    download: async (given) => {
      const tensor = unwrap(given);
      const type = tensor.type === 'int32' ? new Int32Array(0) : new Float32Array(0);
      const host = isGpu ? await (await copies({ values: type, shape: tensor.dims }, 'cpu'))(tensor) : tensor;
      return hostValues(host);
    },
    release: (given) => {
      if (isGpu) unwrap(given).dispose();
    },
    close: async () => {
      for (const session of sessions) await session.release();
      sessions.clear();
    },
  };
}

function prepared(session: InferenceSession, sessions: Set<InferenceSession>): PreparedGraph {
  return {
    run: async (inputs, into) => {
      await session.run(unwrapped(inputs), unwrapped(into));
    },
    close: async () => {
      sessions.delete(session);
      await session.release();
    },
  };
}
const unwrapped = (bindings: Bindings): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(bindings).map(([name, t]) => [name, unwrap(t)]));

function hostTensor(ort: typeof Ort, { values, shape }: HostTensor): Tensor {
  return values instanceof Int32Array
    ? new ort.Tensor('int32', values, shape)
    : new ort.Tensor('float32', values, shape);
}
function hostValues(tensor: Tensor): HostArray {
  const { data } = tensor;
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  throw new Error(`a tensor of ${tensor.type} was not expected`);
}

/**
 * Tensors come to a graphics processor and back by sessions that copy: asking a tensor for its data is not implemented in onnxruntime-node 1.30. One
 * session for each shape.
 */
function copySessions(open: (bytes: Uint8Array, more: SessionOptions) => Promise<InferenceSession>) {
  const known = new Map<string, Promise<InferenceSession>>();
  return async (
    { values, shape }: HostTensor,
    to: 'cpu' | 'gpu-buffer',
  ): Promise<(tensor: Tensor) => Promise<Tensor>> => {
    const isInt = values instanceof Int32Array;
    const key = `${to} ${isInt ? 'int32' : 'float'} ${shape.join()}`;
    const session = known.get(key) ?? open(copyGraph(shape, isInt), { preferredOutputLocation: to });
    known.set(key, session);
    return async (tensor) => {
      const made = (await (await session).run({ given: tensor }))['copied'];
      if (made === undefined) throw new Error('a copy has one result');
      return made;
    };
  };
}
function copyGraph(shape: readonly number[], isInt: boolean): Uint8Array {
  const graph = new TensorGraph();
  graph.output('copied', graph.input('given', shape, isInt ? 'int32' : 'float'));
  return graph.toBytes();
}
