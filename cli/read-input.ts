/** The rows that `predict` reads: by the reader that the model was trained with where the file is of its kind, else as text that is cast to the model's columns. */
import { extname } from 'node:path';
import { readOddBytes } from '../engine/plan/decoded-files.ts';
import { baseSign, type ModelFile } from '../engine/model/model-file.ts';
import { predictionColumns } from '../engine/model/recipe-query.ts';
import type { TableValue } from '../engine/run/table-value.ts';
import type { Database } from '../engine/table/database.ts';
import { plainPath } from '../engine/table/plain-path.ts';
import { loadRun, loadSpecs } from '../nodes/runs.ts';
import type { RelationalRun } from '../shared/capabilities.ts';
import { fail, type FlowyardError } from '../shared/errors.ts';
import { id, literal, raw, sql, type Sql } from '../shared/sql.ts';
import { hiddenColumns, type Column } from '../shared/wires.ts';

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
  const found = await database.describe(select.render());
  const clash = found.find((c) => taken.has(c.name.toLowerCase()) && model.needed.includes(c.name));
  if (clash !== undefined)
    throw fail('column.duplicate', {
      message: `The model reads a column "${clash.name}", which predict would add.`,
      mend: 'Rename the column before training.',
      column: clash.name,
    });
  // The answers of an earlier prediction make room for the new ones.
  const columns = found.filter((c) => !taken.has(c.name.toLowerCase()));
  const key = 'predict-input';
  const wanted = new Map(model.base.columns.filter((c) => model.needed.includes(c.name)).map((c) => [c.name, c.type]));
  const typed = columns.map((c) => ({ ...c, type: wanted.get(c.name) ?? c.type }));
  await refuseBadValues(
    database,
    select,
    columns.filter((c) => c.type === 'VARCHAR'),
    wanted,
  );
  const names = typed.map((c) => `CAST(${id(c.name).render()} AS ${c.type}) AS ${id(c.name).render()}`).join(', ');
  return {
    key,
    columns: typed,
    hidden: [],
    ctes: [{ name: 'input_rows', sql: `SELECT ${names} FROM (${select.render()}) AS input_file` }],
    from: 'input_rows',
    nodes: [],
    mixes: false,
    trail: { base: { key, columns: typed, sign: baseSign(model) }, steps: [] },
  };
}

/** Names the row and the column of the first text that is no value of the model's type. */
async function refuseBadValues(
  database: Database,
  select: Sql,
  texts: readonly Column[],
  wanted: ReadonlyMap<string, string>,
): Promise<void> {
  const judged = texts
    .flatMap((c) => ({ name: c.name, type: wanted.get(c.name) ?? 'VARCHAR' }))
    .filter((c) => c.type !== 'VARCHAR');
  if (judged.length === 0) return;
  const isBad = (c: Column): string =>
    `${id(c.name).render()} IS NOT NULL AND TRY_CAST(${id(c.name).render()} AS ${c.type}) IS NULL`;
  const [row] = await database.query(
    `SELECT * FROM (SELECT row_number() OVER () AS "row number", * FROM (${select.render()}) AS input_file) WHERE ${judged.map(isBad).join(' OR ')} LIMIT 1`,
  );
  if (row === undefined) return;
  for (const c of judged) {
    const value = row[c.name];
    if (typeof value !== 'string') continue;
    const [bad] = await database.query(
      `SELECT ${literal(value)} IS NOT NULL AND TRY_CAST(${literal(value)} AS ${c.type}) IS NULL AS bad`,
    );
    if (bad?.['bad'] === true)
      throw fail('predict.bad-value', {
        message: `Row ${String(row['row number'])}: "${value}" in the column "${c.name}" is no ${c.type}.`,
        mend: 'Correct the value, or leave it empty where it is missing.',
        column: c.name,
        facts: { row: Number(row['row number']) },
      });
  }
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
    throw fail('kind.unknown', { message: `This version of Flowyard has no reader ${kind}.` });
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
  const columns: readonly Column[] = model.base.columns.filter((c) => present.has(c.name));
  return select(run.pin(untyped as never, columns));
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
    signal: new AbortController().signal,
  });
  const finding = findings?.find(({ severity }) => severity !== 'warning');
  if (finding === undefined) return undefined;
  return fail(finding.code, {
    message: finding.message,
    mend:
      finding.param === 'file'
        ? finding.mend
        : 'The file is read as the one was that the model learnt from, with the same separator and encoding: save it in that form.',
    ...(finding.facts === undefined ? {} : { facts: finding.facts }),
  });
}
