/** The rows that `predict` reads: by the reader that the model was trained with where the file is of its kind, else as text that is cast to the model's columns. */
import { extname } from 'node:path';
import { readOddBytes } from '../../engine/sources/decoded-files.ts';
import { cellRulesOf, hasLearntCells } from '../../engine/recipe/scorer/cell-reader.ts';
import { baseSign, type ModelFile } from '../../engine/recipe/model-file.ts';
import { predictionColumns } from '../../engine/recipe/recipe-query.ts';
import type { TableValue } from '../../engine/recipe/compose/table-value.ts';
import type { Database } from '../../engine/table/database.ts';
import { plainPath } from '../../engine/table/plain-path.ts';
import { loadRun, loadSpecs } from '../../nodes/runs.ts';
import type { RelationalRun } from '../../shared/capabilities.ts';
import { cannotBeRead, isReadFromText, plainCells, readCell, type CellRules } from '../../shared/table/cell-reading.ts';
import { fail, failWith, type FlowyardError } from '../../shared/errors.ts';
import { id, raw, sql, type Sql } from '../../shared/sql.ts';
import { hiddenColumns, isInteger, typeFamily, type Column } from '../../shared/wires.ts';

const readers = {
  'read.csv': ['.csv', '.tsv', '.txt', '.tab'],
  'read.jsonl': ['.jsonl', '.ndjson', '.json'],
  'read.parquet': ['.parquet'],
} as const;
type ReaderKind = keyof typeof readers;

/** The kind of reader that a file's name asks for; `.gz` and `.zst` stand behind it. */
export function readerFor(path: string): ReaderKind {
  const ending = extname(path.replace(/\.(gz|zst)$/i, '')).toLowerCase();
  const found = Object.entries(readers).find(([, endings]) => endings.some((one) => one === ending))?.[0];
  if (found === 'read.csv' || found === 'read.jsonl' || found === 'read.parquet') return found;
  throw fail('predict.input-kind', {
    message: `"${path}" does not say by its name what it is.`,
    mend: 'Give a file that ends in .csv, .tsv, .jsonl, .json or .parquet.',
  });
}

/** A table over the file, with the columns that the file has. */
export async function readInput(
  database: Database,
  model: ModelFile,
  path: string,
  /** What becomes of the file's rows before they are typed: names of images become images. */
  prepare: (select: string) => Promise<string> = (select) => Promise.resolve(select),
): Promise<TableValue> {
  const select = raw(await prepare((await selectOf(database, model, path)).render()));
  const taken = new Set([...predictionColumns(model), ...hiddenColumns].map((name) => name.toLowerCase()));
  const described = await database.describe(select.render());
  const clash = described.find((c) => taken.has(c.name.toLowerCase()) && model.needed.includes(c.name));
  if (clash !== undefined)
    throw fail('column.duplicate', {
      message: `The model reads a column "${clash.name}", which predict would add.`,
      mend: 'Rename the column before training.',
      column: clash.name,
    });
  // The answers of an earlier prediction make room for the new ones.
  const columns = described.filter((c) => !taken.has(c.name.toLowerCase()));
  const key = 'predict-input';
  const wanted = new Map(model.base.columns.filter((c) => isTyped(model, path, c.name)).map((c) => [c.name, c.type]));
  const typed = columns.map((c) => ({ ...c, type: wanted.get(c.name) ?? c.type }));
  const found = new Map(columns.map((c) => [c.name, c.type]));
  const isJson = readerFor(path) === 'read.jsonl';
  const readings = typed.map((c) =>
    wanted.has(c.name) ? readingOf(cellRulesOf(model), c, found.get(c.name) ?? c.type, isJson) : castTo(c),
  );
  await refuseBadValues(database, select, readings);
  const names = readings.map(({ column, value }) => `${value} AS ${id(column.name).render()}`).join(', ');
  return {
    key,
    columns: typed,
    hidden: [],
    ctes: [{ name: 'input_rows', sql: `SELECT ${names} FROM (${select.render()}) AS input_file` }],
    from: 'input_rows',
    nodes: [],
    mixes: false,
    provenance: { base: { key, columns: typed, sign: baseSign(model) }, steps: [] },
  };
}

/** What the model needs has the model's types; of a file like that of the training its other columns have too, and no value of them is changed either. */
const isTyped = (model: ModelFile, path: string, name: string): boolean =>
  model.needed.includes(name) || (model.base.reader?.kind === 'read.csv' && readerFor(path) === 'read.csv');

interface Reading {
  column: Column;
  value: string;
  /** Is it there, and no value of the column's type? */
  bad?: string;
}

const castTo = (column: Column): Reading => ({ column, value: `CAST(${id(column.name).render()} AS ${column.type})` });

/** A text is read as the cells were that the model learnt from; what the file itself has as a number or a date is that, as in a request of JSON, in which nothing but 1e400 is infinite. */
function readingOf(rules: CellRules, column: Column, found: string, isJson: boolean): Reading {
  const name = id(column.name).render();
  const { type } = column;
  const asText = (by: CellRules, text: string): Reading => ({
    column,
    value: readCell(by, type, text),
    ...(isReadFromText(type) ? { bad: cannotBeRead(by, type, text) } : {}),
  });
  if (found === type && type !== 'VARCHAR')
    return isJson && /^(DOUBLE|FLOAT)$/.test(type) ? { ...castTo(column), bad: `isinf(${name})` } : castTo(column);
  if (found === 'VARCHAR') return asText(rules, name);
  if (typeFamily(found) !== 'number') return castTo(column);
  if (isInteger(type) || typeFamily(type) === 'boolean') return asText(plainCells, `CAST(${name} AS VARCHAR)`);
  if (typeFamily(type) === 'time') return asText(rules, `CAST(${name} AS VARCHAR)`);
  if (type !== 'VARCHAR') return castTo(column);
  const whole = `TRY_CAST(${name} AS HUGEINT)`;
  return {
    column,
    value: `CAST(${whole} AS VARCHAR)`,
    bad: `(${name} IS NOT NULL AND ${whole} IS DISTINCT FROM ${name})`,
  };
}

