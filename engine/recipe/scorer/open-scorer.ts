/** A model that answers raw rows: the same SQL and the same estimator as in a batch, over a table of the rows that were asked about. */
import { append } from '../../../shared/append.ts';
import { fail } from '../../../shared/errors.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { id, literal, type SqlValue } from '../../../shared/sql.ts';
import { rowColumn } from '../../../shared/wires.ts';
import type { Prediction, RawRow, Scorer } from './scorer.ts';
import { Database } from '../../table/database.ts';
import { composeQuery, type Cte, type StepTable } from '../compose/table-value.ts';
import { gatherRequests } from './gather-requests.ts';
import { toText } from '../row-program/raw-text.ts';
import type { RowProgram } from '../row-program/row-program.ts';
import { answerRows, answerSelect, withoutNumbers, type Answers, type Matrix64 } from './answer-rows.ts';
import { prepareFunctions } from './asked-functions.ts';
import { imageBytesOf, openAskedImages, type AskedImages } from './asked-images.ts';
import { keepTables } from './asked-tables.ts';
import { cellReader, cellRulesOf } from './cell-reader.ts';
import { openModel } from '../open-model.ts';
import { compileModelRows } from '../model-rows.ts';
import { openPredictor, type Predictor } from '../predictor.ts';
import { baseSelect, recipeCtes, type RecipeCtes } from '../recipe-query.ts';
import { makeTables } from '../step-functions.ts';
import { figureColumns, toPredictions } from './to-predictions.ts';

/** Larger requests are answered in parts of this many rows. */
const rowsAtOnce = 512;

export interface OpenScorerOptions {
  /** Everything by SQL, as the row program is measured and tested against. */
  sqlAlone?: boolean;
}

export async function openScorer(modelFolder: string, { sqlAlone = false }: OpenScorerOptions = {}): Promise<Scorer> {
  const opened = await openModel(modelFolder);
  const { model } = opened;
  const images = openAskedImages();
  const predictor = await openPredictor(opened, { images, threads: 1 });
  const database = await Database.open({
    threads: 1,
    memoryBytes: 512 * 2 ** 20,
    tempFolder: null,
    allowed: [modelFolder],
  });
  const tableSql = await keepTables(database, model);
  const compiled = sqlAlone ? undefined : await compileModelRows(database, model, predictor, tableSql);
  const program = compiled !== undefined && 'compute' in compiled ? compiled : undefined;
  const uncovered = compiled !== undefined && 'what' in compiled ? compiled : undefined;
  const ask = await openQuery(database, predictor, tableSql);
  const pictures = model.base.columns.filter((c) => model.needed.includes(c.name) && isImageType(c.type));
  // One connection answers one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  const bySql = async (rows: readonly RawRow[]): Promise<Prediction[]> => {
    const answers: Prediction[] = [];
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const part = rows.slice(at, at + rowsAtOnce);
      const taken = pictures.length === 0 ? part : await takeImages(images, part, pictures, at);
      append(answers, toPredictions(predictor, await ask(taken)));
      images.forget();
    }
    return answers;
  };
  // A refusal of an image names its row among those of its own request.
  const gathered = gatherRequests((rows: readonly RawRow[]) => inTurn(() => bySql(rows)));
  const byQuery = pictures.length === 0 ? gathered : (rows: readonly RawRow[]) => inTurn(() => bySql(rows));
  return {
    task: model.task,
    target: model.target,
    classes: model.classes,
    figures: figureColumns(predictor).map(({ name }) => name),
    inputSchema: model.base.columns.filter((c) => model.needed.includes(c.name)),
    knownColumns: model.base.columns.map((c) => c.name),
    ...(model.base.made === undefined ? {} : { expects: model.base.made.title }),
    cells: cellReader(cellRulesOf(model), (text) => inTurn(() => database.query(text))),
    ...(uncovered === undefined ? {} : { byQuery: `"${uncovered.step}" has ${uncovered.what}` }),
    predictRows: program === undefined ? byQuery : (rows) => predictByProgram(program, predictor, rows, byQuery),
    close: () =>
      inTurn(async () => {
        await predictor.close();
        await database[Symbol.asyncDispose]();
      }),
  };
}

