/** A text encoder that came as weights (safetensors): the layers that are trained on, as a graph for each length of text, all reading the same weights. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { encoderInput, tokenLayers } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { codeOfToken, readEncoderWeights } from '../../methods/encoder/encoder-weights.ts';
import { forward } from '../../methods/neural/forward.ts';
import { openRows, TensorGraph } from '../../methods/neural/tensor-graph.ts';
import { fail } from '../../shared/errors.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { EncoderFiles } from './encoder-files.ts';
import { openWeights } from './open-weights.ts';
import { type TextNetwork, textsAtOnce } from './text-network.ts';

/** A token's place is added by its own table: the first rows of it for a shorter text. */
const positionsName = '1.weight';

export async function openWeightsNetwork(
  files: Pick<EncoderFiles, 'network' | 'config' | 'longest'>,
): Promise<TextNetwork> {
  const shape = encoderShape(files.config);
  const longest = Math.min(shape.longest, files.longest);
  await using source = await openWeights(files.network.place);
  const weights = await readEncoderWeights(shape, source, longest);
  const runtime = await import('onnxruntime-node');
  const sessions = new Map<number, Promise<InferenceSession>>();
  const networkOf = (length: number): Network => ({
    input: encoderInput(shape, length),
    layers: [...tokenLayers(shape), { layer: 'global-pool', by: 'mean' }],
    output: { kind: 'classes', count: 2 },
  });
  const open = (length: number): Promise<InferenceSession> => {
    const known = sessions.get(length);
    if (known !== undefined) return known;
    const g = new TensorGraph();
    const given = weights.map(
      ({ name, shape: own }) => [name, g.input(name, name === positionsName ? [length, shape.width] : own)] as const,
    );
    const parameters = new Map([...given, ...headOf(g, shape.width)]);
    const codes = g.input('codes', [openRows, length], 'int32');
    const { layers } = forward(g, networkOf(length), parameters, { codes });
    const tokens = layers.at(-2);
    if (tokens === undefined) throw new Error('an encoder without layers');
    g.output('numbers', tokens);
    const made = runtime.InferenceSession.create(g.toBytes(), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    sessions.set(length, made);
    return made;
  };
  return {
    group: textsAtOnce,
    run: async (group) => {
      const length = group[0]?.ids.length ?? 0;
      if (group.some((one) => one.types.includes(1)))
        throw fail('encoder.unfit', {
          message: 'An encoder of weights reads one text at a time, not two as a cross-encoder does.',
          mend: 'Take a cross-encoder in ONNX form.',
          param: 'encoder',
        });
      const codes = Int32Array.from(group.flatMap((one) => one.ids.map((id) => codeOfToken(id, shape.padding))));
      const feeds: Record<string, Tensor> = { codes: new runtime.Tensor('int32', codes, [group.length, length]) };
      for (const { name, shape: own, values } of weights)
        feeds[name] =
          name === positionsName
            ? new runtime.Tensor('float32', values.subarray(0, length * shape.width), [length, shape.width])
            : new runtime.Tensor('float32', values, own);
      const made = (await (await open(length)).run(feeds))['numbers'];
      if (!(made?.data instanceof Float32Array)) throw new Error('the encoder gave no numbers');
      return { data: made.data, dims: made.dims };
    },
    close: async () => {
      for (const session of sessions.values()) await (await session).release();
      sessions.clear();
    },
  };
}

/** The layers up to the tokens are what is wanted; a network ends in an answer, which nothing reads. */
const headOf = (g: TensorGraph, width: number) =>
  [
    ['head.weight', g.constant('float', [width, 2], new Float32Array(2 * width))],
    ['head.bias', g.constant('float', [2], [0, 0])],
  ] as const;
