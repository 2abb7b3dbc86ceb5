/** Workspaces that send runs to a lab, by the real command line, and what a test asks about them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import SqliteDatabase from 'better-sqlite3';
import {
  makeCommandFolder,
  peopleCsv,
  smallPipeline,
  type CommandFolder,
  type Ended,
} from '../../../cli/spawn-command.ts';
import { openTarget, type OpenTarget } from '../../../engine/remote/open-target.ts';
import { targetSettings, type TargetSettings } from '../../../shared/targets.ts';
import type { SlurmLab } from './labs.ts';

export interface Site extends CommandFolder {
  target: string;
}
export const sshOf = (lab: SlurmLab, more: Partial<TargetSettings> = {}): TargetSettings =>
  targetSettings.parse({
    name: 'lab',
    kind: 'ssh',
    host: lab.host,
    port: lab.port,
    user: lab.user,
    key: lab.key,
    ...more,
  });

/** A workspace with people, a small pipeline, and this target. */
export async function makeSite(settings: TargetSettings): Promise<Site> {
  const folder = makeCommandFolder();
  folder.write('people.csv', peopleCsv);
  folder.write('people.pipeline.json', smallPipeline());
  const options = Object.entries(settings.options).flatMap(([k, v]) => ['--option', `${k}=${v}`]);
  const words = (['host', 'port', 'user', 'key', 'url'] as const).flatMap((n) =>
    settings[n] === undefined ? [] : [`--${n}`, String(settings[n])],
  );
  const added = await folder.run('remotes', 'add', settings.name, '--kind', settings.kind, ...words, ...options);
  if (added.code !== 0) throw new Error(added.err);
  return { ...folder, target: settings.name };
}

export const lastOf = (ended: Ended): Record<string, unknown> => ended.lines().at(-1) ?? {};
export const runOf = (ended: Pick<Ended, 'out'>): string => /"run":"([\w-]+)"/.exec(ended.out)?.[1] ?? '';

/** Key → hash over all bytes of each result in the workspace's store. */
export function resultsIn(folder: string): Record<string, string> {
  const store = join(folder, '.flowyard', 'store');
  return Object.fromEntries(
    readdirSync(store).flatMap((group) =>
      readdirSync(join(store, group)).map((key): [string, string] => {
        const manifest: { contentHash: string } = JSON.parse(
          readFileSync(join(store, group, key, 'manifest.json'), 'utf8'),
        );
        return [key, manifest.contentHash];
      }),
    ),
  );
}

/** Runs a pipeline there and at home, each in a workspace of its own: how it ended there, and what is in either store then. */
export async function runThereAndHere(
  settings: TargetSettings,
  pipeline: string,
  more: { write?: (site: Site) => Promise<void>; there?: string[]; here?: string[] } = {},
): Promise<{ ended: Record<string, unknown>; there: Record<string, string>; here: Record<string, string> }> {
  const [away, home] = [await makeSite(settings), await makeSite(settings)];
  try {
    for (const site of [away, home]) await more.write?.(site);
    const sent = await away.run('run', pipeline, '--remote', settings.name, '--json', ...(more.there ?? []));
    await home.run('run', pipeline, '--json', ...(more.here ?? []));
    return { ended: lastOf(sent), there: resultsIn(away.folder), here: resultsIn(home.folder) };
  } finally {
    away.remove();
    home.remove();
  }
}
/** The same of a table in several files: in three parts there, by one query at home. */
export const runPartsThereAndHere = (settings: TargetSettings): ReturnType<typeof runThereAndHere> =>
  runThereAndHere(settings, 'sales.pipeline.json', {
    write: writeSales,
    there: ['--partitions', '3'],
    here: ['--partitions', '1'],
  });

/** A target worked with directly. */
export const openFor = (settings: TargetSettings, hostKey: string | null = null): OpenTarget =>
  openTarget(settings, { hostKey, onHostKey: () => undefined });

export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 240_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const slowNodes = {
  people: { kind: 'read.csv', params: { file: 'slow.csv' } },
  split: { kind: 'split.rows', params: { target: 'next', testFraction: 0.25, seed: 1 } },
};
const slowWires = ['people.rows -> split.rows', 'split.rows -> model.rows'];

/** A pipeline whose boosting takes some thirty seconds, of which a test needs one; with 2,500 trees it comes to its end in about seven. */
export function writeSlow({ write }: Pick<Site, 'write'>, trees = 20_000): string {
  // As many rows as make each tree cost milliseconds: a test that kills or cancels must not lose the race against its end on a machine that is busy.
  write('slow.csv', slowCsv(200_000));
  const model = { kind: 'train.gradient-boosting', params: { trees, earlyStopping: 'never', minRowsInLeaf: 1 } };
  return write('slow.pipeline.json', {
    flowyard: 1,
    title: 'Slow',
    nodes: { ...slowNodes, model },
    wires: slowWires,
  });
}

const slowCsv = (rows: number): string =>
  `a,b,c,next\n${Array.from({ length: rows }, (_, i) => `${(i * 7919) % 10_007},${(i * 104_729) % 9973},${(i * 31) % 1009},${(i * 2_654_435_761) % 4294967296 < 2_147_483_648 ? 'stays' : 'goes'}`).join('\n')}\n`;

/** Holds what is measured to its limit, in one of three tries: a machine that stands still does so seldom in all. */
export async function holdsOnce(limitMs: number, measureMs: () => Promise<number>): Promise<void> {
  const all: number[] = [];
  while (all.length < 3) {
    const ms = await measureMs();
    if (ms < limitMs) return;
    all.push(ms);
  }
  throw new Error(`not within ${limitMs} ms: ${all.join(', ')}`);
}

/** What the history says of a run that was sent. */
export function placementOf(folder: string, run: string): Record<string, unknown> {
  const database = new SqliteDatabase(join(folder, '.flowyard', 'flowyard.sqlite'), { readonly: true });
  try {
    const row: unknown = database.prepare('SELECT * FROM placements WHERE run = ?').get(run);
    return typeof row === 'object' && row !== null ? { ...row } : {};
  } finally {
    database.close();
  }
}

/** A table in four files, and sums over it. */
export async function writeSales({ folder, write }: Pick<Site, 'folder' | 'write'>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  for (let file = 0; file < 4; file++)
    await duck.run(
      `COPY (SELECT range AS id, CAST(hash(range, ${file}) % 5 AS INTEGER) AS shop, hash(range, ${file}, 1) / 3e17 AS x FROM range(3000)) TO '${join(folder, `sales-${file}.parquet`)}' (FORMAT parquet)`,
    );
  instance.closeSync();
  write('sales.pipeline.json', {
    flowyard: 1,
    nodes: {
      sales: { kind: 'read.parquet', params: { file: 'sales-*.parquet' } },
      kept: { kind: 'clean.filter', params: { expression: 'x > 10' } },
      sums: {
        kind: 'combine.aggregate',
        params: { by: ['shop'], aggregates: [{ function: 'rows' }, { function: 'sum', column: 'x' }] },
      },
    },
    wires: ['sales.rows -> kept.rows', 'kept.rows -> sums.rows'],
  });
}
