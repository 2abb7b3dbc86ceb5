/** What each column holds: counts, extremes, spread, a histogram or the most frequent values. First from a sample, then from all rows. SUMMARIZE is never used: its quantiles cost four times as much. */
import type * as z from 'zod';
import type { profile as profileSchema } from '../../shared/rpc/contract.ts';
import { id } from '../../shared/sql.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import type { Database } from '../table/database.ts';
import type { Preview } from './open-preview.ts';

export type Profile = z.output<typeof profileSchema>;
type ProfileColumn = Profile['columns'][number];
const sampleRows = 20_000;
const bins = 24;

export async function* profilePreview(preview: Preview, signal: AbortSignal): AsyncGenerator<Profile> {
  const first = preview.source();
  if (!first.whole && !preview.needsAll) yield await measureSample(preview, first.text, signal);
  await preview.whole(signal);
  yield await preview.read((db) => measure(db, preview, preview.source().text, true), signal);
}

/** The first rows, read once: a text file would be parsed again for each column. */
function measureSample(preview: Preview, text: ReadFrom, signal: AbortSignal): Promise<Profile> {
  const columns = preview.schema.columns.map((c) => id(c.name).render()).join(', ');
  return preview.read(async (db) => {
    await db.run(
      `CREATE OR REPLACE TEMP TABLE sampled AS ${text((from) => `SELECT ${columns} FROM ${from} LIMIT ${sampleRows}`)}`,
    );
    try {
      const sampled = await measure(db, preview, (select) => select('sampled'), false);
      // Fewer than were asked for: these are all.
      return { ...sampled, exact: sampled.rows < sampleRows };
    } finally {
      await db.run('DROP TABLE sampled');
    }
  }, signal);
}

type ReadFrom = (select: (from: string) => string) => string;

async function measure(db: Database, preview: Preview, text: ReadFrom, exact: boolean): Promise<Profile> {
  const started = performance.now();
  const { columns } = preview.schema;
  const facts =
    (
      await db.query(
        text((from) => `SELECT count(*) AS n${columns.map((c, i) => `, ${factsOf(c, i)}`).join('')} FROM ${from}`),
      )
    )[0] ?? {};
  const rows = Number(facts['n'] ?? 0);
  Object.assign(facts, await distinctFacts(db, text, columns, rows));
  const made: ProfileColumn[] = [];
  for (const [i, column] of columns.entries()) made.push(await profileColumn(db, text, column, i, facts, rows));
  return { exact, rows, columns: made, ms: performance.now() - started };
}

const isNumeric = (c: Column): boolean => typeFamily(c.type) === 'number';
const isTime = (c: Column): boolean =>
  typeFamily(c.type) === 'time' && (c.type === 'DATE' || c.type.startsWith('TIMESTAMP'));
const finite = (c: Column): string =>
  isNumeric(c)
    ? `CASE WHEN isfinite(CAST(${id(c.name).render()} AS DOUBLE)) THEN CAST(${id(c.name).render()} AS DOUBLE) END`
    : `epoch(${id(c.name).render()})`;

function factsOf(column: Column, i: number): string {
  const name = id(column.name).render();
  const base = `count(${name}) AS c${i}, approx_count_distinct(${name}) AS d${i}`;
  if (isNumeric(column))
    return `${base}, min(${finite(column)}) AS lo${i}, max(${finite(column)}) AS hi${i}, avg(${finite(column)}) AS m${i}, stddev_samp(${finite(column)}) AS s${i}`;
  if (isTime(column))
    return `${base}, CAST(min(${name}) AS VARCHAR) AS lo${i}, CAST(max(${name}) AS VARCHAR) AS hi${i}, epoch(min(${name})) AS el${i}, epoch(max(${name})) AS eh${i}`;
  return typeFamily(column.type) === 'other'
    ? base
    : `${base}, CAST(min(${name}) AS VARCHAR) AS lo${i}, CAST(max(${name}) AS VARCHAR) AS hi${i}`;
}

/** Cells up to which distinct values are counted one by one: about 0.2 s. Beyond it an estimate (HyperLogLog, within a few per cent) has to do. */
const countedCells = 2_000_000;

/** An estimate may say 13 of 12 rows: what is small is counted. */
async function distinctFacts(
  db: Database,
  text: ReadFrom,
  columns: readonly Column[],
  rows: number,
): Promise<Record<string, unknown>> {
  if (columns.length === 0 || rows * columns.length > countedCells) return {};
  const counts = columns.map((c, i) => `count(DISTINCT ${id(c.name).render()}) AS d${i}`).join(', ');
  return (await db.query(text((from) => `SELECT ${counts} FROM ${from}`)))[0] ?? {};
}

async function profileColumn(
  db: Database,
  text: ReadFrom,
  column: Column,
  i: number,
  facts: Readonly<Record<string, unknown>>,
  rows: number,
): Promise<ProfileColumn> {
  const known = Number(facts[`c${i}`] ?? 0);
  const number = (name: string): number | null =>
    typeof facts[name] === 'number' ? facts[name] : typeof facts[name] === 'bigint' ? Number(facts[name]) : null;
  const edge = (name: string): string | number | null =>
    typeof facts[name] === 'bigint'
      ? Number(facts[name])
      : typeof facts[name] === 'string' || typeof facts[name] === 'number'
        ? facts[name]
        : null;
  const base = {
    name: column.name,
    type: column.type,
    count: rows,
    nulls: rows - known,
    distinct: Math.min(number(`d${i}`) ?? known, known),
    min: edge(`lo${i}`),
    max: edge(`hi${i}`),
    mean: number(`m${i}`),
    sd: number(`s${i}`),
    histogram: null,
    top: [],
  };
  if (known === 0) return base;
  if (isNumeric(column) || isTime(column)) {
    const from = number(isTime(column) ? `el${i}` : `lo${i}`);
    const to = number(isTime(column) ? `eh${i}` : `hi${i}`);
    return from === null || to === null ? base : { ...base, histogram: await histogram(db, text, column, from, to) };
  }
  const name = id(column.name).render();
  const top = await db.query(
    text(
      (f) =>
        `SELECT CAST(${name} AS VARCHAR) AS v, count(*) AS n FROM ${f} WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY n DESC, v LIMIT 8`,
    ),
  );
  return { ...base, top: top.map((r) => ({ value: String(r['v']).slice(0, 200), count: Number(r['n']) })) };
}

async function histogram(
  db: Database,
  text: ReadFrom,
  column: Column,
  from: number,
  to: number,
): Promise<{ from: number; to: number; counts: number[] }> {
  const counts = Array.from({ length: bins }, () => 0);
  if (from === to) return { from, to, counts: [1] };
  const width = (to - from) / bins;
  const found = await db.query(
    text(
      (f) =>
        `SELECT least(${bins - 1}, CAST(floor((${finite(column)} - ${from.toExponential()}) / ${width.toExponential()}) AS INTEGER)) AS b, count(*) AS n FROM ${f} WHERE ${finite(column)} IS NOT NULL GROUP BY 1`,
    ),
  );
  for (const row of found) counts[Math.max(0, Number(row['b']))] = Number(row['n']);
  return { from, to, counts };
}
