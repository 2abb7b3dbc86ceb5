/**
 * A pipeline of table nodes beside one hand-written DuckDB query that does the same work, and beside pandas and Polars where a Python has them:
 * one line of JSON per case.
 *
 *     npm run bench -- etl [--rows 8000000] [--repeats 3] [--python PATH]
 *
 * The work: two CSV files, types, a filter, four formulas, a many-to-one join, five values by four keys, a sort, Parquet. `run` is the run inside one
 * process, its files' hashes known; `cold` is `flowyard run` in a fresh workspace as a process from start to end; `warm` is the same command after the filter
 * changed, once the snapshot of the orders is there. Ratios are to the best DuckDB query in a fresh database with all its threads, without any process start.
 * 8 million rows are a file of 396 MB, the size at which the peers were measured first: a query of a second and more, beside which two processes start.
 * The query takes the same words for missing as our reader does. The sides take turns; the best counts and all are listed. `cpu` is what a side computed:
 * on a busy machine it says more than seconds.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import * as z from 'zod';
import { openRunEnvironment } from '../../cli/run-environment.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';
import { usualMissingWords } from '../../nodes/read/csv/spec.ts';
import { FileHashes } from '../../engine/sources/sources.ts';
import { executeRun } from '../../engine/run/execute.ts';
import { literal } from '../../shared/sql.ts';
import { etlPipeline } from './etl-pipeline.ts';

const commandLine = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const seconds = (since: number): number => (performance.now() - since) / 1000;

interface Measured {
  seconds: number;
  cpu?: number;
}
const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

async function inDuckdb(text: string): Promise<Measured> {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(text);
  connection.closeSync();
  instance.closeSync();
  return { seconds: seconds(started), cpu: cpuSeconds(cpu) };
}

/** 8 columns as exports have them: numbers with and without decimals, dates, texts, gaps. The same bytes for each size. */
async function makeFiles(folder: string, rows: number): Promise<void> {
  const at = (n: number): string => `CAST(hash(i * 16 + ${n}) % 1000003 AS DOUBLE) / 1000003`;
  await inDuckdb(`COPY (
    SELECT i AS order_id, CAST(floor(${at(1)} * 100000) AS BIGINT) AS customer, 'P' || CAST(floor(${at(2)} * 400) AS BIGINT) AS product,
      CAST(1 + floor(${at(3)} * 9) AS BIGINT) AS quantity, round(1 + ${at(4)} * 199, 2) AS price,
      CASE WHEN ${at(5)} < 0.1 THEN NULL ELSE round(${at(5)} * 0.3, 3) END AS discount,
      DATE '2021-01-01' + CAST(floor(${at(6)} * 1400) AS INTEGER) AS ordered,
      CASE WHEN ${at(7)} < 0.12 THEN 'cancelled' WHEN ${at(7)} < 0.3 THEN 'returned' ELSE 'paid' END AS status
    FROM range(${rows}) AS t(i)) TO ${literal(join(folder, 'orders.csv'))} (FORMAT csv, HEADER)`);
  await inDuckdb(`COPY (
    SELECT i AS id, ['Norway', 'Poland', 'Peru', 'Kenya', 'Japan', 'Chile', 'Ghana', 'Spain'][1 + CAST(hash(i) % 8 AS BIGINT)] AS country,
      ['home', 'office', 'school'][1 + CAST(hash(i + 7) % 3 AS BIGINT)] AS segment, DATE '2015-01-01' + CAST(hash(i + 3) % 2000 AS INTEGER) AS joined
    FROM range(100000) AS t(i)) TO ${literal(join(folder, 'customers.csv'))} (FORMAT csv, HEADER)`);
}

const missing = `[${usualMissingWords.map((word) => literal(word)).join(', ')}]`;
/** What somebody who knows DuckDB writes for it. */
const handWritten = (folder: string, out: string, atLeast: number): string => `COPY (
  WITH orders AS (
    SELECT *, quantity * price * (1 - coalesce(discount, 0)) AS revenue, year(ordered) AS year, month(ordered) AS month
    FROM (SELECT * REPLACE (CAST(quantity AS DOUBLE) AS quantity) FROM read_csv(${literal(join(folder, 'orders.csv'))}, nullstr = ${missing}))
    WHERE status <> 'cancelled' AND quantity >= ${atLeast}
  )
  SELECT country, segment, year, month, count(*) AS rows, sum(revenue) AS revenue, avg(price) AS mean_price, max(date_diff('day', joined, ordered)) AS days,
    sum(quantity) AS pieces
  FROM orders LEFT JOIN read_csv(${literal(join(folder, 'customers.csv'))}, nullstr = ${missing}) AS c ON customer = c.id
  GROUP BY ALL ORDER BY country, segment, year, month
) TO ${literal(join(folder, out))} (FORMAT parquet, COMPRESSION zstd)`;

