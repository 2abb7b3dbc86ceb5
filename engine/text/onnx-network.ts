/** A text encoder that came as an ONNX file. */
import { readFile } from 'node:fs/promises';
import type { Tensor } from 'onnxruntime-node';
import { fail } from '../../shared/errors.ts';
import { type TextNetwork, textsAtOnce } from './text-network.ts';
import type { EncodedText } from './tokenizer.ts';

export async function openOnnxNetwork(path: string): Promise<TextNetwork> {
  // 20 MB that most processes never need.
  const runtime = await import('onnxruntime-node');
  const bytes = await readFile(path);
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw unfit(
      `The encoder could not be loaded: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`,
      'Choose a folder with an ONNX file.',
      cause,
    );
  });
  if (!session.inputNames.includes('input_ids')) {
    await session.release();
    throw unfit(
      `The network takes ${session.inputNames.join(', ')}, not the tokens of a text.`,
      'Choose a text encoder whose input is called input_ids.',
    );
  }
  const feedsOf = (group: readonly EncodedText[]): Record<string, Tensor> => {
    const dims = [group.length, group[0]?.ids.length ?? 0];
    const whole = (numbers: (one: EncodedText) => readonly number[]): Tensor =>
      new runtime.Tensor('int64', BigInt64Array.from(group.flatMap((one) => numbers(one).map(BigInt))), dims);
    const given: Readonly<Record<string, () => Tensor>> = {
      input_ids: () => whole((one) => one.ids),
      attention_mask: () => whole((one) => one.ids.map(() => 1)),
      token_type_ids: () => whole((one) => one.types),
      position_ids: () => whole((one) => one.ids.map((_, i) => i)),
    };
    return Object.fromEntries(
      session.inputNames.map((name) => {
        const make = given[name];
        if (make === undefined)
          throw unfit(
            `The network wants an input "${name}", which is not known here.`,
            'Choose an encoder with the inputs of BERT.',
          );
        return [name, make()];
      }),
    );
  };
  const output =
    ['last_hidden_state', 'token_embeddings', 'logits', 'sentence_embedding'].find((one) =>
      session.outputNames.includes(one),
    ) ??
    session.outputNames[0] ??
    '';
  return {
    group: scalesByBatch(bytes) ? 1 : textsAtOnce,
    run: async (group) => {
      const made = (await session.run(feedsOf(group), [output]))[output];
      if (made === undefined || !(made.data instanceof Float32Array))
        throw unfit(
          `The network's output "${output}" holds no float32 numbers.`,
          'Choose an encoder with float32 outputs.',
        );
      return { data: made.data, dims: made.dims };
    },
    close: () => session.release(),
  };
}

/** Dynamic quantisation takes its scale from the whole batch: together, texts would change one another's numbers. */
const scalesByBatch = (bytes: Buffer): boolean =>
  ['DynamicQuantizeLinear', 'DynamicQuantizeMatMul'].some((name) => bytes.includes(name));

const unfit = (message: string, mend: string, cause?: unknown) =>
  fail('encoder.unfit', { message, mend, param: 'encoder' }, { cause });
