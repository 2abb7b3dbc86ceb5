/**
 * How long a person waits for a table: one line of JSON per case.
 *
 *     npm run bench -- preview [--rows 5000000] [--nodes 300] [--repeats 5]
 *
 * Through the warm preview process and its pipe, as a window asks: the first page and the sampled profile of a large CSV and the same rows as Parquet, and
 * the check of a long pipeline, whole and after one parameter changed at its beginning, middle and end. Data come from a fixed seed and go with the bench.
 */
import { mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { processCommand } from '../../cli/process-command.ts';
import { startPreviews } from '../../engine/preview/start-previews.ts';
import { openArtifacts } from '../../engine/store/artifacts.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { connect } from '../../shared/rpc/client.ts';
import { protocolVersion } from '../../shared/rpc/contract.ts';
import { messagePortPipe } from '../../shared/rpc/message-port.ts';
import { decodePage } from '../../shared/rpc/page.ts';
import { serve } from '../../shared/rpc/server.ts';
import { previewContract } from '../../engine/preview/preview-contract.ts';
import { MessageChannel } from 'node:worker_threads';

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
  const previews = startPreviews({ workspace, artifacts, command: processCommand('preview') });
  const { port1, port2 } = new MessageChannel();
  const view = previews.view();
  serve({
    contract: previewContract,
    handlers: view.handlers,
    pipe: messagePortPipe(port1),
    protocol: protocolVersion,
  });
  const connection = connect({
    contract: previewContract,
    protocol: protocolVersion,
    open: async () => messagePortPipe(port2),
  });
  const { api } = connection;
  const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> => {
    const started = performance.now();
    const value = await work();
    return { ms: performance.now() - started, value };
  };
  try {
    say({ case: 'start of the process', ms: round((await timed(() => api['plan.functions']({}))).ms) });
    for (const [kind, name] of [
      ['read.csv', 'sales.csv'],
      ['read.parquet', 'sales.parquet'],
    ] as const) {
      const path = join(workspace, name);
      const pipeline = { path: null, file: reading(kind, name) };
      const firstPage = async (): Promise<string> => {
        const { preview } = await api['preview.open']({ pipeline, node: 'read', port: 'rows' });
        const { page } = await api['preview.page']({ preview, offset: 0, limit: 200, sort: null, filter: '' });
        if (decodePage(page).rows !== 200) throw new Error('the page is not whole');
        return preview;
      };
      const unseen: number[] = [];
      const seen: number[] = [];
      const profiles: number[] = [];
      for (let i = 0; i < repeats; i++) {
        // Another time of change: nobody has hashed or sniffed this file yet.
        await utimes(path, new Date(), new Date(1.7e12 + i * 1000));
        const first = await timed(firstPage);
        unseen.push(first.ms);
        await api['preview.close']({ preview: first.value });
        const again = await timed(firstPage);
        seen.push(again.ms);
        await api['preview.close']({ preview: again.value });
        const { preview } = await api['preview.open']({ pipeline, node: 'read', port: 'rows' });
        profiles.push(
          (
            await timed(async () => {
              for await (const profile of api['preview.profile']({ preview })) return profile.rows;
              return 0;
            })
          ).ms,
        );
        await api['preview.close']({ preview });
      }
      const mb = Math.round((await stat(path)).size / 2 ** 20);
      say({ case: `first page of ${name}, never seen before`, rows, mb, ...summary(unseen) });
      say({ case: `first page of ${name}`, rows, mb, goalMs: 100, ...summary(seen) });
      say({ case: `profile of ${name} by a sample`, rows, goalMs: 300, ...summary(profiles) });
      const { preview } = await api['preview.open']({ pipeline, node: 'read', port: 'rows' });
      const middle = { preview, offset: Math.floor(rows / 2), limit: 200, sort: null, filter: '' };
      say({
        case: `page in the middle of ${name}, all rows read first`,
        ms: round((await timed(() => api['preview.page'](middle))).ms),
      });
      const deeper: number[] = [];
      for (let i = 0; i < repeats; i++)
        deeper.push((await timed(() => api['preview.page']({ ...middle, offset: middle.offset - 1000 * i }))).ms);
      say({ case: `page in the middle of ${name}, afterwards`, ...summary(deeper) });
      await api['preview.close']({ preview });
    }
    const ask = async (file: PipelineFile): Promise<void> => {
      const { problems } = await api['plan.check']({ pipeline: { path: null, file }, to: null });
      if (problems[0] !== undefined) throw new Error(problems[0].message);
    };
    const whole = await timed(() => ask(chain()));
    say({ case: `check of ${nodeCount} nodes`, goalMs: 500, ms: round(whole.ms) });
    for (const [where, at] of Object.entries({ end: nodeCount - 1, middle: nodeCount / 2 + 1, beginning: 1 })) {
      const edits: number[] = [];
      for (let i = 0; i < repeats; i++) edits.push((await timed(() => ask(chain(at, i + 10)))).ms);
      say({ case: `check after an edit at the ${where} of ${nodeCount} nodes`, goalMs: 5, ...summary(edits) });
    }
  } finally {
    connection.close();
    view.close();
    await previews.close();
  }
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

function summary(all: readonly number[]): { ms: number; all: number[] } {
  const sorted = all.toSorted((a, b) => a - b);
  return { ms: round(sorted[Math.floor(sorted.length / 2)] ?? NaN), all: all.map(round) };
}
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
