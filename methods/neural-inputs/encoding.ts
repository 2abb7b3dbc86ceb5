/**
 * How columns become what a network reads, as plain data: fitted on the training rows, kept in the model, the same numbers in a batch, in a service and in the
 * exported file. Numbers are standardised in double and rounded to float32 once.
 */
import * as z from 'zod';

const finite = z.number();

/** (value − mean) / sd; what is missing becomes the mean, and `flag` says so in a number of its own (1 or 0) behind all the others. */
export const numberEncoding = z.object({ column: z.string(), mean: finite, sd: finite, flag: z.boolean() });
export type NumberEncoding = z.output<typeof numberEncoding>;

/** Code 0 is for values that training never saw, 1 for what is missing, then the values in order. */
export const categoryEncoding = z.object({ column: z.string(), values: z.array(z.string()) });
export type CategoryEncoding = z.output<typeof categoryEncoding>;
export const firstValueCode = 2;
export const codesOf = ({ values }: Pick<CategoryEncoding, 'values'>): number => values.length + firstValueCode;

const imageShape = z.object({ channels: z.int().nullable(), height: z.int().nullable(), width: z.int().nullable() });

export const inputEncoding = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    numbers: z.array(numberEncoding),
    /** As codes, each with its own vector in the network. */
    categories: z.array(categoryEncoding),
    /** As numbers 1 and 0, one for each code: for a network that is to give its input again. */
    oneHot: z.array(categoryEncoding),
  }),
  /** Standardised by channel. `source`: what the files of the training rows had in common before any step; null where they differ. */
  z.object({
    kind: z.literal('image'),
    column: z.string(),
    channels: z.int(),
    height: z.int(),
    width: z.int(),
    mean: z.array(finite),
    sd: z.array(finite),
    source: imageShape,
  }),
  /** An image through a frozen encoder (the blob `encoder` of the model), its numbers standardised. `takes`: what the encoder reads. */
  z.object({
    kind: z.literal('embedded-image'),
    column: z.string(),
    output: z.string(),
    pool: z.enum(['mean', 'first']),
    /** Of the output: 2 [rows, numbers], 3 [rows, tokens, numbers], 4 [rows, numbers, height, width]. */
    rank: z.union([z.literal(2), z.literal(3), z.literal(4)]),
    takes: imageShape,
    mean: z.array(finite),
    sd: z.array(finite),
    source: imageShape,
  }),
  /** Columns in the order of time; with several channels first all of the first channel, then all of the second. Missing becomes the channel's mean. */
  z.object({
    kind: z.literal('series'),
    columns: z.array(z.string()),
    channels: z.int(),
    mean: z.array(finite),
    sd: z.array(finite),
  }),
  /** `words`: each spelling that training saw, with its code. 0 fills up, 1 is for other words. */
  z.object({
    kind: z.literal('text'),
    column: z.string(),
    length: z.int(),
    vocabulary: z.int(),
    words: z.array(z.tuple([z.string(), z.int()])),
  }),
  /**
   * A text, or two, as the tokens of an encoder: by its own tokenizer (the blob `tokens` of the model), cut to `length`, filled up. `padding`: the token that
   * fills up; it is number 0 in the network, and token 0 has its number.
   */
  z.object({
    kind: z.literal('wordpieces'),
    columns: z.array(z.string()).min(1).max(2),
    length: z.int(),
    padding: z.int(),
  }),
]);
export type InputEncoding = z.output<typeof inputEncoding>;
export type EncodingOf<K extends InputEncoding['kind']> = Extract<InputEncoding, { kind: K }>;

/** The columns that are read, numbers first: the model's features in this order. */
export function encodedColumns(encoding: InputEncoding): { numbers: string[]; texts: string[] } {
  switch (encoding.kind) {
    case 'table':
      return {
        numbers: encoding.numbers.map((n) => n.column),
        texts: [...encoding.categories, ...encoding.oneHot].map((c) => c.column),
      };
    case 'series':
      return { numbers: [...encoding.columns], texts: [] };
    case 'image':
    case 'embedded-image':
    case 'text':
      return { numbers: [], texts: [encoding.column] };
    case 'wordpieces':
      return { numbers: [], texts: [...encoding.columns] };
  }
}

/** How many numbers an encoded table row has, flags and one-hot codes included. */
export const tableWidth = ({ numbers, oneHot }: EncodingOf<'table'>): number =>
  numbers.length + numbers.filter((n) => n.flag).length + oneHot.reduce((sum, c) => sum + codesOf(c), 0);