/** Seconds of a run inside this process: what `run-finished` says, the hashes known beforehand. */
async function inProcess(folder: string, workspace: string, threads: number): Promise<Measured> {
  const environment = await openRunEnvironment(workspace);
  const hashes = new FileHashes(environment.store.folder);
  for (const name of ['orders.csv', 'customers.csv']) await hashes.hash(join(folder, name));
  await hashes.save();
  let ms = Number.NaN;
  let said = '';
  const cpu = process.cpuUsage();
  await executeRun(
    {
      run: 'bench',
      file: etlPipeline(2),
      path: join(folder, 'etl.pipeline.json'),
      workspace,
      parameters: {},
      granted: [],
      sweep: [],
      to: null,
      ignoreCache: false,
      deterministic: true,
      threads,
      memoryBytes: 8 * 2 ** 30,
    },
    environment,
    (event) => {
      if (event.type === 'run-finished') ms = event.status === 'done' ? event.ms : Number.NaN;
      if (event.type === 'node-failed') said = event.problem.message;
    },
    new AbortController().signal,
  );
  if (Number.isNaN(ms)) throw new Error(`the run failed: ${said}`);
  return { seconds: ms / 1000, cpu: cpuSeconds(cpu) };
}

/** Seconds of `flowyard run` from start to end. */
function asCommand(folder: string, workspace: string, atLeast: number): Measured {
  const path = join(folder, 'etl.pipeline.json');
  writeFileSync(path, JSON.stringify(etlPipeline(atLeast)));
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, 'run', path, '--workspace', workspace], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`flowyard run ended with ${status}: ${stdout}${stderr}`);
  return { seconds: seconds(started) };
}

/** Resolves when the snapshot that the cold run left to the background is there. */
async function snapshotIsThere(workspace: string): Promise<void> {
  const store = await openArtifacts({ folder: join(workspace, '.flowyard'), readOnly: true });
  for (const until = Date.now() + 120_000; Date.now() < until;) {
    for await (const { manifest } of store.list()) if (manifest.kind === 'read.csv') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no snapshot was made');
}

/** The two sides have the same groups and, but for the last digits of sums, the same values. */
async function compare(ours: string, theirs: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const sums = (path: string): string =>
    `(SELECT count(*) AS n, sum(rows) AS rows, round(sum(revenue), 2) AS revenue, round(sum(mean_price), 6) AS price, sum(days) AS days, sum(pieces) AS pieces FROM read_parquet(${literal(path)}))`;
  const reader = await connection.runAndReadAll(
    `SELECT a.n AS n, a = b AS same FROM ${sums(ours)} AS a, ${sums(theirs)} AS b`,
  );
  const [n, same] = reader.getRows()[0] ?? [];
  if (same !== true) throw new Error('the pipeline and the query give different results');
  connection.closeSync();
  instance.closeSync();
  return Number(n);
}

function summary(runs: readonly Measured[]): { seconds: number; all: number[]; cpu?: number } {
  const all = runs.map((r) => rounded(r.seconds, 3));
  const cpu = runs.flatMap((r) => r.cpu ?? []);
  return { seconds: Math.min(...all), all, ...(cpu.length === 0 ? {} : { cpu: rounded(Math.min(...cpu), 3) }) };
}

const peerLine = z.record(z.string(), z.array(z.number()));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] ?? '' },
      rows: { type: 'string', default: '8000000' },
      repeats: { type: 'string', default: '3' },
    },
  });
  const [rows, repeats] = [Number(values.rows), Number(values.repeats)];
  const folder = mkdtempSync(join(tmpdir(), 'flowyard-etl-'));
  try {
    await makeFiles(folder, rows);
    const query: Measured[] = [];
    const ours = { run: [] as Measured[], cold: [] as Measured[], warm: [] as Measured[], again: [] as Measured[] };
    let groups = 0;
    for (let i = 0; i < repeats; i++) {
      query.push(await inDuckdb(handWritten(folder, 'theirs.parquet', 2)));
      const fresh = (name: string): string => mkdtempSync(join(folder, name));
      const first = fresh('run-');
      ours.run.push(await inProcess(folder, first, cpus().length));
      groups = await compare(join(first, 'out.parquet'), join(folder, 'theirs.parquet'));
      const second = fresh('cold-');
      ours.cold.push(asCommand(folder, second, 2));
      await snapshotIsThere(second);
      ours.warm.push(asCommand(folder, second, 3));
      ours.again.push(asCommand(folder, second, 3));
    }
    const duckdb = summary(query);
    const line = (name: string, all: readonly Measured[], goal?: number): void => {
      const own = summary(all);
      const cpuRatio = own.cpu === undefined || duckdb.cpu === undefined ? undefined : rounded(own.cpu / duckdb.cpu, 2);
      console.log(
        JSON.stringify({
          case: name,
          ...own,
          ratio: rounded(own.seconds / duckdb.seconds, 2),
          ...(cpuRatio === undefined ? {} : { cpuRatio }),
          ...(goal === undefined ? {} : { goal }),
        }),
      );
    };
    const mb = Math.round(statSync(join(folder, 'orders.csv')).size / 1e6);
    console.log(JSON.stringify({ rows, columns: 8, mb, groups, cores: cpus().length, duckdb }));
    line('run, without hashing and process start', ours.run, 1.1);
    line('cold, `flowyard run` in a fresh workspace', ours.cold, 1.4);
    line('warm, `flowyard run` after a change', ours.warm, 0.6);
    line('again, `flowyard run` with nothing changed', ours.again);
    if (values.python !== '') {
      const script = join(import.meta.dirname, 'etl.py');
      const said = execFileSync(values.python, [script, folder, String(repeats)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for (const [peer, all] of Object.entries(peerLine.parse(JSON.parse(said))))
        line(
          peer,
          all.map((s) => ({ seconds: s })),
        );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
