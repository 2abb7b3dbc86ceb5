/** Rows to what a network reads, by a fitted encoding. A row's result depends on the row alone. */
import { codeOfToken } from '../encoder/encoder-weights.ts';
import type { NetworkRows } from '../../shared/neural/neural-service.ts';
import { codesOf, firstValueCode, tableWidth, type CategoryEncoding, type EncodingOf } from './encoding.ts';
import { tokensOf } from './tokens.ts';

export interface PlainRows {
  rows: number;
  /** [rows, columns], row-major, missing is NaN. */
  numbers: Float64Array;
  /** Column by column. */
  texts: readonly (readonly (string | null)[])[];
}

/** @returns numbers [rows, width], codes [rows, categories] where there are any */
export function encodeTable(encoding: EncodingOf<'table'>, { rows, numbers, texts }: PlainRows): NetworkRows {
  const width = tableWidth(encoding);
  const columns = encoding.numbers.length;
  const out = new Float32Array(rows * width);
  const flags = encoding.numbers.flatMap((n, i) => (n.flag ? [i] : []));
  for (let row = 0; row < rows; row++) {
    encoding.numbers.forEach(({ mean, sd }, i) => {
      const value = numbers[row * columns + i] ?? Number.NaN;
      out[row * width + i] = Number.isNaN(value) ? 0 : (value - mean) / sd;
    });
    flags.forEach((i, at) => {
      out[row * width + columns + at] = Number.isNaN(numbers[row * columns + i] ?? Number.NaN) ? 1 : 0;
    });
  }
  let start = columns + flags.length;
  encoding.oneHot.forEach((category, c) => {
    const find = codeFinder(category);
    const values = texts[encoding.categories.length + c] ?? [];
    for (let row = 0; row < rows; row++) out[row * width + start + find(values[row])] = 1;
    start += codesOf(category);
  });
  const encoded = { count: rows, numbers: out };
  return encoding.categories.length === 0 ? encoded : { ...encoded, codes: codes(encoding.categories, texts, rows) };
}

function codes(categories: readonly CategoryEncoding[], texts: PlainRows['texts'], rows: number): Int32Array {
  const out = new Int32Array(rows * categories.length);
  categories.forEach((category, c) => {
    const find = codeFinder(category);
    for (let row = 0; row < rows; row++) out[row * categories.length + c] = find(texts[c]?.[row]);
  });
  return out;
}

/** The empty text counts as missing: an exported file has no other way to say it. */
function codeFinder({ values }: CategoryEncoding): (value: string | null | undefined) => number {
  const known = new Map(values.map((value, i) => [value, i + firstValueCode]));
  return (value) => (value === null || value === undefined || value === '' ? 1 : (known.get(value) ?? 0));
}

/** Channel-wise standardising; a missing image has no pixels and no business here. @param pixels [rows, channels, height, width] */
export function encodePixels(
  { mean, sd, channels }: EncodingOf<'image'>,
  pixels: Float32Array,
  rows: number,
): NetworkRows {
  const area = rows === 0 ? 0 : pixels.length / rows / channels;
  const numbers = new Float32Array(pixels.length);
  for (let plane = 0; plane < rows * channels; plane++) {
    const c = plane % channels;
    const [center, spread] = [mean[c] ?? 0, sd[c] ?? 1];
    for (let i = plane * area; i < (plane + 1) * area; i++) numbers[i] = ((pixels[i] ?? 0) - center) / spread;
  }
  return { count: rows, numbers };
}

/** What an encoder gave, [rows, size], standardised by column. */
export function encodeEmbeddings(
  { mean, sd }: EncodingOf<'embedded-image'>,
  values: Float32Array,
  rows: number,
): NetworkRows {
  const size = mean.length;
  const numbers = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = ((values[i] ?? 0) - (mean[i % size] ?? 0)) / (sd[i % size] ?? 1);
  return { count: rows, numbers };
}

/** @returns numbers [rows, length, channels] */
export function encodeSeries(
  { columns, channels, mean, sd }: EncodingOf<'series'>,
  { rows, numbers }: PlainRows,
): NetworkRows {
  const length = columns.length / channels;
  const out = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < channels; c++)
      for (let t = 0; t < length; t++) {
        const value = numbers[row * columns.length + c * length + t] ?? Number.NaN;
        out[(row * length + t) * channels + c] = Number.isNaN(value) ? 0 : (value - (mean[c] ?? 0)) / (sd[c] ?? 1);
      }
  return { count: rows, numbers: out };
}

/** @returns codes [rows, length] */
export function encodeTexts({ length, words }: EncodingOf<'text'>, texts: readonly (string | null)[]): NetworkRows {
  const known = new Map(words);
  const out = new Int32Array(texts.length * length);
  texts.forEach((text, row) => {
    tokensOf(text ?? '', length).forEach((token, t) => {
      out[row * length + t] = known.get(token) ?? 1;
    });
  });
  return { count: texts.length, codes: out };
}

/** @param tokens of each text, column by column @returns codes [rows, columns · length] */
export function encodeWordpieces(
  { length, padding, columns }: EncodingOf<'wordpieces'>,
  tokens: readonly (readonly (readonly number[])[])[],
): NetworkRows {
  const count = tokens[0]?.length ?? 0;
  const width = columns.length * length;
  const codes = new Int32Array(count * width);
  tokens.forEach((texts, column) =>
    texts.forEach((ids, row) => {
      const from = row * width + column * length;
      ids.slice(0, length).forEach((id, t) => (codes[from + t] = codeOfToken(id, padding)));
    }),
  );
  return { count, codes };
}
