import { fail } from '../../shared/errors.ts';
import { flagOf, type GgufFile, numberOf, numbersOf, textOf, textsOf } from '../gguf/gguf-file.ts';
import { fromByteCharacters, toByteCharacters } from './byte-alphabet.ts';
import { mergePairs } from './merge-pairs.ts';
import { canSplit, splitFamilies, splitWords } from './split-words.ts';

/** What a token is, as `tokenizer.ggml.token_type` numbers it. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Vocabulary {
  /** `bytes`: byte-level BPE with a list of merges (GPT-2, Llama 3, Qwen). `sentencepiece`: pieces with scores (Llama 2, Gemma). */
  readonly form: 'bytes' | 'sentencepiece';
  readonly tokens: readonly string[];
  readonly kinds: readonly number[];
  /** `bytes`: pairs as "left right", best first. */
  readonly merges: readonly string[];
  /** `sentencepiece`: the higher, the earlier it is merged. */
  readonly scores: readonly number[];
  /** `bytes`: a family of `splitWords`. */
  readonly family: string;
  /** `sentencepiece`: a text begins as if a space stood before it. */
  readonly spaceBefore: boolean;
  readonly begin: number | null;
  readonly end: number | null;
  /** A text to be continued begins with `begin`. */
  readonly addBegin: boolean;
}

export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /**
   * The text's tokens, as llama.cpp makes them. `special`: texts of control tokens (`<eos>`) stand for the tokens themselves, as in a chat template's
   * text; else they are ordinary characters. `begin` is never added.
   */
  encode: (text: string, options?: { special?: boolean }) => number[];
  decode: (ids: readonly number[]) => string;
  /** One token as people read it; a part of a character is shown as �. */
  textOf: (id: number) => string;
}

/** The tokenizer that a model's file describes. @throws `tokenizer.unknown` */
export function vocabularyOf(file: GgufFile): Vocabulary {
  const model = textOf(file, 'tokenizer.ggml.model');
  const tokens = textsOf(file, 'tokenizer.ggml.tokens');
  const family = textOf(file, 'tokenizer.ggml.pre') ?? '';
  const form = model === 'gpt2' ? 'bytes' : model === 'llama' ? 'sentencepiece' : undefined;
  if (form === undefined || tokens === undefined || (form === 'bytes' && !canSplit(family)))
    throw fail('tokenizer.unknown', {
      message: `The model cuts texts into tokens as “${[model ?? 'unknown', family].filter(Boolean).join(', ')}”, which cannot be done here.`,
      mend: `Use a model whose tokenizer is “llama”, or “gpt2” with one of these: ${splitFamilies().join(', ')}.`,
      facts: { model: model ?? '', family },
    });
  const id = (key: string): number | null => numberOf(file, `tokenizer.ggml.${key}_token_id`) ?? null;
  const begin = id('bos');
  return {
    form,
    tokens,
    kinds: numbersOf(file, 'tokenizer.ggml.token_type') ?? tokens.map(() => tokenKinds.normal),
    merges: textsOf(file, 'tokenizer.ggml.merges') ?? [],
    scores: numbersOf(file, 'tokenizer.ggml.scores') ?? [],
    family,
    spaceBefore: flagOf(file, 'tokenizer.ggml.add_space_prefix') ?? form === 'sentencepiece',
    begin,
    end: id('eos'),
    addBegin:
      begin !== null &&
      (flagOf(file, 'tokenizer.ggml.add_bos_token') ?? (form === 'sentencepiece' || family.startsWith('llama'))),
  };
}

export function openTokenizer(vocabulary: Vocabulary): Tokenizer {
  const ids = new Map<string, number>();
  // The first of equal texts counts.
  vocabulary.tokens.forEach((token, id) => void (ids.has(token) || ids.set(token, id)));
  const encodePlain =
    vocabulary.form === 'bytes' ? byteEncoder(vocabulary, ids) : sentencePieceEncoder(vocabulary, ids);
  const specials = specialTokens(vocabulary);
  const bytesOf = tokenBytes(vocabulary);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    vocabulary,
    encode(text, { special = false } = {}) {
      const parts = cutAtSpecials(text, specials, special);
      return parts.flatMap((part, i) => {
        if (typeof part === 'number') return [part];
        return encodePlain(part, i === 0 || typeof parts[i - 1] === 'number');
      });
    },
    decode: (list) => decoder.decode(joined(list.map(bytesOf))),
    textOf: (id) => decoder.decode(bytesOf(id)),
  };
}

