/**
 * How long a person waits for a table: one line of JSON per case.
 *
 *     npm run bench -- preview [--rows 5000000] [--nodes 300] [--repeats 5]
 *
 * Through the warm preview process and its pipe, as the host asks for a window: the first page and the sampled profile of a large CSV and the same rows as Parquet, and
 * the check of a long pipeline, whole and after one parameter changed at its beginning, middle and end. Data come from a fixed seed and go with the bench.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { processCommand } from '../../cli/process-command.ts';
import { largeFileBytes } from '../../engine/preview/background-hashes.ts';
import { startPreviews } from '../../engine/preview/start-previews.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { wholeAnswer } from '../../shared/rpc/check-answer.ts';
import type { CheckAnswer } from '../../shared/rpc/contract/check.ts';
import { decodePage } from '../../shared/rpc/page.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    nodes: { type: 'string', default: '300' },
    repeats: { type: 'string', default: '5' },
  },
});
const rows = Number(options.rows);
const nodeCount = Number(options.nodes);
const repeats = Number(options.repeats);
const warmEdits = 40;
const stay = { signal: new AbortController().signal };

const workspace = await mkdtemp(join(tmpdir(), 'flowyard-preview-bench-'));
try {
  await generate();
  await measure();
} finally {
  await rm(workspace, { recursive: true, force: true });
}

/** Eight columns of every kind; each value is a hash of its row and column, so that every machine has the same. */
async function generate(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const unit = (column: number): string => `(hash(i * 31 + ${column} + 20261124) % 1000003) / 1000003.0`;
  await connection.run(`CREATE VIEW made AS SELECT i AS id,
    TIMESTAMP '2024-01-01' + INTERVAL (CAST(${unit(1)} * 6e7 AS BIGINT)) SECOND AS sold_at,
    ['Aachen', 'Bergen', 'Cádiz', 'Dijon', 'Espoo', 'Faro', 'Ghent'][1 + CAST(floor(${unit(2)} * 7) AS INTEGER)] AS city,
    round(exp(${unit(3)} * 6), 2) AS amount,
    CAST(floor(${unit(4)} * 12) AS INTEGER) AS items,
    ${unit(5)} < 0.3 AS member,
    CASE WHEN ${unit(6)} < 0.9 THEN round(${unit(7)} * 100, 1) END AS age,
    'customer ' || CAST(floor(${unit(8)} * 200000) AS INTEGER) AS customer
    FROM range(${rows}) AS r(i)`);
  await connection.run(`COPY made TO '${join(workspace, 'sales.csv')}' (HEADER)`);
  await connection.run(`COPY made TO '${join(workspace, 'sales.parquet')}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

async function measure(): Promise<void> {
  const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard') });
  let wasRead = Promise.withResolvers<void>();
  const previews = startPreviews({
    workspace,
    artifacts,
    command: processCommand('preview'),
    onFileRead: () => wasRead.resolve(),
  });
  const view = previews.view();
  const { handlers } = view;
  const times = async <T>(work: () => Promise<T>): Promise<Timed & { value: T }> => {
    const [startedMs, usedMs] = [performance.now(), cpuMsOf(previews.pid())];
    const value = await work();
    const ms = performance.now() - startedMs;
    const cpuMs = cpuMsOf(previews.pid());
    return { ms, value, ...(usedMs === undefined || cpuMs === undefined ? {} : { cpuMs: cpuMs - usedMs }) };
  };
  const check = (file: PipelineFile) => handlers['plan.check']({ pipeline: { path: null, file }, to: null }, stay);
  const close = (preview: string) => handlers['preview.close']({ preview }, stay);
  try {
    const start = await times(async () => handlers['plan.functions']({}, stay));
    say({ case: 'start of the process', ms: round(start.ms) });
    for (const [kind, name] of [
      ['read.csv', 'sales.csv'],
      ['read.parquet', 'sales.parquet'],
    ] as const) {
      const path = join(workspace, name);
      const bytes = (await stat(path)).size;
      const mb = Math.round(bytes / 2 ** 20);
      const pipeline = { path: null, file: reading(kind, name) };
      const open = async (): Promise<string> =>
        (await handlers['preview.open']({ pipeline, node: 'read', port: 'rows' }, stay)).preview;
      const readPage = async (preview: string, offset: number): Promise<void> => {
        const { page } = await handlers['preview.page']({ preview, offset, limit: 200, sort: null, filter: '' }, stay);
        if (decodePage(page).rows !== 200) throw new Error('the page is not whole');
      };
      const firstPage = async (): Promise<string> => {
        const preview = await open();
        await readPage(preview, 0);
        return preview;
      };
      const [unseen, seen, profiles, deeper]: Timed[][] = [[], [], [], []];
      for (let i = 0; i < repeats; i++) {
        // Another time of change: nobody has read or sniffed this file as it is now.
        await utimes(path, new Date(), new Date(1.7e12 + i * 1000));
        wasRead = Promise.withResolvers();
        const first = await times(firstPage);
        unseen?.push(first);
        await close(first.value);
        if (bytes >= largeFileBytes) await wasRead.promise;
        await check(pipeline.file);
        const again = await times(firstPage);
        seen?.push(again);
        await close(again.value);
        const preview = await open();
        profiles?.push(
          await times(async () => {
            for await (const profile of handlers['preview.profile']({ preview }, stay)) return profile.rows;
            return 0;
          }),
        );
        await close(preview);
      }
      say({ case: `first page of ${name}, never seen before`, rows, mb, ...summary(unseen) });
      say({ case: `first page of ${name}`, rows, mb, goalMs: 100, ...summary(seen) });
      say({ case: `profile of ${name} by a sample`, rows, goalMs: 300, ...summary(profiles) });
      const preview = await open();
      const middle = Math.floor(rows / 2);
      const whole = await times(() => readPage(preview, middle));
      say({ case: `page in the middle of ${name}, all rows read first`, ...summary([whole]) });
      for (let i = 0; i < repeats; i++) deeper?.push(await times(() => readPage(preview, middle - 1000 * (i + 1))));
      say({ case: `page in the middle of ${name}, afterwards`, ...summary(deeper) });
      await close(preview);
    }
    // As a window asks: it holds the last answer, and is told what is other now.
    let held: CheckAnswer | undefined;
    const ask = async (file: PipelineFile): Promise<void> => {
      const known = held === undefined ? {} : { known: held.answer };
      const answer = await handlers['plan.check']({ pipeline: { path: null, file }, to: null, ...known }, stay);
      if (answer.problems[0] !== undefined) throw new Error(answer.problems[0].message);
      held = { ...answer, ...wholeAnswer(held, answer) };
    };
    const whole = chain();
    say({ case: `check of ${nodeCount} nodes`, goalMs: 500, ...summary([await times(() => ask(whole))]) });
    for (const [where, at] of Object.entries({ end: nodeCount - 1, middle: nodeCount / 2 + 1, beginning: 1 })) {
      const edits: Timed[] = [];
      // The first edits find code that has not run yet: what counts is the window of a person who has worked for some minutes.
      for (let i = 0; i < repeats + warmEdits; i++) {
        const edited = chain(at, i + 10);
        edits.push(await times(() => ask(edited)));
      }
      say({
        case: `check after an edit at the ${where} of ${nodeCount} nodes`,
        goalMs: 5,
        ...summary(edits.slice(-repeats)),
      });
    }
  } finally {
    view.close();
    await previews.close();
  }
}

interface Timed {
  ms: number;
  /** What the process computed meanwhile, on all its threads: beside it, the wait for a busy machine. */
  cpuMs?: number;
}

/** Of all threads of a process, from the scheduler's own account; only Linux has it. */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
      0,
    );
  } catch {
    return undefined;
  }
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify({ ...line, load: round(loadavg()[0] ?? 0) })}\n`);
}

