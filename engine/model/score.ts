/** Scoring tables inside a run: only what the rows do not yet carry of the recipe is applied. */
import type { PartitionName, Scored } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { id, literal } from '../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../shared/wires.ts';
import { composeQuery, isSplit, type Cte, type TableValue } from '../run/table-value.ts';
import type { Database } from '../table/database.ts';
import { stepsCarried, type ModelFile } from './model-file.ts';
import type { Predictor, Predictions } from './predictor.ts';
import { baseSelect, featureList, labelList, recipeCtes } from './recipe-query.ts';

interface RecipeRows {
  /** The chain of the rows, and what the recipe adds to it. */
  ctes: readonly Cte[];
  /** The rows as they were given, with `__row` and nothing else hidden. */
  start: string;
  /** The rows with the whole recipe applied. */
  end: string;
}

/** Rows at any place along the recipe, brought to its end. */
export function recipeRows(model: ModelFile, rows: TableValue, where: string): RecipeRows {
  const carried = stepsCarried(model, rows);
  const split = isSplit(rows);
  const ordinal = rows.hidden.includes(rowColumn) ? '' : `row_number() OVER () - 1 AS ${rowColumn}, `;
  const ctes: Cte[] = [
    {
      name: 'score_rows',
      sql: `SELECT ${ordinal}*${split ? ` EXCLUDE (${partitionColumn})` : ''} FROM ${rows.from}${where}`,
    },
  ];
  let start = 'score_rows';
  if (carried < 0) {
    ctes.push({
      name: 'score_base',
      sql: baseSelect(
        model,
        rows.columns.map((c) => c.name),
        start,
        [rowColumn],
      ),
    });
    start = 'score_base';
  }
  const recipe = recipeCtes(model, start, Math.max(carried, 0));
  return { ctes: [...rows.ctes, ...ctes, ...recipe.ctes], start: 'score_rows', end: recipe.from };
}

export async function featuresOf(
  database: Database,
  model: ModelFile,
  rows: RecipeRows,
): Promise<{ features: Float64Array; rows: number }> {
  const read = await database.matrix(
    composeQuery(
      { ctes: rows.ctes, from: rows.end },
      (from) => `SELECT ${featureList(model.features)} FROM ${from} ORDER BY ${rowColumn}`,
    ),
    (n, m) => new Float64Array(n * m),
  );
  return { features: read.values, rows: read.rows };
}

export async function scoreTable(
  database: Database,
  predictor: Predictor,
  rows: TableValue,
  options: { partition: PartitionName; threshold?: number },
): Promise<Scored> {
  const { model } = predictor;
  const split = isSplit(rows) && rows.allTraining !== true;
  const measuredOn: PartitionName = split ? options.partition : stepsCarried(model, rows) >= 0 ? 'train' : 'test';
  const where = split && options.partition !== 'all' ? ` WHERE ${partitionColumn} = ${literal(options.partition)}` : '';
  const recipe = recipeRows(model, rows, where);
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
  const truth = await readTruth(database, model, recipe, target, weight?.name);
  const { features, rows: count } = await featuresOf(database, model, recipe);
  if (count === 0)
    throw fail('evaluate.no-rows', {
      message: split ? `There are no ${options.partition} rows to measure on.` : 'There are no rows to measure on.',
      mend: split ? 'Give Split a test fraction, or a larger one.' : 'Check the filters before.',
    });
  const keep = truth.known;
  const kept = keep.length === count ? features : pickRows(features, keep, model.features.length);
  const predictions = predictor.predict(kept, keep.length, options.threshold);
  return {
    rows: keep.length,
    withoutTarget: count - keep.length,
    measuredOn,
    task: model.task,
    classes: model.classes,
    target: truth.target,
    unseen: truth.unseen,
    ...predictions,
    ...(truth.weights === undefined ? {} : { weights: truth.weights }),
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
  target: string,
  weight: string | undefined,
): Promise<Truth> {
  const weightSql = weight === undefined ? 'NULL::DOUBLE' : `CAST(${id(weight).render()} AS DOUBLE)`;
  const value =
    model.task === 'classification'
      ? `list_position(${labelList(model)}, CAST(${target} AS ${model.target.type})) - 1`
      : `CAST(${target} AS DOUBLE)`;
  const text = model.task === 'classification' ? `CAST(${target} AS VARCHAR)` : 'NULL::VARCHAR';
  const [values, labels, weights] = await database.columns(
    composeQuery(
      { ctes: rows.ctes, from: rows.end },
      (from) =>
        `SELECT CASE WHEN ${target} IS NULL THEN NULL ELSE coalesce(CAST(${value} AS DOUBLE), -1) END AS v, ${text} AS l, ${weightSql} AS w FROM ${from} ORDER BY ${rowColumn}`,
    ),
  );
  const known: number[] = [];
  const unseen: string[] = [];
  const found: number[] = [];
  const weighed: number[] = [];
  values?.values.forEach((v, i) => {
    if (typeof v !== 'number' || Number.isNaN(v)) return;
    known.push(i);
    weighed.push(Number(weights?.values[i] ?? 1));
    if (model.task === 'regression' || v >= 0) return void found.push(v);
    const label = String(labels?.values[i] ?? '');
    if (!unseen.includes(label)) unseen.push(label);
    found.push(model.classes.length + unseen.indexOf(label));
  });
  return {
    known,
    target: Float64Array.from(found),
    unseen,
    ...(weight === undefined ? {} : { weights: Float64Array.from(weighed) }),
  };
}

function pickRows(features: Float64Array, rows: readonly number[], columns: number): Float64Array {
  const out = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => out.set(features.subarray(row * columns, (row + 1) * columns), i * columns));
  return out;
}

