/** The model's answers for the rows of a query, one for each: a batch, an evaluation and a served row all come here, so that all leave out the same rows. */
import { putRows, type NumberChunk } from '../../table/database.ts';
import { rowColumn } from '../../../shared/wires.ts';
import type { SqlValue } from '../../../shared/sql.ts';
import type { Predictor } from '../predictor.ts';
import type { Predictions } from '../../../methods/tasks/model-task.ts';
import { featureList, textList, type RecipeCtes } from '../recipe-query.ts';

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
  /** The same for rows of any number, as they come. Without it, all of them stand in memory. */
  eachNumbers?: (select: string, visit: (part: NumberChunk) => Promise<void>) => Promise<void>;
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
  if (read.eachNumbers !== undefined && asked.choices.length === 0 && predictor.texts.length === 0)
    return answerInParts(predictor, answerSelect(predictor, asked), read.eachNumbers);
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

/** About 32 MB of features. */
const numbersAtOnce = 2 ** 22;

/** Answers to rows as they come: of their features, those of a part stand in memory. */
async function answerInParts(
  predictor: Predictor,
  select: string,
  eachNumbers: NonNullable<RecipeReader['eachNumbers']>,
): Promise<Answers> {
  const width = Math.max(1, predictor.numbers.length);
  const atOnce = Math.max(1, Math.floor(numbersAtOnce / width));
  const answers: Predictions[] = [];
  let waiting: NumberChunk[] = [];
  let [held, rows] = [0, 0];
  const answer = async (): Promise<void> => {
    const numbers = new Float64Array(held * width);
    let at = 0;
    for (const part of waiting) {
      putRows(part, numbers, at);
      at += part.rows;
    }
    answers.push(await predictor.predict({ numbers, texts: [] }, held));
    rows += held;
    [waiting, held] = [[], 0];
  };
  await eachNumbers(select, async (part) => {
    waiting.push(part);
    held += part.rows;
    if (held >= atOnce) await answer();
  });
  if (held > 0) await answer();
  const joined = (parts: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    prediction: joined(answers.map((a) => a.prediction)),
    probabilities: joined(answers.map((a) => a.probabilities)),
    rows,
    notes: new Map(),
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
