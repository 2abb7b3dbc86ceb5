/** A network from the tokens of texts to numbers, however it came. */
import type { EncodedText } from './tokenizer.ts';

export interface TextNetwork {
  /** Texts of one length that may go in together. */
  group: number;
  /** Of texts of one length: [texts, tokens, numbers], or what else the network gives. */
  run: (group: readonly EncodedText[]) => Promise<{ data: Float32Array; dims: readonly number[] }>;
  close: () => Promise<void>;
}

/** Texts of one length go in together, so that none is padded: a text's numbers do not hang on what it is encoded with. */
export const textsAtOnce = 32;