/** The rows with their predictions as a SELECT over temporary tables; `drop` removes them. */
export async function predictionsQuery(
  database: Database,
  predictor: Predictor,
  rows: TableValue,
  unique: string,
): Promise<{ select: string; drop: () => Promise<void> }> {
  const { model } = predictor;
  const given = `given_${unique}`;
  const answers = `answers_${unique}`;
  const order = rows.hidden.includes(rowColumn) ? `ORDER BY ${rowColumn}` : '';
  await database.run(
    `CREATE TEMP TABLE ${given} AS ${composeQuery(rows, (from) => `SELECT row_number() OVER (${order}) - 1 AS __i, * FROM ${from}`)}`,
  );
  const plain: TableValue = {
    ...rows,
    ctes: [
      {
        name: 'given_rows',
        sql: `SELECT * EXCLUDE (__i${rows.hidden.map((h) => `, ${h}`).join('')}), __i AS ${rowColumn} FROM ${given}`,
      },
    ],
    from: 'given_rows',
    hidden: [rowColumn],
  };
  const { features, rows: count } = await featuresOf(database, model, recipeRows(model, plain, ''));
  await appendPredictions(database, answers, model, predictor.predict(features, count), count);
  const labels = labelList(model);
  const answer =
    model.task === 'regression'
      ? 'a.p AS prediction'
      : [
          `${labels}[CAST(a.p AS BIGINT) + 1] AS prediction`,
          ...model.classes.map((c, k) => `a.q${k} AS ${id(`probability_${String(c)}`).render()}`),
        ].join(', ');
  return {
    select: `SELECT g.* EXCLUDE (__i), ${answer} FROM ${given} g JOIN ${answers} a ON g.__i = a.i ORDER BY g.__i`,
    drop: async () => {
      await database.run(`DROP TABLE ${given}`);
      await database.run(`DROP TABLE ${answers}`);
    },
  };
}

async function appendPredictions(
  database: Database,
  table: string,
  model: ModelFile,
  predictions: Predictions,
  rows: number,
): Promise<void> {
  const classes = model.task === 'regression' ? 0 : model.classes.length;
  await database.run(
    `CREATE TEMP TABLE ${table} (i BIGINT, p DOUBLE${Array.from({ length: classes }, (_, k) => `, q${k} DOUBLE`).join('')})`,
  );
  const appender = await database.appender(table);
  for (let i = 0; i < rows; i++) {
    appender.appendBigInt(BigInt(i));
    appender.appendDouble(predictions.prediction[i] ?? Number.NaN);
    for (let k = 0; k < classes; k++) appender.appendDouble(predictions.probabilities[i * classes + k] ?? Number.NaN);
    appender.endRow();
  }
  appender.closeSync();
}