interface Special {
  id: number;
  text: string;
  /** Found in any text, not only in that of a template. */
  always: boolean;
}

/** Longest first: `<|im_start|>` before `<|im`. */
function specialTokens({ tokens, kinds }: Vocabulary): Special[] {
  const specials: Special[] = [];
  tokens.forEach((text, id) => {
    const kind = kinds[id];
    const always = kind === tokenKinds.userDefined;
    if (text !== '' && (always || kind === tokenKinds.control || kind === tokenKinds.unknown))
      specials.push({ id, text, always });
  });
  return specials.sort((a, b) => b.text.length - a.text.length);
}

/** Plain texts and special tokens, in order. */
function cutAtSpecials(text: string, specials: readonly Special[], special: boolean): (string | number)[] {
  let parts: (string | number)[] = text === '' ? [] : [text];
  for (const token of specials) {
    if (!(special || token.always) || !text.includes(token.text)) continue;
    parts = parts.flatMap((part) => {
      if (typeof part === 'number') return [part];
      return part
        .split(token.text)
        .flatMap((piece, i) => [...(i > 0 ? [token.id] : []), ...(piece === '' ? [] : [piece])]);
    });
  }
  return parts;
}

type PlainEncoder = (text: string, afterSpecial: boolean) => number[];

function byteEncoder({ merges, family }: Vocabulary, ids: ReadonlyMap<string, number>): PlainEncoder {
  const ranks = new Map(merges.map((pair, rank) => [pair, rank]));
  const known = new Map<string, number[]>();
  const encodeWord = (word: string): number[] => {
    const written = toByteCharacters(word);
    // Llama 3's own tokenizer takes a word that is a token whole, whatever its merges would give.
    const whole = family.startsWith('llama') ? ids.get(written) : undefined;
    if (whole !== undefined) return [whole];
    const pieces = mergePairs(Array.from(written), (a, b) => ranks.get(`${a} ${b}`));
    return pieces.flatMap((piece) => {
      const id = ids.get(piece);
      // A merge whose result is not in the vocabulary: its characters one by one, where they are.
      return id !== undefined ? [id] : Array.from(piece).flatMap((character) => ids.get(character) ?? []);
    });
  };
  return (text) =>
    splitWords(text, family).flatMap((word) => {
      const before = known.get(word);
      if (before) return before;
      const encoded = encodeWord(word);
      if (known.size < 100_000) known.set(word, encoded);
      return encoded;
    });
}

const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

function sentencePieceEncoder(vocabulary: Vocabulary, ids: ReadonlyMap<string, number>): PlainEncoder {
  const { scores, spaceBefore, kinds } = vocabulary;
  const unknown = kinds.indexOf(tokenKinds.unknown);
  const rankOf = (a: string, b: string): number | undefined => {
    const id = ids.get(a + b);
    return id === undefined ? undefined : -(scores[id] ?? 0);
  };
  return (text, afterSpecial) => {
    const written = (spaceBefore && afterSpecial ? ` ${text}` : text).replaceAll(' ', '▁');
    return mergePairs(Array.from(written), rankOf).flatMap((piece) => {
      const id = ids.get(piece);
      if (id !== undefined) return [id];
      return [...new TextEncoder().encode(piece)].flatMap((byte) => {
        const fallback = ids.get(byteToken(byte));
        return fallback ?? (unknown >= 0 ? [unknown] : []);
      });
    });
  };
}

function tokenBytes({ form, tokens, kinds }: Vocabulary): (id: number) => Uint8Array {
  const encoder = new TextEncoder();
  return (id) => {
    const token = tokens[id] ?? '';
    const kind = kinds[id];
    if (kind === tokenKinds.control || kind === tokenKinds.userDefined) return encoder.encode(token);
    if (form === 'bytes') return fromByteCharacters(token);
    if (kind === tokenKinds.byte) return Uint8Array.of(Number.parseInt(token.slice(3, 5), 16));
    return encoder.encode(token.replaceAll('▁', ' '));
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
