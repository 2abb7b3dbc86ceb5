/** Texts as the numbers of their tokens, cut to what the network takes. */
import { fail } from '../../shared/errors.ts';
import type { EncoderFiles } from './encoder-files.ts';

export interface EncodedText {
  ids: readonly number[];
  /** 0 for the first text, 1 for the second. */
  types: readonly number[];
  tokens: readonly string[];
  /** For each token whether the tokenizer added it: [CLS], [SEP]. */
  added: readonly boolean[];
  cut: boolean;
}
export interface TextTokenizer {
  encode: (text: string, second?: string) => EncodedText;
}

export async function openTokenizer({
  tokenizer: form,
  tokenizerConfig,
  longest,
}: Pick<EncoderFiles, 'tokenizer' | 'tokenizerConfig' | 'longest'>): Promise<TextTokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = makeTokenizer(() => new Tokenizer(form, tokenizerConfig));
  // The tokenizer leaves a word that it does not know without a number where the file names no number for it.
  const unknown =
    ['[UNK]', '<unk>'].map((sign) => tokenizer.token_to_id(sign)).find((number) => number !== undefined) ?? 0;
  const closing = tokenizer.encode('').ids.at(-1);
  return {
    encode: (text, second) => {
      const {
        ids,
        tokens,
        token_type_ids: types,
      } = tokenizer.encode(text, {
        ...(second === undefined ? {} : { text_pair: second }),
        return_token_type_ids: true,
      });
      const plain =
        tokenizer.encode(text, { add_special_tokens: false }).ids.length +
        (second === undefined ? 0 : tokenizer.encode(second, { add_special_tokens: false }).ids.length);
      const kept = Math.min(ids.length, longest);
      const isCut = kept < ids.length;
      // The end goes, but not the sign that a text ends there.
      const take = <T>(all: readonly T[]): T[] => (isCut ? [...all.slice(0, kept - 1), ...all.slice(-1)] : [...all]);
      const special = ids.length > plain ? new Set([ids[0], closing]) : new Set<number | undefined>();
      const found = {
        ids: take(ids).map((number: number | undefined) => number ?? unknown),
        tokens: take(tokens),
        types: take(types),
      };
      return { ...found, added: found.ids.map((one) => special.has(one)), cut: isCut };
    },
  };
}

function makeTokenizer<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw fail(
      'encoder.unfit',
      {
        message: 'The tokenizer of this encoder is not understood.',
        mend: 'Choose an encoder with the tokenizer of BERT or its like.',
        param: 'encoder',
      },
      { cause },
    );
  }
}
