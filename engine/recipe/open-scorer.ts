/** A model that answers raw rows: the same SQL and the same estimator as in a batch, over a table of the rows that were asked about. */
import { append } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import { isImageType } from '../../shared/media/image.ts';
import { id, literal, type SqlValue } from '../../shared/sql.ts';
import { rowColumn } from '../../shared/wires.ts';
import type { Prediction, RawRow, Scorer } from './scorer.ts';
import { Database } from '../table/database.ts';
import { answerRows, answerSelect, withoutNumbers, type Answers } from './answer-rows.ts';
import { imageBytesOf, openAskedImages, type AskedImages } from './asked-images.ts';
import { cellReader, cellRulesOf } from './cell-reader.ts';
import type { ModelFile } from './model-file.ts';
import { openModel } from './open-model.ts';
import { openPredictor } from './predictor.ts';
import { baseSelect, recipeCtes } from './recipe-query.ts';

/** Larger requests are answered in parts of this many rows: a longer list of VALUES takes DuckDB's parser more than its share. */
const rowsAtOnce = 512;

export async function openScorer(modelFolder: string): Promise<Scorer> {
  const opened = await openModel(modelFolder);
  const { model } = opened;
  const images = openAskedImages();
  const predictor = openPredictor(opened, { images, threads: 1 });
  const database = await Database.open({
    threads: 1,
    memoryBytes: 512 * 2 ** 20,
    tempFolder: null,
    allowed: [modelFolder],
  });
  const given = model.base.columns.map((c) => c.name);
  const { ctes, from, choices } = recipeCtes(model, 'base_rows', 0);
  const asked = { start: 'raw_rows', end: from, choices };
  const base = baseSelect(model, model.base.columns, 'raw_rows', [rowColumn]);
  const over = (rows: string, select: string): string =>
    `WITH ${[{ name: 'raw_rows', sql: rows }, { name: 'base_rows', sql: base }, ...ctes].map((c) => `${c.name} AS (${c.sql})`).join(', ')} ${select}`;
  const list = given.map((name) => id(name).render()).join(', ');
  const one = await database.prepareMatrix(
    over(
      `SELECT 0::BIGINT AS ${rowColumn}${given.map((name, i) => `, CAST($${i + 1} AS VARCHAR) AS ${id(name).render()}`).join('')}`,
      answerSelect(predictor, asked),
    ),
  );
  const answer = async (rows: readonly RawRow[]): Promise<Answers> => {
    const texts = rows.map((row) => given.map((name) => toText(row[name] ?? null)));
    const [only] = texts;
    // Texts and images are read by a query of their own.
    if (texts.length === 1 && only !== undefined && predictor.texts.length === 0) {
      const found = await one(only);
      const numbers = choices.length === 0 ? found.values : withoutNumbers(found).features;
      if (found.rows === 1)
        return { ...(await predictor.predict({ numbers, texts: [] }, 1)), rows: 1, notes: new Map() };
    }
    const values = texts
      .map((t, i) => `(${i}, ${t.map((v) => (v === null ? 'NULL::VARCHAR' : literal(v))).join(', ')})`)
      .join(', ');
    const table = `SELECT * FROM (VALUES ${values}) AS v(${rowColumn}, ${list})`;
    return answerRows(predictor, asked, {
      numbers: (select) => database.matrix(over(table, select), (n, m) => new Float64Array(n * m)),
      texts: (select) => database.columns(over(table, select)),
    });
  };
  const pictures = model.base.columns.filter((c) => model.needed.includes(c.name) && isImageType(c.type));
  // One connection answers one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    task: model.task,
    target: model.target,
    classes: model.classes,
    inputSchema: model.base.columns.filter((c) => model.needed.includes(c.name)),
    knownColumns: given,
    ...(model.base.made === undefined ? {} : { expects: model.base.made.title }),
    cells: cellReader(cellRulesOf(model), (text) => inTurn(() => database.query(text))),
    predictRows: (rows) =>
      inTurn(async () => {
        const answers: Prediction[] = [];
        for (let at = 0; at < rows.length; at += rowsAtOnce) {
          const part = rows.slice(at, at + rowsAtOnce);
          const taken = pictures.length === 0 ? part : await takeImages(images, part, pictures, at);
          append(answers, toPredictions(model, await answer(taken)));
          images.forget();
        }
        return answers;
      }),
    close: () =>
      inTurn(async () => {
        await predictor.close();
        await database[Symbol.asyncDispose]();
      }),
  };
}

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

/** As DuckDB reads it back: numbers with as many digits as they need. */
function toText(value: SqlValue): string | null {
  if (value === null) return null;
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return String(value);
}

function toPredictions(model: ModelFile, { prediction, probabilities, rows, notes }: Answers): Prediction[] {
  const classes = model.classes.length;
  return Array.from({ length: rows }, (_, i): Prediction => {
    const note = notes.get(i);
    if (note !== undefined) return { prediction: null, probabilities: null, note };
    const value = prediction[i] ?? Number.NaN;
    if (model.task === 'regression') return { prediction: Number.isFinite(value) ? value : null, probabilities: null };
    return {
      prediction: model.classes[value] ?? null,
      probabilities: Object.fromEntries(
        model.classes.map((c, k) => [String(c), probabilities[i * classes + k] ?? Number.NaN]),
      ),
    };
  });
}
