/** Frozen text encoders: a tokenizer and an ONNX file, run by onnxruntime in threads of its own. */
import { readFile } from 'node:fs/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { fail } from '../../shared/errors.ts';
import type { SourceFolder } from '../../shared/source-folder.ts';
import type { EncodedTexts, EncodeOptions, SentenceEncoder, TokenVectors } from '../../shared/text-service.ts';
import { readEncoderFiles } from './encoder-files.ts';
import { openTokenizer, type EncodedText, type TextTokenizer } from './tokenizer.ts';
import type { VectorCache } from './vector-cache.ts';

/** Texts of one length go in together, so that none is padded: a text's numbers do not hang on what it is encoded with. */
const atOnce = 32;

export async function openSentenceEncoder(
  folder: SourceFolder,
  { file = '', threads }: { file?: string; threads: number },
  openCache: (hash: string) => Promise<VectorCache>,
): Promise<SentenceEncoder> {
  const found = await readEncoderFiles(folder, file);
  const tokenizer = await openTokenizer(found);
  // 20 MB that most processes never need.
  const runtime = await import('onnxruntime-node');
  const bytes = await readFile(found.network.place);
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
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
  const network: Network = { session, Tensor: runtime.Tensor, group: scalesByBatch(bytes) ? 1 : atOnce };
  let cache: VectorCache | undefined;
  return {
    hash: found.hash,
    longest: found.longest,
    countTokens: (text) => tokenizer.encode(text).ids.length,
    encode: async (texts, options) => {
      cache ??= await openCache(found.hash);
      return encode({ network, tokenizer, cache, pooling: found.pooling }, texts, options);
    },
    encodeTokens: (texts, signal) => encodeTokens(network, tokenizer, texts, signal),
    scorePairs: (pairs, watch) => scorePairs(network, tokenizer, pairs, watch),
    close: async () => {
      await cache?.close();
      await session.release();
    },
  };
}

interface Network {
  session: InferenceSession;
  Tensor: typeof Tensor;
  group: number;
}

/** Dynamic quantisation takes its scale from the whole batch: together, texts would change one another's numbers. */
const scalesByBatch = (bytes: Buffer): boolean =>
  ['DynamicQuantizeLinear', 'DynamicQuantizeMatMul'].some((name) => bytes.includes(name));

interface Encoding {
  network: Network;
  tokenizer: TextTokenizer;
  cache: VectorCache;
  pooling: 'mean' | 'first';
}

async function encode(
  { network, tokenizer, cache, pooling }: Encoding,
  texts: readonly string[],
  options: EncodeOptions,
): Promise<EncodedTexts> {
  const { prefix = '', normalise, signal, progress } = options;
  const pool = options.pool === 'auto' ? pooling : options.pool;
  const keyOf = (text: string): string => `${pool}|${normalise ? 'unit' : 'raw'}|${prefix}${text}`;
  const wanted = [...new Set(texts)];
  const fresh = wanted
    .filter((text) => cache.get(keyOf(text)) === undefined)
    .map((text) => ({ text, encoded: tokenizer.encode(prefix + text) }));
  let done = 0;
  for (const group of groupsOfOneLength(fresh, network.group)) {
    signal.throwIfAborted();
    const { values, size } = pooled(
      await run(
        network,
        group.map((one) => one.encoded),
      ),
      group.length,
      pool,
    );
    group.forEach(({ text }, i) =>
      cache.set(keyOf(text), finished(values.subarray(i * size, (i + 1) * size), normalise)),
    );
    progress?.((done += group.length));
  }
  const size = wanted.length === 0 ? 0 : (cache.get(keyOf(wanted[0] ?? ''))?.length ?? 0);
  const values = new Float32Array(texts.length * size);
  texts.forEach((text, i) => values.set(cache.get(keyOf(text)) ?? [], i * size));
  return { size, values, cut: fresh.filter((one) => one.encoded.cut).length, known: wanted.length - fresh.length };
}

function groupsOfOneLength<T extends { encoded: EncodedText }>(all: readonly T[], most: number): T[][] {
  const byLength = new Map<number, T[][]>();
  for (const one of all) {
    const groups = byLength.get(one.encoded.ids.length) ?? [];
    byLength.set(one.encoded.ids.length, groups);
    const last = groups.at(-1);
    if (last === undefined || last.length >= most) groups.push([one]);
    else last.push(one);
  }
  return [...byLength].sort(([a], [b]) => a - b).flatMap(([, groups]) => groups);
}

