/** The model's answers for the rows of a query, one for each: a batch, an evaluation and a served row all come here, so that all leave out the same rows. */
import { rowColumn } from '../../shared/wires.ts';
import type { SqlValue } from '../../shared/sql.ts';
import type { Predictions, Predictor } from './predictor.ts';
import { featureList, textList, type RecipeCtes } from './recipe-query.ts';

export interface Answers extends Predictions {
  rows: number;
  /** Number of a row → why it has no answer (its prediction and probabilities are NaN). */
  notes: ReadonlyMap<number, string>;
}
export interface Matrix64 {
  values: Float64Array;
  rows: number;
}
export interface AskedRows extends Pick<RecipeCtes, 'choices'> {
  /** Table of the rows that were asked about, and the one with the whole recipe applied. */
  start: string;
  end: string;
}

/** What runs a SELECT over the tables of the recipe. */
export interface RecipeReader {
  numbers: (select: string) => Promise<Matrix64>;
  /** Column by column. */
  texts: (select: string) => Promise<{ values: SqlValue[] }[]>;
}

/** What is read of the recipe's end: the features that are numbers, and before them the row's number where rows may be left out. */
export const answerSelect = ({ numbers }: Pick<Predictor, 'numbers'>, { choices, end }: AskedRows): string =>
  `SELECT ${choices.length === 0 ? '' : `${rowNumber}, `}${featureList(numbers)} FROM ${end} ORDER BY ${rowColumn}`;
const rowNumber = `CAST(${rowColumn} AS DOUBLE) AS row_number`;

/** Features that are texts or images, in the order of the rows. */
async function readTexts({ texts }: Predictor, { end }: AskedRows, read: RecipeReader): Promise<(string | null)[][]> {
  if (texts.length === 0) return [];
  const found = await read.texts(`SELECT ${textList(texts)} FROM ${end} ORDER BY ${rowColumn}`);
  return found.map(({ values }) => values.map((value) => (value === null ? null : String(value))));
}

/** @returns answers in the order of `__row` */
export async function answerRows(predictor: Predictor, asked: AskedRows, read: RecipeReader): Promise<Answers> {
  const found = await read.numbers(answerSelect(predictor, asked));
  const texts = await readTexts(predictor, asked, read);
  if (asked.choices.length === 0)
    return {
      ...(await predictor.predict({ numbers: found.values, texts }, found.rows)),
      rows: found.rows,
      notes: new Map<number, string>(),
    };
  const { values: all, rows } = await read.numbers(`SELECT ${rowNumber} FROM ${asked.start} ORDER BY ${rowColumn}`);
  const { numbers, features } = withoutNumbers(found);
  const predicted = await predictor.predict({ numbers: features, texts }, found.rows);
  if (found.rows === rows) return { ...predicted, rows, notes: new Map() };
  const places = new Map<number, number>();
  all.forEach((number, place) => places.set(number, place));
  return {
    ...scatter(
      predicted,
      Array.from(numbers, (number) => places.get(number) ?? 0),
      rows,
    ),
    rows,
    notes: await findReasons(asked, places, read),
  };
}

/** The features of rows that were read with their numbers. */
export function withoutNumbers({ values, rows }: Matrix64): { numbers: Float64Array; features: Float64Array } {
  const width = rows === 0 ? 1 : values.length / rows;
  const numbers = new Float64Array(rows);
  const features = new Float64Array(rows * (width - 1));
  for (let row = 0; row < rows; row++) {
    numbers[row] = values[row * width] ?? Number.NaN;
    features.set(values.subarray(row * width + 1, (row + 1) * width), row * (width - 1));
  }
  return { numbers, features };
}

/** Predictions of some rows among all. */
function scatter({ prediction, probabilities }: Predictions, places: readonly number[], rows: number): Predictions {
  const classes = places.length === 0 ? 0 : probabilities.length / places.length;
  const out = {
    prediction: new Float64Array(rows).fill(Number.NaN),
    probabilities: new Float64Array(rows * classes).fill(Number.NaN),
  };
  places.forEach((place, i) => {
    out.prediction[place] = prediction[i] ?? Number.NaN;
    out.probabilities.set(probabilities.subarray(i * classes, (i + 1) * classes), place * classes);
  });
  return out;
}

/** The first choice that a row does not pass has the word. */
async function findReasons(
  { choices }: AskedRows,
  places: ReadonlyMap<number, number>,
  read: RecipeReader,
): Promise<Map<number, string>> {
  const notes = new Map<number, string>();
  for (const { from, why } of choices) {
    const passed = new Set((await read.numbers(`SELECT ${rowNumber} FROM ${from}`)).values);
    for (const [number, place] of places) if (!passed.has(number) && !notes.has(place)) notes.set(place, why);
  }
  return notes;
}
