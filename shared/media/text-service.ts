/** What a node kind may ask about texts. The engine runs the networks; nodes and methods see numbers. */
import type { SourceFolder, SourceFolderFile } from '../source/source-folder.ts';

export interface EncodeOptions {
  /** Which of the numbers of the tokens stand for the text. `auto`: what the folder's `1_Pooling/config.json` says, else the mean. */
  pool: 'auto' | 'mean' | 'first';
  /** Brings each vector to length 1. */
  normalise: boolean;
  /** Written before each text, as some encoders want it: `query: `. */
  prefix?: string;
  signal: AbortSignal;
  progress?: (done: number) => void;
}
export interface EncodedTexts {
  /** Numbers of one text. */
  size: number;
  /** [texts, size], in the order given. */
  values: Float32Array;
  /** Texts longer than the encoder takes, which were cut. */
  cut: number;
  /** Texts that were known from before. */
  known: number;
}
/** The vectors of one text's tokens, those that the tokenizer adds left out. */
export interface TokenVectors {
  tokens: readonly string[];
  size: number;
  /** [tokens, size] */
  values: Float32Array;
}
/** A frozen network from texts to numbers: a folder with `tokenizer.json` and an ONNX file, or `config.json` and a safetensors file. */
export interface SentenceEncoder {
  /** SHA-256 over the network and the tokenizer. */
  hash: string;
  /** Tokens that it takes, those that the tokenizer adds included. */
  longest: number;
  /** Equal texts are encoded once, and never again for this encoder in this workspace. */
  encode: (texts: readonly string[], options: EncodeOptions) => Promise<EncodedTexts>;
  encodeTokens: (texts: readonly string[], signal: AbortSignal) => Promise<TokenVectors[]>;
  /** A network that reads two texts at once (cross-encoder): one score a pair, from 0 to 1 by the logistic function where it gives a single number. */
  scorePairs: (
    pairs: readonly (readonly [string, string])[],
    watch: { signal: AbortSignal; progress?: (done: number) => void },
  ) => Promise<Float64Array>;
  countTokens: (text: string) => number;
  close: () => Promise<void>;
}
/** An encoder whose weights can be read one by one, to be trained on: a folder with `tokenizer.json`, `config.json` and a safetensors file. */
export interface TrainableEncoder {
  /** SHA-256 over the weights and the tokenizer. */
  hash: string;
  /** What `config.json` says. */
  config: unknown;
  names: readonly string[];
  /** One tensor as float32. */
  read: (name: string) => Promise<{ name: string; shape: readonly number[]; values: Float32Array }>;
  /** The numbers of a text's tokens, cut to so many as were asked for. */
  tokens: (text: string) => { ids: readonly number[]; cut: boolean };
  /** Which of the numbers of the tokens stand for the text. */
  pooling: 'mean' | 'first';
  /** Tokens that it takes. */
  longest: number;
  /** Configuration and tokenizer, to be kept in a model: `EncoderTexts` as JSON. */
  texts: Uint8Array;
  close: () => Promise<void>;
}
/** What a model keeps of the folder that its encoder came in. */
export interface EncoderTexts {
  config: object;
  tokenizer: object;
  tokenizerConfig: object;
}
export interface Texts {
  /** @param file of the folder's networks the one to take; empty: the only ONNX file, or `model.onnx`, else the only safetensors file. Fails with `encoder.unfit` in words. */
  openEncoder: (folder: SourceFolder, options: { file?: string; threads: number }) => Promise<SentenceEncoder>;
  /** @param most tokens of a text; longer ones are cut. Fails with `encoder.unfit` in words. */
  openTrainable: (folder: SourceFolder, options: { file?: string; most: number }) => Promise<TrainableEncoder>;
  /** For each question the nearest passages by cosine, the nearer first, equal ones by their place. A vector of zeros, or of no numbers, is near nothing. */
  nearest: (search: VectorSearch) => Promise<{ at: number; score: number }[][]>;
  /** The text of a document by the kind that its name ends in; fails with `document.damaged` in words. */
  readDocument: (file: SourceFolderFile, signal: AbortSignal) => Promise<ReadDocument>;
}
export interface VectorSearch {
  size: number;
  /** [passages, size] and [questions, size] */
  passages: Float32Array;
  questions: Float32Array;
  /** For each question at most. */
  most: number;
  threads: number;
  signal: AbortSignal;
}
export interface ReadDocument {
  kind: 'text' | 'markdown' | 'html' | 'pdf';
  title: string | null;
  text: string;
  pages: number | null;
  /** The text is no UTF-8 and says nothing of its encoding: it was taken for Western European. */
  guessed: boolean;
}

/** Files that documents are read from. */
export const documentEndings = ['.txt', '.text', '.md', '.markdown', '.html', '.htm', '.xhtml', '.pdf'];
/** Files of a folder that an encoder is read from. */
export const encoderEndings = ['.json', '.onnx', '.safetensors'];
