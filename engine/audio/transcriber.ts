/**
 * Speech to text by Whisper's scheme (Radford et al. 2022): an encoder that hears 30 seconds as a log-mel spectrogram, a decoder that writes token after token,
 * always the likeliest. The model is a folder in the layout that transformers' ONNX export writes; nothing of it is fetched.
 */
import { readFile } from 'node:fs/promises';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import * as z from 'zod';
import { whisperFeatures, whisperMel } from '../../methods/audio/log-mel.ts';
import type { ModelFolder, Transcriber } from '../../shared/media/audio-service.ts';
import { fail } from '../../shared/errors.ts';

const generationConfig = z.object({
  decoder_start_token_id: z.int(),
  eos_token_id: z.union([z.int(), z.array(z.int()).min(1)]),
  max_length: z.int().default(448),
  no_timestamps_token_id: z.int().optional(),
  lang_to_id: z.record(z.string(), z.int()).default({}),
  task_to_id: z.record(z.string(), z.int()).default({}),
  suppress_tokens: z.array(z.int()).nullable().default([]),
  begin_suppress_tokens: z.array(z.int()).nullable().default([]),
});
type Generation = z.output<typeof generationConfig>;
const preprocessorConfig = z.object({ feature_size: z.int().default(80) });
const mostSeconds = 30;

interface Networks {
  encoder: InferenceSession;
  decoder: InferenceSession;
  tensor: (type: 'float32' | 'int64', values: Float32Array | BigInt64Array, dims: readonly number[]) => OrtTensor;
}

export async function openTranscriber(folder: ModelFolder, threads: number): Promise<Transcriber> {
  const [generation, preprocessor, tokenizer] = await Promise.all([
    readJson(folder, 'generation_config.json', generationConfig),
    readJson(folder, 'preprocessor_config.json', preprocessorConfig),
    openTokenizer(folder),
  ]);
  const networks = await openNetworks(folder, threads);
  const bands = preprocessor.feature_size;
  return {
    mostSeconds,
    sampleRate: whisperMel.sampleRate,
    languages: Object.keys(generation.lang_to_id).map(codeOf),
    transcribe: async (samples, { language }, signal) => {
      const heard = new Float32Array(mostSeconds * whisperMel.sampleRate);
      heard.set(samples.subarray(0, heard.length));
      const mel = whisperFeatures(heard, { ...whisperMel, bands });
      const states = await runOne(networks.encoder, {
        input_features: networks.tensor('float32', mel.values, [1, bands, mel.frames]),
      });
      const prompt = await promptOf(generation, networks, states, language);
      const tokens = await write(generation, networks, states, prompt.tokens, signal);
      return { text: tokenizer(tokens).trim(), tokens, language: prompt.language };
    },
    close: async () => {
      await Promise.all([networks.encoder.release(), networks.decoder.release()]);
    },
  };
}

/** The start, and where the model knows several languages: which one, that it shall write down what it hears, and no times. */
async function promptOf(
  generation: Generation,
  networks: Networks,
  states: OrtTensor,
  wanted: string,
): Promise<{ tokens: number[]; language: string }> {
  const languages = Object.entries(generation.lang_to_id);
  const start = [generation.decoder_start_token_id];
  const quiet = generation.no_timestamps_token_id === undefined ? [] : [generation.no_timestamps_token_id];
  if (languages.length === 0) return { tokens: [...start, ...quiet], language: '' };
  let spoken = languages.find(([name]) => codeOf(name) === wanted);
  if (spoken === undefined) {
    const scores = await lastScores(networks, states, start);
    spoken = languages.reduce((best, one) => ((scores[one[1]] ?? 0) > (scores[best[1]] ?? 0) ? one : best));
  }
  const task = generation.task_to_id['transcribe'];
  return {
    tokens: [...start, spoken[1], ...(task === undefined ? [] : [task]), ...quiet],
    language: codeOf(spoken[0]),
  };
}

