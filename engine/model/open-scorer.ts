/** A model that answers raw rows: the same SQL and the same estimator as in a batch, over a table of the rows that were asked about. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { id, literal, type SqlValue } from '../../shared/sql.ts';
import { rowColumn } from '../../shared/wires.ts';
import type { Prediction, RawRow, Scorer } from '../serve/scorer.ts';
import { Database } from '../table/database.ts';
import { readModel, type ModelFile } from './model-file.ts';
import { openPredictor } from './predictor.ts';
import { baseSelect, featureList, recipeCtes } from './recipe-query.ts';

/** Larger requests are answered in parts of this many rows: a longer list of VALUES takes DuckDB's parser more than its share. */
const rowsAtOnce = 512;

export async function openScorer(modelFolder: string): Promise<Scorer> {
  const model = readModel(await readFile(join(modelFolder, 'model.json'), 'utf8'));
  const predictor = openPredictor(model);
  const database = await Database.open({ threads: 1, memoryBytes: 512 * 2 ** 20, tempFolder: null, allowed: [] });
  const given = model.base.columns.map((c) => c.name);
  const query = (rows: string): string => {
    const base = baseSelect(model, given, 'raw_rows', [rowColumn]);
    const { ctes, from } = recipeCtes(model, 'base_rows', 0);
    const all = [{ name: 'raw_rows', sql: rows }, { name: 'base_rows', sql: base }, ...ctes];
    return `WITH ${all.map((c) => `${c.name} AS (${c.sql})`).join(', ')} SELECT ${featureList(model.features)} FROM ${from} ORDER BY ${rowColumn}`;
  };
  const list = given.map((name) => id(name).render()).join(', ');
  const one = await database.prepareMatrix(
    query(
      `SELECT 0::BIGINT AS ${rowColumn}${given.map((name, i) => `, CAST($${i + 1} AS VARCHAR) AS ${id(name).render()}`).join('')}`,
    ),
  );
  const featuresOf = (rows: readonly RawRow[]): Promise<{ values: Float64Array; rows: number }> => {
    const texts = rows.map((row) => given.map((name) => toText(row[name] ?? null)));
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return one(only);
    const values = texts
      .map((t, i) => `(${i}, ${t.map((v) => (v === null ? 'NULL::VARCHAR' : literal(v))).join(', ')})`)
      .join(', ');
    return database.matrix(
      query(`SELECT * FROM (VALUES ${values}) AS v(${rowColumn}, ${list})`),
      (n, m) => new Float64Array(n * m),
    );
  };
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
    predictRows: (rows) =>
      inTurn(async () => {
        const answers: Prediction[] = [];
        for (let at = 0; at < rows.length; at += rowsAtOnce) {
          const part = rows.slice(at, at + rowsAtOnce);
          const features = await featuresOf(part);
          answers.push(...toPredictions(model, predictor.predict(features.values, part.length), part.length));
        }
        return answers;
      }),
    close: () => inTurn(() => database[Symbol.asyncDispose]()),
  };
}

/** As DuckDB reads it back: numbers with as many digits as they need. */
function toText(value: SqlValue): string | null {
  if (value === null) return null;
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return String(value);
}

function toPredictions(
  model: ModelFile,
  out: { prediction: Float64Array; probabilities: Float64Array },
  rows: number,
): Prediction[] {
  const classes = model.classes.length;
  return Array.from({ length: rows }, (_, i): Prediction => {
    const value = out.prediction[i] ?? Number.NaN;
    if (model.task === 'regression') return { prediction: Number.isFinite(value) ? value : null, probabilities: null };
    return {
      prediction: model.classes[value] ?? null,
      probabilities: Object.fromEntries(
        model.classes.map((c, k) => [String(c), out.probabilities[i * classes + k] ?? Number.NaN]),
      ),
    };
  });
}
