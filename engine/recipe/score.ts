/** Scoring tables inside a run: only what the rows do not yet carry of the recipe is applied. */
import type { PartitionName, Scored } from '../../shared/capabilities.ts';
import type { Measuring } from '../../methods/tasks/model-task.ts';
import { fail } from '../../shared/errors.ts';
import { isImageType, readImageCell } from '../../shared/media/image.ts';
import { id, literal } from '../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../shared/wires.ts';
import { composeQuery, isSplit, type Cte, type TableValue } from './compose/table-value.ts';
import type { Database } from '../table/database.ts';
import { recipeKeys, type ModelFile } from './model-file.ts';
import { placeRows, untaught, wereOnTheWay } from './place-rows.ts';
import { answerRows, type Answers, type AskedRows } from './scorer/answer-rows.ts';
import type { Predictor } from './predictor.ts';
import { labelList, placeSelect, recipeCtes } from './recipe-query.ts';
import { makeTables } from './step-functions.ts';

interface RecipeRows extends AskedRows {
  /** The chain of the rows, and what the recipe adds to it. */
  ctes: readonly Cte[];
}

/** Rows at any place along the recipe, as they are when the recipe is applied to them. */
function startRows(model: ModelFile, rows: TableValue, where: string): { before: Cte[]; start: string; from: number } {
  const place = placeRows(model, rows);
  const split = isSplit(rows);
  const ordinal = rows.hidden.includes(rowColumn) ? '' : `row_number() OVER () - 1 AS ${rowColumn}, `;
  const before: Cte[] = [
    ...rows.ctes,
    {
      name: 'score_rows',
      sql: `SELECT ${ordinal}*${split ? ` EXCLUDE (${partitionColumn})` : ''} FROM ${rows.from}${where}`,
    },
  ];
  let start = 'score_rows';
  if (!place.isOwn) {
    before.push({ name: 'score_base', sql: placeSelect(model, place.carried, rows.columns, start, [rowColumn]) });
    start = 'score_base';
  }
  return { before, start, from: place.carried };
}

interface BroughtRows {
  /** As the model lets them pass. */
  recipe: RecipeRows;
  /** Every row, also those that the model's own choices leave out. */
  everyRow: RecipeRows;
}

/** Rows at any place along the recipe, brought to its end; what batch functions made for them is there while `work` goes on. */
export async function withRecipeRows<T>(
  database: Database,
  { model, functions }: Predictor,
  { rows, where = '', needsAll = false }: { rows: TableValue; where?: string; needsAll?: boolean },
  work: (brought: BroughtRows) => Promise<T>,
): Promise<T> {
  const begun = startRows(model, rows, where);
  const { madeSql, drop } = await makeTables(database, model, functions, { ...begun, everyRow: needsAll });
  const bring = (everyRow: boolean): RecipeRows => {
    const { ctes, from, choices } = recipeCtes(model, begun.start, begun.from, { everyRow, madeSql });
    return { ctes: [...begun.before, ...ctes], start: 'score_rows', end: from, choices };
  };
  try {
    const recipe = bring(false);
    return await work({ recipe, everyRow: recipe.choices.length === 0 ? recipe : bring(true) });
  } finally {
    await drop();
  }
}

export const answersOf = (database: Database, predictor: Predictor, rows: RecipeRows): Promise<Answers> =>
  answerRows(predictor, rows, {
    numbers: (select) =>
      database.matrix(
        composeQuery({ ctes: rows.ctes, from: rows.end }, () => select),
        (n, m) => new Float64Array(n * m),
      ),
    eachNumbers: (select, visit) =>
      database.eachNumbers(
        composeQuery({ ctes: rows.ctes, from: rows.end }, () => select),
        visit,
      ),
    texts: (select) => database.columns(composeQuery({ ctes: rows.ctes, from: rows.end }, () => select)),
  });

/** Rows that have passed a choice of the model are scored from before it, so that those it left out are counted. */
function beforeChoices(model: ModelFile, rows: TableValue): TableValue {
  const keys = recipeKeys(model);
  const { base, steps } = rows.provenance;
  if (!keys.includes(steps.at(-1)?.key ?? base.key)) return rows;
  return steps.find((step) => step.before !== undefined && keys.includes(step.key))?.before ?? rows;
}

/** The same rows, as they were before a step that taught them. */
function asUntaught(model: ModelFile, rows: TableValue): TableValue {
  const before = untaught(rows, placeRows(model, rows), model);
  if (before === undefined) return rows;
  return beforeTaught(before, rows, `SELECT ${rowColumn} AS row FROM ${rows.from}`, rowColumn);
}

/** @param numbered a SELECT of `row`, by which a row is found, and of its number among those that are asked about */
export function beforeTaught(
  before: TableValue,
  rows: Pick<TableValue, 'ctes'>,
  numbered: string,
  number: string,
): TableValue {
  const ctes = new Map([...rows.ctes, ...before.ctes].map((cte) => [cte.name, cte]));
  const sql = `SELECT b.* EXCLUDE (${rowColumn}), ${number === rowColumn ? 'r.row' : `r.${number}`} AS ${rowColumn} FROM (${numbered}) r JOIN ${before.from} b ON b.${rowColumn} = r.row`;
  return { ...before, ctes: [...ctes.values(), { name: 'untaught_rows', sql }], from: 'untaught_rows' };
}

