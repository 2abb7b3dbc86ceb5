/** Asks a trained network, in batches, on a device. */
import { outputWidth } from '../../shared/neural/describe-network.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { NetworkRows, NetworkWeights } from '../../shared/neural/neural-service.ts';
import { checkedFacts, parametersOf } from '../../methods/neural/parameters.ts';
import { buildAnswer } from '../../methods/neural/answer-graph.ts';
import { product, type Shape } from '../../methods/neural/tensor-graph.ts';
import type { Device, DeviceTensor, HostTensor, PreparedGraph } from './devices/backend.ts';
import { checkedRows } from './training-data.ts';

export interface Answers {
  answer: { width: number; values: Float32Array };
  /** What the layers that were asked for give: shape of one row, all rows' values. */
  inner: readonly { shape: Shape; values: Float32Array }[];
}
export interface OpenAnswers {
  of: (rows: NetworkRows, signal?: AbortSignal) => Promise<Answers>;
  /** Answers with these weights from now on: the graphs stay. */
  use: (weights: NetworkWeights) => void;
}
const rowsAtATime = 512;

export function openAnswers(
  network: Network,
  begin: NetworkWeights,
  device: Device,
  { layers = [] }: { layers?: readonly number[] } = {},
): OpenAnswers {
  const facts = checkedFacts(network);
  const innerShapes = layers.map((layer) => facts.layers.at(layer)?.shape ?? []);
  const width = outputWidth(network.output, network.input);
  const graphs = new Map<number, Promise<PreparedGraph>>();
  let weights = begin;
  let parameters: Promise<Record<string, DeviceTensor>> | undefined;
  const graphOf = (batch: number): Promise<PreparedGraph> => {
    const known = graphs.get(batch) ?? device.prepare(buildAnswer(network, { style: device.style, batch, layers }));
    graphs.set(batch, known);
    return known;
  };
  const upload = async (): Promise<Record<string, DeviceTensor>> => {
    const given = new Map(weights.map((w) => [w.name, w.values]));
    const all: Record<string, DeviceTensor> = {};
    for (const { name, shape } of parametersOf(network)) {
      const values = given.get(name);
      if (values === undefined || values.length !== product(shape)) throw new Error(`the weights lack ${name}`);
      all[name] = await device.upload({ values, shape });
    }
    return all;
  };

  const of = async (rows: NetworkRows, signal?: AbortSignal): Promise<Answers> => {
    const data = checkedRows(network, rows, 'given');
    parameters ??= upload();
    const known = await parameters;
    const answer = new Float32Array(rows.count * width);
    const inner = innerShapes.map((shape) => ({ shape, values: new Float32Array(rows.count * product(shape)) }));
    for (let begin = 0; begin < rows.count; begin += rowsAtATime) {
      signal?.throwIfAborted();
      const count = Math.min(rowsAtATime, rows.count - begin);
      const graph = await graphOf(count);
      const given: Record<string, DeviceTensor> = {};
      for (const [name, tensor] of Object.entries(data)) given[name] = await device.upload(part(tensor, begin, count));
      const results: Record<string, DeviceTensor> = {
        answer: await device.upload({ values: new Float32Array(count * width), shape: [count, width] }),
      };
      for (const [i, shape] of innerShapes.entries())
        results[`layer ${layers[i] ?? 0}`] = await device.upload({
          values: new Float32Array(count * product(shape)),
          shape: [count, ...shape],
        });
      await graph.run({ ...known, ...given }, results);
      const read = async (name: string, into: Float32Array, size: number): Promise<void> => {
        const tensor = results[name];
        if (tensor !== undefined) into.set(await device.download(tensor), begin * size);
      };
      await read('answer', answer, width);
      for (const [i, one] of inner.entries()) await read(`layer ${layers[i] ?? 0}`, one.values, product(one.shape));
      for (const tensor of [...Object.values(given), ...Object.values(results)]) device.release(tensor);
      // Whoever waits for this process gets a turn.
      await new Promise(setImmediate);
    }
    return { answer: { width, values: answer }, inner };
  };
  const use = (next: NetworkWeights): void => {
    weights = next;
    const before = parameters;
    parameters = undefined;
    void before?.then((old) => Object.values(old).forEach((tensor) => device.release(tensor)));
  };
  return { of, use };
}

function part({ values, shape }: HostTensor, begin: number, count: number): HostTensor {
  const size = product(shape.slice(1));
  return { values: values.subarray(begin * size, (begin + count) * size), shape: [count, ...shape.slice(1)] };
}