async function run(
  { session, Tensor }: Network,
  group: readonly EncodedText[],
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const length = group[0]?.ids.length ?? 0;
  const dims = [group.length, length];
  const whole = (numbers: (one: EncodedText) => readonly number[]): Tensor =>
    new Tensor('int64', BigInt64Array.from(group.flatMap((one) => numbers(one).map(BigInt))), dims);
  const given: Readonly<Record<string, () => Tensor>> = {
    input_ids: () => whole((one) => one.ids),
    attention_mask: () => whole((one) => one.ids.map(() => 1)),
    token_type_ids: () => whole((one) => one.types),
    position_ids: () => whole((one) => one.ids.map((_, i) => i)),
  };
  const unknown = session.inputNames.find((name) => !Object.hasOwn(given, name));
  if (unknown !== undefined)
    throw unfit(
      `The network wants an input "${unknown}", which is not known here.`,
      'Choose an encoder with the inputs of BERT.',
    );
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [name, (given[name] ?? (() => whole((one) => one.ids)))()]),
  );
  const name =
    ['last_hidden_state', 'token_embeddings', 'logits', 'sentence_embedding'].find((one) =>
      session.outputNames.includes(one),
    ) ??
    session.outputNames[0] ??
    '';
  const made = (await session.run(feeds, [name]))[name];
  if (made === undefined || !(made.data instanceof Float32Array))
    throw unfit(`The network's output "${name}" holds no float32 numbers.`, 'Choose an encoder with float32 outputs.');
  return { data: made.data, dims: made.dims };
}

/** [n, tokens, d] or [n, d] → [n, d]. */
function pooled(
  { data, dims }: { data: Float32Array; dims: readonly number[] },
  count: number,
  pool: 'mean' | 'first',
): { size: number; values: Float32Array } {
  if (dims[0] !== count || dims.length < 2 || dims.length > 3)
    throw unfit(
      `The network's output has the shape ${dims.join(' × ')}, not one row for each text.`,
      'Choose a text encoder.',
    );
  const size = dims.at(-1) ?? 0;
  const tokens = dims.length === 3 ? (dims[1] ?? 0) : 1;
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n++)
    for (let d = 0; d < size; d++) {
      let sum = 0;
      const read = pool === 'first' ? 1 : tokens;
      for (let t = 0; t < read; t++) sum += data[(n * tokens + t) * size + d] ?? 0;
      values[n * size + d] = sum / read;
    }
  return { size, values };
}

function finished(vector: Float32Array, normalise: boolean): Float32Array {
  if (!normalise) return Float32Array.from(vector);
  const length = Math.hypot(...vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
}

async function encodeTokens(
  network: Network,
  tokenizer: TextTokenizer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<TokenVectors[]> {
  const all = texts.map((text, at) => ({ at, encoded: tokenizer.encode(text) }));
  const found: TokenVectors[] = [];
  for (const group of groupsOfOneLength(all, network.group)) {
    signal.throwIfAborted();
    const { data, dims } = await run(
      network,
      group.map((one) => one.encoded),
    );
    if (dims.length !== 3)
      throw unfit(
        'The network gives no numbers for each token.',
        'Choose an encoder with the output last_hidden_state.',
      );
    const [, tokens = 0, size = 0] = dims;
    group.forEach(({ at, encoded }, n) => {
      const own = encoded.tokens.map((_, t) => t).filter((t) => !encoded.added[t]);
      const values = new Float32Array(own.length * size);
      own.forEach((t, k) => values.set(data.subarray((n * tokens + t) * size, (n * tokens + t + 1) * size), k * size));
      found[at] = { tokens: own.map((t) => encoded.tokens[t] ?? ''), size, values };
    });
  }
  return found;
}

async function scorePairs(
  network: Network,
  tokenizer: TextTokenizer,
  pairs: readonly (readonly [string, string])[],
  watch: { signal: AbortSignal; progress?: (done: number) => void },
): Promise<Float64Array> {
  const all = pairs.map(([first, second], at) => ({ at, encoded: tokenizer.encode(first, second) }));
  const scores = new Float64Array(pairs.length);
  let done = 0;
  for (const group of groupsOfOneLength(all, network.group)) {
    watch.signal.throwIfAborted();
    const { data, dims } = await run(
      network,
      group.map((one) => one.encoded),
    );
    const size = dims.at(-1) ?? 0;
    if (dims.length !== 2 || size < 1 || size > 2)
      throw unfit(
        `The network's output has the shape ${dims.join(' × ')}; one that scores two texts gives one or two numbers a pair.`,
        'Choose a cross-encoder.',
      );
    // Two numbers are "no" and "yes": their softmax is the logistic function of the difference.
    group.forEach(
      ({ at }, n) => (scores[at] = logistic(size === 1 ? (data[n] ?? 0) : (data[2 * n + 1] ?? 0) - (data[2 * n] ?? 0))),
    );
    watch.progress?.((done += group.length));
  }
  return scores;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const unfit = (message: string, mend: string, cause?: unknown) =>
  fail('encoder.unfit', { message, mend, param: 'encoder' }, { cause });
