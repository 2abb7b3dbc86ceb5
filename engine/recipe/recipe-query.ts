/** The recipe as one query: from rows at any place along it to the estimator's numbers. The same text for a batch, an evaluation and a single served row. */
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import { isImageType } from '../../shared/media/image.ts';
import { id, literal } from '../../shared/sql.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import { madeToken, rowsToken, tableToken, valuesOf } from './compose/compose.ts';
import type { Cte, StepTable } from './compose/table-value.ts';
import type { ModelFile, ModelStep } from './model-file.ts';

export interface RecipeCtes {
  ctes: Cte[];
  /** Name of the last of them. */
  from: string;
  /** Choices of rows that are part of the model: the table after each, and what is said of a row that it leaves out. */
  choices: { from: string; why: string }[];
}

/** Steps `from` and on, each a CTE over the one before. `start` names the table that carries the first `from` steps. */
export function recipeCtes(
  model: ModelFile,
  start: string,
  from: number,
  {
    everyRow = false,
    tableSql = valuesOf,
    madeSql = neverMade,
  }: {
    /** Every row passes, also those that the model's own choices leave out. */
    everyRow?: boolean;
    /** How a table of a step's state is named, where it is not written out. */
    tableSql?: (table: StepTable) => string;
    /** How the table that a batch function has made for a step is named. */
    madeSql?: (step: ModelStep) => string;
  } = {},
): RecipeCtes {
  const ctes: Cte[] = [];
  const choices: RecipeCtes['choices'] = [];
  let last = start;
  model.steps.slice(from).forEach((step, offset) => {
    if (step.sql === null || (everyRow && step.leavesOut !== undefined)) return;
    let sql = step.sql.replaceAll(rowsToken, last);
    for (const [name, table] of Object.entries(step.tables ?? {}))
      // By a function: in a text to put in, "$$" and "$'" would mean something, and categories hold what they like.
      sql = sql.replaceAll(tableToken(name), () => tableSql(table));
    if (step.made !== undefined) sql = sql.replaceAll(madeToken, () => madeSql(step));
    last = `step_${from + offset}`;
    ctes.push({ name: last, sql });
    if (step.leavesOut !== undefined) choices.push({ from: last, why: step.leavesOut });
  });
  return { ctes, from: last, choices };
}

const neverMade = (step: ModelStep): never => {
  throw new Error(`"${step.title}" is a batch function: its table is to be made first`);
};

/** A column as the number that estimators read: missing is NULL, booleans 0/1, dates in days and times in seconds since 1970. */
export function featureNumber(column: Column): string {
  const name = id(column.name).render();
  switch (typeFamily(column.type)) {
    case 'number':
      return `CAST(${name} AS DOUBLE)`;
    case 'boolean':
      return `CAST(CAST(${name} AS INTEGER) AS DOUBLE)`;
    case 'time':
      if (column.type === 'DATE') return `CAST(${name} - DATE '1970-01-01' AS DOUBLE)`;
      return column.type.startsWith('TIME') && !column.type.startsWith('TIMESTAMP')
        ? `CAST(epoch(${name}) AS DOUBLE)`
        : `(CAST(epoch_us(${name}) AS DOUBLE) / 1e6)`;
    case 'text':
    case 'other':
      throw fail('feature.not-a-number', {
        message: `The column "${column.name}" is ${column.type}, not a number.`,
        mend: 'Encode it first (Encode turns texts into numbers), or leave it out.',
        column: column.name,
      });
  }
}

/** A text or an image as the text that a network's encoding reads; missing is NULL. */
export function featureText(column: Column): string {
  const name = id(column.name).render();
  if (isImageType(column.type)) return `CASE WHEN ${name} IS NULL THEN NULL ELSE CAST(to_json(${name}) AS VARCHAR) END`;
  return `CAST(${name} AS VARCHAR)`;
}

export const textList = (columns: readonly Column[]): string =>
  columns.map((c, i) => `${featureText(c)} AS t${i}`).join(', ');

export const featureList = (columns: readonly Column[]): string =>
  columns.length === 0 ? 'NULL::DOUBLE AS nothing' : columns.map((c, i) => `${featureNumber(c)} AS f${i}`).join(', ');