/** Names the row and the column of the first value that is none of the model's type. */
async function refuseBadValues(database: Database, select: Sql, readings: readonly Reading[]): Promise<void> {
  const judged = readings.flatMap(({ column, bad }) => (bad === undefined ? [] : [{ column, bad }]));
  if (judged.length === 0) return;
  const [row] = await database.query(
    `SELECT "row number", CASE ${judged.map(({ bad }, i) => `WHEN ${bad} THEN ${i}`).join(' ')} END AS place, [${judged.map(({ column }) => `CAST(${id(column.name).render()} AS VARCHAR)`).join(', ')}][place + 1] AS value FROM (SELECT row_number() OVER () AS "row number", * FROM (${select.render()}) AS input_file) WHERE ${judged.map(({ bad }) => bad).join(' OR ')} LIMIT 1`,
  );
  const column = judged[Number(row?.['place'] ?? -1)]?.column;
  if (row === undefined || column === undefined) return;
  throw fail('predict.bad-value', {
    message: `Row ${String(row['row number'])}: "${String(row['value'])}" in the column "${column.name}" is no ${column.type}.`,
    mend: 'Correct the value, or leave it empty where it is missing.',
    column: column.name,
    facts: { row: Number(row['row number']) },
  });
}

async function selectOf(database: Database, model: ModelFile, path: string): Promise<Sql> {
  const kind = readerFor(path);
  if (model.base.reader?.kind === kind) return likeTraining(database, model, kind, path, model.base.reader.params);
  switch (kind) {
    case 'read.csv':
      return sql`SELECT * FROM read_csv(${plainPath(path)}, header = true, all_varchar = true, nullstr = ['', 'NA'], quote = '"', escape = '"')`;
    case 'read.jsonl':
      return sql`SELECT * FROM read_json(${plainPath(path)}, format = 'auto', sample_size = -1, map_inference_threshold = -1)`;
    case 'read.parquet':
      return sql`SELECT * FROM read_parquet(${plainPath(path)})`;
  }
}

/** The training reader with the types of the training file: a column that looks whole in these few rows is not taken for whole numbers. */
async function likeTraining(
  database: Database,
  model: ModelFile,
  kind: ReaderKind,
  path: string,
  stored: unknown,
): Promise<Sql> {
  const spec = (await loadSpecs()).get(kind);
  const run = await loadRun(kind);
  if (spec === undefined || run.form !== 'relational')
    throw fail('kind.unknown', {
      message: `This version of Flowyard has no reader ${kind}.`,
      mend: 'Update Flowyard, or train the model again with this one.',
    });
  const given = spec.params.parse(stored);
  const header =
    kind === 'read.csv' && given['header'] === 'auto'
      ? { header: model.base.columns.every((c) => /^column\d+$/.test(c.name)) ? 'no' : 'yes' }
      : {};
  // The readers' parameters are their own business: here they are handed through.
  const select = (params: Record<string, unknown>): Sql =>
    run.sql({
      inputs: {},
      many: {},
      params: params as never,
      file: () => plainPath(path),
      files: () => [plainPath(path)],
      lineBytes: () => 0,
    });
  const plain = { ...given, ...header };
  const untyped = 'types' in plain ? { ...plain, types: {} } : plain;
  if (run.pin === undefined) return select(plain);
  const found = await database.describe(select(untyped).render()).catch(async (thrown: unknown) => {
    throw (await unlikeTraining(database, run, path, plain)) ?? thrown;
  });
  const present = new Set(found.map((c) => c.name));
  if (model.needed.some((name) => !present.has(name))) {
    const reason = await unlikeTraining(database, run, path, plain);
    if (reason !== undefined) throw reason;
  }
  const columns = model.base.columns
    .filter((c) => present.has(c.name))
    .map((c) => ({ ...c, type: pinnedType(model, path, c) }));
  return select(run.pin(untyped as never, columns));
}

/** What has the model's types is read as text, and then as the cells of a request are; dates by the reader itself where nobody knows which format it found. */
function pinnedType(model: ModelFile, path: string, { name, type }: Column): string {
  if (!isTyped(model, path, name) || !isReadFromText(type)) return type;
  return typeFamily(type) === 'time' && !hasLearntCells(model) ? type : 'VARCHAR';
}

/** What the reader itself says of a file that it cannot read: DuckDB's own words name settings that nobody has here. */
async function unlikeTraining(
  database: Database,
  run: RelationalRun<never>,
  path: string,
  params: Record<string, unknown>,
): Promise<FlowyardError | undefined> {
  const findings = await run.inspect?.({
    node: 'input',
    path: plainPath(path),
    params: params as never,
    query: (query) => database.query(query.render()),
    oddBytes: () => readOddBytes(path),
    lineBytes: 0,
    signal: new AbortController().signal,
  });
  const finding = findings?.find(({ severity }) => severity !== 'warning');
  if (finding === undefined) return undefined;
  const { code, message, facts } = finding;
  const mend =
    finding.param === 'file'
      ? finding.mend
      : 'The file is read as the one was that the model learnt from, with the same separator and encoding: save it in that form.';
  return failWith({
    code,
    message,
    ...(mend === undefined ? {} : { mend }),
    ...(facts === undefined ? {} : { facts }),
  });
}