/** Rows in their order; those that the program leaves to SQL are asked together. */
async function predictByProgram(
  program: RowProgram,
  predictor: Predictor,
  rows: readonly RawRow[],
  byQuery: (rows: readonly RawRow[]) => Promise<readonly Prediction[]>,
): Promise<readonly Prediction[]> {
  const { width } = program;
  const numbers = new Float64Array(rows.length * width);
  const notes = new Map<number, string>();
  const deferred: number[] = [];
  rows.forEach((row, i) => {
    const outcome = program.compute(row, numbers, i * width);
    if (outcome === 'deferred') deferred.push(i);
    else if (outcome !== 'answered') notes.set(i, outcome.leftOut);
  });
  const answered = await predictor.predict({ numbers, texts: [] }, rows.length);
  const predictions = toPredictions(predictor, { ...answered, rows: rows.length, notes });
  if (deferred.length === 0) return predictions;
  const others = await byQuery(deferred.map((i) => rows[i]).filter((row) => row !== undefined));
  deferred.forEach((place, i) => {
    const other = others[i];
    if (other !== undefined) predictions[place] = other;
  });
  return predictions;
}

/** The recipe and the estimator over rows of texts, as one prepared query for one row, and one for any number of them. */
async function openQuery(
  database: Database,
  predictor: Predictor,
  tableSql: (table: StepTable) => string,
): Promise<(rows: readonly RawRow[]) => Promise<Answers>> {
  const { model } = predictor;
  const given = model.base.columns.map((c) => c.name);
  const base = baseSelect(model, model.base.columns, 'raw_rows', [rowColumn]);
  const before = (rows: string): Cte[] => [
    { name: 'raw_rows', sql: rows },
    { name: 'base_rows', sql: base },
  ];
  const names = given.map((name) => id(name).render());
  const answerBy = (rows: string, { ctes, from, choices }: RecipeCtes): Promise<Answers> => {
    const whole = (select: string): string => composeQuery({ ctes: [...before(rows), ...ctes], from }, () => select);
    return answerRows(
      predictor,
      { start: 'raw_rows', end: from, choices },
      {
        numbers: (query) => database.matrix(whole(query), (n, m) => new Float64Array(n * m)),
        texts: (query) => database.columns(whole(query)),
      },
    );
  };
  const textsOf = (rows: readonly RawRow[]) => rows.map((row) => given.map((name) => textOf(row[name] ?? null)));
  if (model.steps.some((step) => step.made !== undefined)) {
    const byTables = async (texts: ReturnType<typeof textsOf>): Promise<Answers> => {
      const raw = valuesOfRows(names, texts);
      const start = { before: before(raw), start: 'base_rows', from: 0, tableSql };
      const { madeSql, drop } = await makeTables(database, model, predictor.functions, start);
      try {
        return await answerBy(raw, recipeCtes(model, 'base_rows', 0, { tableSql, madeSql }));
      } finally {
        await drop();
      }
    };
    // A row's texts for a network are read by a query of their own, and who is left out is asked about anew.
    if (predictor.texts.length > 0) return (rows) => byTables(textsOf(rows));
    const { from: end, choices } = recipeCtes(model, 'base_rows', 0, { tableSql, madeSql: () => '' });
    const ask = await prepareFunctions(database, predictor, {
      before: before(rowsOfJson(names)),
      start: 'base_rows',
      tableSql,
      select: answerSelect(predictor, { start: 'raw_rows', end, choices }),
    });
    return async (rows) => {
      const texts = textsOf(rows);
      const found = hasZeros(texts) ? undefined : await ask(rowsAsJson(texts));
      return found?.rows === texts.length ? answered(predictor, found, choices.length > 0) : byTables(texts);
    };
  }
  const recipe = recipeCtes(model, 'base_rows', 0, { tableSql });
  const { ctes, from, choices } = recipe;
  const over = (rows: string, select: string): string =>
    composeQuery({ ctes: [...before(rows), ...ctes], from }, () => select);
  const select = answerSelect(predictor, { start: 'raw_rows', end: from, choices });
  const one = await database.prepareMatrix(
    over(
      `SELECT 0::BIGINT AS ${rowColumn}${names.map((name, i) => `, CAST($${i + 1} AS VARCHAR) AS ${name}`).join('')}`,
      select,
    ),
  );
  const some = await database.prepareMatrix(over(rowsOfJson(names), select));
  return async (rows) => {
    const texts = textsOf(rows);
    const [only] = texts;
    // Texts and images are read by a query of their own, and who is left out is asked about anew.
    if (only !== undefined && predictor.texts.length === 0) {
      const isOne = texts.length === 1;
      const found = !isOne && hasZeros(texts) ? undefined : await (isOne ? one(only) : some([rowsAsJson(texts)]));
      if (found?.rows === texts.length) return answered(predictor, found, choices.length > 0);
    }
    return answerBy(valuesOfRows(names, texts), recipe);
  };
}

