/** Frozen text encoders: a tokenizer and a network, run by onnxruntime in threads of its own. */
import { lengthOf } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import type { EncodedTexts, EncodeOptions, SentenceEncoder, TokenVectors } from '../../shared/media/text-service.ts';
import { readEncoderFiles } from './encoder-files.ts';
import { openTextNetwork } from './open-text-network.ts';
import { openGroupRunner, type GroupResult, type GroupRunner } from './run-groups.ts';
import { openTokenizer, type EncodedText, type TextTokenizer } from './tokenizer.ts';
import type { VectorCache } from './vector-cache.ts';

export async function openSentenceEncoder(
  folder: SourceFolder,
  { file = '', threads }: { file?: string; threads: number },
  openCache: (hash: string) => Promise<VectorCache | undefined>,
): Promise<SentenceEncoder> {
  const found = await readEncoderFiles(folder, file);
  const tokenizer = await openTokenizer(found);
  const network = openGroupRunner(await openTextNetwork(found), found, threads);
  let cache: Promise<VectorCache | undefined> | undefined;
  return {
    hash: found.hash,
    longest: found.longest,
    countTokens: (text) => tokenizer.encode(text).ids.length,
    encode: async (texts, options) => {
      cache ??= openCache(found.hash);
      return encode(
        { network, tokenizer, cache: await cache, pooling: found.pooling, longest: found.longest },
        texts,
        options,
      );
    },
    encodeTokens: (texts, signal) => encodeTokens(network, tokenizer, texts, signal),
    scorePairs: (pairs, watch) => scorePairs(network, tokenizer, pairs, watch),
    close: async () => {
      await (await cache)?.close();
      await network.close();
    },
  };
}

interface Encoding {
  network: GroupRunner;
  tokenizer: TextTokenizer;
  /** Where vectors are known from before, and kept for later. */
  cache: VectorCache | undefined;
  pooling: 'mean' | 'first';
  /** Tokens that it takes. */
  longest: number;
}

async function encode(
  { network, tokenizer, cache, pooling, longest }: Encoding,
  texts: readonly string[],
  options: EncodeOptions,
): Promise<EncodedTexts> {
  const { prefix = '', normalise, signal, progress } = options;
  const pool = options.pool === 'auto' ? pooling : options.pool;
  const keyOf = (text: string): string => `one thread|${pool}|${normalise ? 'unit' : 'raw'}|${prefix}${text}`;
  const wanted = [...new Set(texts)];
  const vectors = new Map<string, Float32Array>();
  for (const text of wanted) {
    const vector = cache?.get(keyOf(text));
    if (vector !== undefined) vectors.set(text, vector);
  }
  const fresh = wanted
    .filter((text) => !vectors.has(text))
    .map((text) => ({ text, encoded: tokenizer.encode(prefix + text) }));
  const isFresh = new Set(fresh.map(({ text }) => text));
  // A token has a byte at least: what is shorter is whole. Of others that were known their vectors do not tell.
  const knownCut = wanted.filter(
    (text) =>
      !isFresh.has(text) && Buffer.byteLength(prefix + text) > longest - 2 && tokenizer.encode(prefix + text).cut,
  ).length;
  let done = 0;
  await network.run(groupsOfOneLength(fresh, network.group), signal, (group, made) => {
    const { values, size } = pooled(made, group.length, pool);
    group.forEach(({ text }, i) => {
      const vector = finished(values.subarray(i * size, (i + 1) * size), normalise);
      vectors.set(text, vector);
      cache?.set(keyOf(text), vector);
    });
    progress?.((done += group.length));
  });
  const size = wanted.length === 0 ? 0 : (vectors.get(wanted[0] ?? '')?.length ?? 0);
  const values = new Float32Array(texts.length * size);
  texts.forEach((text, i) => values.set(vectors.get(text) ?? [], i * size));
  const cut = fresh.filter((one) => one.encoded.cut).length + knownCut;
  return { size, values, cut, known: wanted.length - fresh.length };
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

/** [n, tokens, d] or [n, d] → [n, d]. */
function pooled(
  { data, dims }: GroupResult,
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
  const length = lengthOf(vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
}

async function encodeTokens(
  network: GroupRunner,
  tokenizer: TextTokenizer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<TokenVectors[]> {
  const all = texts.map((text, at) => ({ at, encoded: tokenizer.encode(text) }));
  const found: TokenVectors[] = [];
  await network.run(groupsOfOneLength(all, network.group), signal, (group, { data, dims }) => {
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
  });
  return found;
}

async function scorePairs(
  network: GroupRunner,
  tokenizer: TextTokenizer,
  pairs: readonly (readonly [string, string])[],
  watch: { signal: AbortSignal; progress?: (done: number) => void },
): Promise<Float64Array> {
  const all = pairs.map(([first, second], at) => ({ at, encoded: tokenizer.encode(first, second) }));
  const scores = new Float64Array(pairs.length);
  let done = 0;
  await network.run(groupsOfOneLength(all, network.group), watch.signal, (group, { data, dims }) => {
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
  });
  return scores;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const unfit = (message: string, mend: string) => fail('encoder.unfit', { message, mend, param: 'encoder' });
