/** Encodings against scikit-learn's StandardScaler, MissingIndicator, OneHotEncoder and CountVectorizer, and the rules that they keep. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { encodePixels, encodeSeries, encodeTable, encodeTexts } from './encode-rows.ts';
import { codesOf, tableWidth, type EncodingOf } from './encoding.ts';
import { fitCategory, fitNumbers, fitSeries, fitTarget } from './fit-encoding.ts';
import { fitVocabulary, tokensOf } from './tokens.ts';

const numbers = z.array(z.array(z.number()));
const gaps = z.array(z.array(z.number().nullable()));
const reference = z
  .object({
    train: gaps,
    ask: gaps,
    mean: z.array(z.number()),
    sd: z.array(z.number()),
    scaled: numbers,
    flags: numbers,
    towns: z.array(z.string()),
    asked_towns: z.array(z.string()),
    one_hot: numbers,
    texts: z.array(z.string()),
    counts: z.record(z.string(), z.number()),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/encoding.json', import.meta.url), 'utf8')));
const flat = (rows: readonly (readonly (number | null)[])[]): Float64Array =>
  Float64Array.from(rows.flat(), (v) => v ?? Number.NaN);

describe('as scikit-learn', () => {
  const fitted = fitNumbers(['a', 'b', 'c'], flat(reference.train), reference.train.length);

  test('numbers are standardised over what is there, a gap becomes the mean, and a flag says so', () => {
    fitted.forEach(({ mean, sd, flag }, i) => {
      expect(Math.abs(mean / (reference.mean[i] ?? 0) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(sd / (reference.sd[i] ?? 0) - 1)).toBeLessThan(1e-9);
      expect(flag).toBe(i < 2);
    });
    const encoding: EncodingOf<'table'> = { kind: 'table', numbers: fitted, categories: [], oneHot: [] };
    const rows = reference.ask.length;
    const made = encodeTable(encoding, { rows, numbers: flat(reference.ask), texts: [] });
    const wanted = reference.scaled.flatMap((row, i) => [...row, ...(reference.flags[i] ?? [])]);
    expect(made.numbers?.length).toBe(wanted.length);
    wanted.forEach((value, i) =>
      expect(Math.abs((made.numbers?.[i] ?? NaN) - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value))),
    );
  });

  test('a category is a column of its own; what is unseen has one too', () => {
    const category = fitCategory('town', reference.towns, { most: 100, leastOften: 1 });
    const encoding: EncodingOf<'table'> = { kind: 'table', numbers: [], categories: [], oneHot: [category] };
    const rows = reference.asked_towns.length;
    const { numbers: made } = encodeTable(encoding, {
      rows,
      numbers: new Float64Array(0),
      texts: [reference.asked_towns],
    });
    const width = tableWidth(encoding);
    const [unseen, ...known] = [0, 2, 3, 4, 5].map((at) =>
      Array.from({ length: rows }, (_, row) => made?.[row * width + at]),
    );
    // Sorted by code point there and here.
    expect(known).toEqual([0, 1, 2, 3].map((at) => reference.one_hot.map((row) => row[at])));
    expect(unseen).toEqual([0, 0, 1, 0, 0, 0]);
  });

  test('the words of a text, and how often they occur', () => {
    const counts: Record<string, number> = {};
    for (const text of reference.texts)
      for (const token of tokensOf(text.toLowerCase())) counts[token] = (counts[token] ?? 0) + 1;
    expect(counts).toEqual(reference.counts);
    const { words, vocabulary } = fitVocabulary(reference.texts, { size: 1000, leastOften: 2 });
    const frequent = Object.values(reference.counts).filter((n) => n >= 2).length;
    expect(vocabulary).toBe(frequent + 2);
    const codes = new Map(words);
    expect(codes.get('The')).toBe(codes.get('THE'));
    expect(codes.get('the')).toBe(2);
  });
});

describe('the rules', () => {
  test('a row alone is encoded as among others, whatever it holds', () => {
    const category = { column: 't', values: ['x', 'y'] };
    const table: EncodingOf<'table'> = {
      kind: 'table',
      numbers: [{ column: 'a', mean: 1, sd: 2, flag: true }],
      categories: [category],
      oneHot: [category],
    };
    const row = fc.tuple(
      fc.option(fc.double({ noDefaultInfinity: true }), { nil: Number.NaN }),
      fc.constantFrom('x', 'y', 'z', '', null),
      fc.constantFrom('x', null),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const encode = (some: typeof rows) =>
          encodeTable(table, {
            rows: some.length,
            numbers: Float64Array.from(some, (r) => r[0]),
            texts: [some.map((r) => r[1]), some.map((r) => r[2])],
          });
        const all = encode(rows);
        rows.forEach((one, i) => {
          const alone = encode([one]);
          const width = tableWidth(table);
          expect(alone.numbers).toEqual(all.numbers?.slice(i * width, (i + 1) * width));
          expect(alone.codes).toEqual(all.codes?.slice(i, i + 1));
          expect(alone.codes?.[0]).toBeLessThan(codesOf(category));
        });
      }),
    );
  });

  test('rare categories, and those beyond the limit, share the slot for what was never seen', () => {
    const values = ['a', 'a', 'b', 'b', 'b', 'c', null, '', 'd', 'd'];
    expect(fitCategory('x', values, { most: 2, leastOften: 2 })).toEqual({ column: 'x', values: ['a', 'b'] });
  });

  test('a number that never varies is only shifted, and a column of gaps is nothing but its flag', () => {
    const fitted = fitNumbers(['same', 'gone'], Float64Array.of(5, NaN, 5, NaN), 2);
    expect(fitted).toEqual([
      { column: 'same', mean: 5, sd: 1, flag: false },
      { column: 'gone', mean: 0, sd: 1, flag: true },
    ]);
    const made = encodeTable(
      { kind: 'table', numbers: fitted, categories: [], oneHot: [] },
      { rows: 1, numbers: Float64Array.of(7, NaN), texts: [] },
    );
    expect([...(made.numbers ?? [])]).toEqual([2, 0, 1]);
  });

  test('numbers that have no scale are told by their column', () => {
    const values = Float64Array.of(1, 1e200, 2, 3);
    expect(() => fitNumbers(['x', 'cost'], values, 2)).toThrow('The column "cost" holds numbers that are too large');
    expect(() => fitSeries(['a0', 'a1', 'b0', 'b1'], 2, values, 1)).toThrow('The series from "a0" to "a1"');
    expect(() => fitTarget(values)).toThrow('The target holds numbers that are too large');
  });

  test('a series goes from columns by channel to places by channel', () => {
    const columns = ['a0', 'a1', 'b0', 'b1'];
    const encoding = fitSeries(columns, 2, Float64Array.of(0, 2, 10, 10, 4, 2, 10, NaN), 2);
    expect(encoding).toMatchObject({ mean: [2, 10], sd: [Math.SQRT2, 1] });
    const { numbers: made } = encodeSeries(
      { ...encoding, mean: [0, 0], sd: [1, 1] },
      { rows: 1, numbers: Float64Array.of(1, 2, 3, NaN), texts: [] },
    );
    expect([...(made ?? [])]).toEqual([1, 3, 2, 0]);
  });

  test('texts are cut off and filled up; pixels are standardised by channel', () => {
    const words: [string, number][] = [
      ['good', 2],
      ['Good', 2],
      ['!', 3],
    ];
    const { codes } = encodeTexts({ kind: 'text', column: 't', length: 3, vocabulary: 4, words }, [
      'Good new good !',
      null,
      '!',
    ]);
    expect([...(codes ?? [])]).toEqual([2, 1, 2, 0, 0, 0, 3, 0, 0]);
    const image = {
      kind: 'image',
      column: 'i',
      channels: 2,
      height: 1,
      width: 2,
      mean: [1, 0],
      sd: [2, 4],
      source: { channels: 2, height: null, width: null },
    } as const;
    const made = encodePixels({ ...image, mean: [1, 0], sd: [2, 4] }, Float32Array.of(1, 3, 4, 8), 1);
    expect([...(made.numbers ?? [])]).toEqual([0, 1, 1, 2]);
  });
});