async function answered(predictor: Predictor, { values, rows }: Matrix64, hasNumbers: boolean): Promise<Answers> {
  const numbers = hasNumbers ? withoutNumbers({ values, rows }).features : values;
  return { ...(await predictor.predict({ numbers, texts: [] }, rows)), rows, notes: new Map() };
}

const hasZeros = (texts: readonly (readonly (string | null)[])[]): boolean =>
  texts.some((row) => row.some((text) => text?.includes('\0') === true));
function valuesOfRows(names: readonly string[], texts: readonly (readonly (string | null)[])[]): string {
  const values = texts
    .map((t, i) => `(${i}, ${t.map((v) => (v === null ? 'NULL::VARCHAR' : literal(v))).join(', ')})`)
    .join(', ');
  return `SELECT * FROM (VALUES ${values}) AS v(${[rowColumn, ...names].join(', ')})`;
}
const rowsOfJson = (names: readonly string[]): string =>
  `SELECT CAST(__cells[1] AS BIGINT) AS ${rowColumn}${names.map((name, i) => `, __cells[${i + 2}] AS ${name}`).join('')} FROM (SELECT unnest(CAST(CAST($1 AS JSON) AS VARCHAR[][])) AS __cells)`;
const rowsAsJson = (texts: readonly (readonly (string | null)[])[]): string =>
  JSON.stringify(texts.map((row, i) => [String(i), ...row.map((text) => text?.toWellFormed() ?? null)]));

const textOf = (value: SqlValue): string | null => (value === null ? null : toText(value));

/** Rows whose images came as base64, with the values that the recipe works on. */
async function takeImages(
  images: AskedImages,
  rows: readonly RawRow[],
  columns: readonly { name: string }[],
  before: number,
): Promise<RawRow[]> {
  const taken: RawRow[] = [];
  for (const [i, row] of rows.entries()) {
    const own: Record<string, SqlValue> = { ...row };
    for (const { name } of columns) {
      const text = row[name] ?? null;
      if (typeof text !== 'string') continue;
      const where = `Row ${before + i + 1}: the image in the column "${name}"`;
      const bytes = imageBytesOf(text);
      if (bytes === undefined)
        throw fail('predict.bad-image', {
          message: `${where} is not base64.`,
          mend: 'Send the bytes of the image file as base64.',
          column: name,
          facts: { row: before + i + 1 },
        });
      own[name] = await images.take(bytes, `row ${before + i + 1}`, where);
    }
    taken.push(own);
  }
  return taken;
}