async function write(
  generation: Generation,
  networks: Networks,
  states: OrtTensor,
  prompt: readonly number[],
  signal: AbortSignal,
): Promise<number[]> {
  const ends = new Set([generation.eos_token_id].flat());
  const never = generation.suppress_tokens ?? [];
  const notFirst = generation.begin_suppress_tokens ?? [];
  const tokens: number[] = [];
  while (prompt.length + tokens.length < generation.max_length) {
    signal.throwIfAborted();
    const scores = await lastScores(networks, states, [...prompt, ...tokens]);
    for (const token of tokens.length === 0 ? [...never, ...notFirst] : never) scores[token] = Number.NEGATIVE_INFINITY;
    const next = scores.reduce((best, score, token) => (score > (scores[best] ?? 0) ? token : best), 0);
    if (ends.has(next)) break;
    tokens.push(next);
  }
  return tokens;
}

/** Scores of what comes after the last token, shape [vocabulary]. */
async function lastScores(
  { decoder, tensor }: Networks,
  states: OrtTensor,
  tokens: readonly number[],
): Promise<Float32Array> {
  const logits = await runOne(decoder, {
    input_ids: tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
    encoder_hidden_states: states,
  });
  if (!(logits.data instanceof Float32Array)) throw unfit('The decoder gives no float32 numbers.');
  return logits.data.slice(-(logits.dims.at(-1) ?? 0));
}

async function openNetworks(folder: ModelFolder, threads: number): Promise<Networks> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const open = (file: string): Promise<InferenceSession> =>
    InferenceSession.create(placeOf(folder, file), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    }).catch((cause: unknown) => {
      throw unfit(
        `"${file}" could not be loaded: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`,
      );
    });
  const [encoder, decoder] = [await open('encoder_model.onnx'), await open('decoder_model.onnx')];
  for (const [session, name] of [
    [encoder, 'input_features'],
    [decoder, 'input_ids'],
    [decoder, 'encoder_hidden_states'],
  ] as const)
    if (!session.inputNames.includes(name)) throw unfit(`The network has no input "${name}".`);
  return {
    encoder,
    decoder,
    tensor: (type, values, dims) => new Tensor(type, values, dims),
  };
}

/** The first output. */
async function runOne(session: InferenceSession, feeds: Record<string, OrtTensor>): Promise<OrtTensor> {
  const name = session.outputNames[0] ?? '';
  const made = (await session.run(feeds, [name]))[name];
  if (made === undefined) throw unfit(`The network gave no "${name}".`);
  return made;
}

async function openTokenizer(folder: ModelFolder): Promise<(tokens: readonly number[]) => string> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const json = await readJson(folder, 'tokenizer.json', z.looseObject({ model: z.looseObject({}) }));
  const tokenizer = new Tokenizer(json, {});
  return (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], { skip_special_tokens: true }));
}

async function readJson<T>(folder: ModelFolder, name: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(placeOf(folder, name), 'utf8');
  const parsed = z.string().transform((t, context) => {
    try {
      return JSON.parse(t) as unknown;
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  });
  const read = parsed.pipe(schema).safeParse(text);
  if (!read.success) throw unfit(`"${name}" is not as expected: ${z.prettifyError(read.error).split('\n')[0] ?? ''}.`);
  return read.data;
}

function placeOf(folder: ModelFolder, name: string): string {
  const place = folder.get(name);
  if (place === undefined) throw unfit(`The model folder has no "${name}".`);
  return place;
}

/** `<|en|>` → `en` */
const codeOf = (name: string): string => name.replaceAll(/[<|>]/g, '');

const unfit = (message: string) =>
  fail('transcriber.unfit', {
    message,
    mend: 'Choose a folder with encoder_model.onnx, decoder_model.onnx (the one without "with_past" or "merged"), tokenizer.json, generation_config.json and preprocessor_config.json of a Whisper model.',
    param: 'model',
  });