/** Did the file that the model learnt from take a cell of nothing for missing? Then no text of its rows was empty, and one that is asked about means the same. */
export const takesEmptyForMissing = ({ base }: ModelFile): boolean =>
  readsWords.safeParse(base.reader?.params).data?.missingWords.includes('') ?? false;
const readsWords = z.object({ missingWords: z.array(z.string()) });

/** Raw rows as the base of the recipe. */
export const baseSelect = (
  model: ModelFile,
  given: readonly Pick<Column, 'name' | 'role'>[],
  from: string,
  hidden: readonly string[],
): string => placeSelect(model, 0, given, from, hidden);

/**
 * Rows that were made elsewhere as the table after so many steps of the recipe: each column by name and cast to the declared type; what does not change the
 * prediction may be absent.
 */
export function placeSelect(
  model: ModelFile,
  carried: number,
  given: readonly Pick<Column, 'name' | 'role'>[],
  from: string,
  hidden: readonly string[],
): string {
  const has = new Set(given.map((c) => c.name));
  const columns = columnsAt(model, carried);
  const needed = neededAt(model, carried);
  const missing = needed.filter((name) => !has.has(name));
  if (missing.length > 0)
    throw fail('model.column-missing', {
      message: `The rows lack ${missing.length === 1 ? `the column "${missing[0]}"` : `the columns ${missing.map((m) => `"${m}"`).join(', ')}`}, which the model needs.`,
      mend: `The model takes ${needed.map((m) => `"${m}"`).join(', ')}${sayExpected(model)}.`,
      column: missing[0] ?? '',
      facts: { missing },
    });
  const isEmptyMissing = carried === 0 && takesEmptyForMissing(model);
  const list = columns.map((c) => {
    const name = id(c.name).render();
    const value = `CAST(${has.has(c.name) ? name : 'NULL'} AS ${c.type})`;
    return `${isEmptyMissing && c.type === 'VARCHAR' ? `nullif(${value}, '')` : value} AS ${name}`;
  });
  // A weight is no part of a recipe, and an evaluation reads it.
  const weights = given.filter((c) => c.role === 'weight' && !columns.some((one) => one.name === c.name));
  const carriedOn = [...hidden, ...weights.map((c) => c.name)].map((name) => id(name).render());
  return `SELECT ${[...carriedOn, ...list].join(', ')} FROM ${from}`;
}

/** The table after so many steps of the recipe. */
export const columnsAt = ({ base, steps }: ModelFile, carried: number): readonly Column[] =>
  steps[carried - 1]?.columns ?? base.columns;

/** What a prediction depends on there: what it needs of the base, and what was made on the way. */
export function neededAt(model: ModelFile, carried: number): string[] {
  if (carried === 0) return [...model.needed];
  // What a step added that no row alone can pass, or that nothing reads, is not needed.
  const passed = model.steps.flatMap((step, i) => {
    const before = new Set(columnsAt(model, i).map((c) => c.name));
    return step.place === undefined ? [] : step.columns.filter((c) => !before.has(c.name));
  });
  const raw = new Set([...model.base.columns, ...passed].map((c) => c.name));
  return columnsAt(model, carried).flatMap(({ name }) => (model.needed.includes(name) || !raw.has(name) ? [name] : []));
}

/** Where rows from outside are no rows of a file as its reader gives them. */
export const sayExpected = ({ base }: Pick<ModelFile, 'base'>): string =>
  base.made === undefined ? '' : `, as they come out of "${base.made.title}"`;

/** An SQL list of the class labels in the target's type, to be indexed by the predicted class. */
export function labelList(model: Pick<ModelFile, 'classes' | 'target'>): string {
  return `[${model.classes.map((c) => `CAST(${literal(typeof c === 'number' ? String(c) : c)} AS ${model.target.type})`).join(', ')}]`;
}
export const predictionNote = 'prediction_note';
/** The columns that predicting adds to rows. */
export const predictionColumns = (model: Pick<ModelFile, 'outputs' | 'steps'>): string[] => [
  ...model.outputs.map(({ name }) => name),
  ...(model.steps.some((step) => step.leavesOut !== undefined) ? [predictionNote] : []),
];
