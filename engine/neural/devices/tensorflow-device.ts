/**
 * TensorFlow.js as an optional backend: it computes the same step graphs, node by node, with its own kernels. Forward, gradients and optimizer are in the
 * graph already, so that nothing of its layers or of its gradients is used.
 */
import type { GraphConstant, TensorGraph } from '../../../methods/neural/tensor-graph.ts';
import type { Device, DeviceTensor, OpenOptions, PreparedGraph } from './backend.ts';
import { computeNode, type Known } from './tensorflow-nodes.ts';
import { loadTensorflow, type Tensorflow, type TfTensor } from './tensorflow-module.ts';

class Held implements DeviceTensor {
  readonly backend = 'tensorflow';
  tensor: TfTensor;
  constructor(tensor: TfTensor) {
    this.tensor = tensor;
  }
}
const held = (t: DeviceTensor): Held => {
  if (!(t instanceof Held)) throw new Error(`a tensor of ${t.backend} was given to TensorFlow`);
  return t;
};

export async function openTensorflow(_options: OpenOptions, load = loadTensorflow): Promise<Device> {
  const tf = await load();
  const version = tf.version['tfjs-core'] ?? Object.values(tf.version)[0] ?? '';
  return {
    used: {
      backend: 'tensorflow',
      provider: tf.getBackend() === 'tensorflow' ? 'cuda' : 'cpu',
      name: `TensorFlow.js ${version} (${tf.getBackend()})`,
      reason: 'FLOWYARD_NEURAL_BACKEND asks for TensorFlow.',
    },
    // The forms without operators that only onnxruntime has.
    style: 'gpu',
    inPlace: false,
    prepare: async (graph) => prepared(tf, graph),
    upload: async ({ values, shape }) =>
      new Held(tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32')),
    download: async (given) => {
      const data = await held(given).tensor.data();
      return data instanceof Uint8Array ? Int32Array.from(data) : data;
    },
    release: (given) => held(given).tensor.dispose(),
    close: async () => undefined,
  };
}

function prepared(tf: Tensorflow, graph: TensorGraph): PreparedGraph {
  const constants: Known = new Map(
    graph.constants.map(
      (c) => [c.name, { tensor: constantTensor(tf, c), host: Array.from(c.values, Number) }] as const,
    ),
  );
  return {
    run: async (inputs, into) => {
      const names = Object.keys(into);
      const made = tf.tidy(() => {
        const known: Known = new Map(constants);
        for (const [name, t] of Object.entries(inputs)) known.set(name, { tensor: held(t).tensor });
        for (const node of graph.nodes) computeNode(tf, node, known);
        return names.map((name) => {
          const found = known.get(name);
          if (found === undefined) throw new Error(`the graph gives no ${name}`);
          return tf.clone(found.tensor);
        });
      });
      for (const [i, name] of names.entries()) {
        const target = into[name];
        const tensor = made[i];
        if (target === undefined || tensor === undefined) continue;
        held(target).tensor.dispose();
        held(target).tensor = tensor;
      }
    },
    close: async () => {
      for (const { tensor } of constants.values()) tensor.dispose();
    },
  };
}

function constantTensor(tf: Tensorflow, { type, shape, values }: GraphConstant): TfTensor {
  const isFloat = type === 'float' || type === 'double';
  const numbers = Array.from(values, Number);
  return isFloat
    ? tf.tensor(Float32Array.from(numbers), [...shape], 'float32')
    : tf.tensor(Int32Array.from(numbers), [...shape], 'int32');
}