export async function scoreTable(
  database: Database,
  predictor: Predictor,
  given: TableValue,
  options: { partition: PartitionName },
): Promise<Scored> {
  const { model, task } = predictor;
  const isAside = options.partition === 'test' || options.partition === 'validation';
  const rows = asUntaught(model, isAside ? beforeChoices(model, given) : given);
  const split = isSplit(rows) && rows.allTraining !== true;
  const measuredOn: PartitionName = split ? options.partition : wereOnTheWay(model, rows) ? 'train' : 'test';
  const where = split && options.partition !== 'all' ? ` WHERE ${partitionColumn} = ${literal(options.partition)}` : '';
  const target = id(model.target.name).render();
  if (
    !rows.columns.some((c) => c.name === model.target.name) &&
    !model.base.columns.some((c) => c.name === model.target.name)
  )
    throw fail('evaluate.no-target', {
      message: `The rows have no column "${model.target.name}", which the model predicts.`,
      mend: 'Wire rows that still have their target.',
      column: model.target.name,
    });
  const weight = rows.columns.find((c) => c.role === 'weight');
  const measured = { target, weight: weight?.name, truth: task.measured?.truth ?? ('value' as const) };
  const { truth, answers } = await withRecipeRows(
    database,
    predictor,
    { rows, where, needsAll: true },
    async ({ recipe, everyRow }) => ({
      truth: await readTruth(database, model, everyRow, measured),
      answers: await answersOf(database, predictor, recipe),
    }),
  );
  const count = answers.rows;
  if (count === 0)
    throw fail('evaluate.no-rows', {
      message: split ? `There are no ${options.partition} rows to measure on.` : 'There are no rows to measure on.',
      mend: !split
        ? 'Check the filters before.'
        : options.partition === 'validation'
          ? 'Give Split validation rows, or measure on the test rows.'
          : 'Give Split a test fraction, or a larger one.',
    });
  const keep = truth.known;
  const pick = (values: Float64Array): Float64Array =>
    keep.length === count ? values : pickRows(values, keep, values.length / count);
  return {
    rows: keep.length,
    withoutTarget: count - keep.length,
    measuredOn,
    task: model.task,
    classes: model.classes,
    target: truth.target,
    unseen: truth.unseen,
    prediction: pick(answers.prediction),
    probabilities: pick(answers.probabilities),
    ...(truth.weights === undefined ? {} : { weights: truth.weights }),
    ...imagesOf(database, { ctes: startRows(model, rows, where).before, start: 'score_rows' }, rows, keep),
  };
}

/** The first column of images of the rows, read for those rows alone that somebody wants to see. */
function imagesOf(
  database: Database,
  { ctes, start }: Pick<RecipeRows, 'ctes' | 'start'>,
  rows: TableValue,
  keep: readonly number[],
): Pick<Scored, 'images'> {
  const column = rows.columns.find((c) => isImageType(c.type));
  if (column === undefined) return {};
  return {
    images: async (wanted) => {
      const places = wanted.map((row) => keep[row] ?? -1);
      const found = await database.query(
        composeQuery(
          { ctes, from: start },
          (from) =>
            `SELECT i, image FROM (SELECT row_number() OVER (ORDER BY ${rowColumn}) - 1 AS i, ${id(column.name).render()} AS image FROM ${from}) WHERE i IN (${[...places, -1].join(', ')})`,
        ),
      );
      const cells = new Map(found.map((row) => [Number(row['i']), row['image']]));
      return places.map((place) => {
        const cell = cells.get(place);
        return typeof cell === 'string' ? readImageCell(cell) : undefined;
      });
    },
  };
}

interface Truth {
  /** Indices of rows whose target is known. */
  known: number[];
  target: Float64Array;
  unseen: string[];
  weights?: Float64Array;
}

async function readTruth(
  database: Database,
  model: ModelFile,
  rows: RecipeRows,
  { target, weight, truth }: { target: string; weight: string | undefined; truth: Measuring['truth'] },
): Promise<Truth> {
  const weightSql = weight === undefined ? 'NULL::DOUBLE' : `CAST(${id(weight).render()} AS DOUBLE)`;
  const value =
    truth === 'label'
      ? `list_position(${labelList(model)}, CAST(${target} AS ${model.target.type})) - 1`
      : `CAST(${target} AS DOUBLE)`;
  // The text of those alone that the model has never seen.
  const text = truth === 'label' ? `CASE WHEN ${value} IS NULL THEN CAST(${target} AS VARCHAR) END` : 'NULL::VARCHAR';
  const [values, labels, weights] = await database.columns(
    composeQuery(
      { ctes: rows.ctes, from: rows.end },
      (from) =>
        `SELECT CASE WHEN ${target} IS NULL THEN NULL ELSE coalesce(CAST(${value} AS DOUBLE), -1) END AS v, ${text} AS l, ${weightSql} AS w FROM ${from} ORDER BY ${rowColumn}`,
    ),
  );
  const known: number[] = [];
  const unseen = new Map<string, number>();
  const found: number[] = [];
  const sized: number[] = [];
  values?.values.forEach((v, i) => {
    if (typeof v !== 'number' || Number.isNaN(v)) return;
    known.push(i);
    sized.push(Number(weights?.values[i] ?? 1));
    if (truth === 'value' || v >= 0) return void found.push(v);
    const label = String(labels?.values[i] ?? '');
    const number = unseen.get(label) ?? unseen.size;
    unseen.set(label, number);
    found.push(model.classes.length + number);
  });
  return {
    known,
    target: Float64Array.from(found),
    unseen: [...unseen.keys()],
    ...(weight === undefined ? {} : { weights: Float64Array.from(sized) }),
  };
}

function pickRows(values: Float64Array, rows: readonly number[], columns: number): Float64Array {
  const out = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => out.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  return out;
}