function reading(kind: string, file: string): PipelineFile {
  return pipelineFile.parse({ flowyard: 1, nodes: { read: { kind, params: { file } } } });
}

/** A reader, then new columns and filters in turn; every tenth node leaves the new columns out again, as people do. */
function chain(edited = -1, value = 0): PipelineFile {
  const nodes: Record<string, unknown> = { n0: { kind: 'read.parquet', params: { file: 'sales.parquet' } } };
  for (let i = 1; i < nodeCount; i++) nodes[`n${i}`] = link(i, i === edited ? value : 1);
  const wires = Array.from({ length: nodeCount - 1 }, (_, i) => `n${i}.rows -> n${i + 1}.rows`);
  return pipelineFile.parse({ flowyard: 1, nodes, wires });
}
function link(i: number, number: number): { kind: string; params: unknown } {
  if (i % 10 === 0) {
    const names = [1, 3, 5, 7, 9].map((back) => `made${i - back}`);
    return { kind: 'clean.select', params: { action: 'drop', columns: { by: 'names', names } } };
  }
  return i % 2 === 0
    ? { kind: 'clean.filter', params: { expression: `amount > ${number}` } }
    : { kind: 'clean.derive', params: { columns: [{ name: `made${i}`, expression: `amount * ${number} + items` }] } };
}

/** The median, and every value. */
function summary(all: readonly Timed[] = []): Record<string, unknown> {
  const median = (values: readonly number[]): number => {
    const sorted = values.toSorted((a, b) => a - b);
    return round(sorted[Math.floor(sorted.length / 2)] ?? NaN);
  };
  const cpu = all.flatMap((one) => one.cpuMs ?? []);
  return {
    ms: median(all.map((one) => one.ms)),
    ...(cpu.length > 0 && { cpuMs: median(cpu) }),
    all: all.map((one) => round(one.ms)),
  };
}
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
