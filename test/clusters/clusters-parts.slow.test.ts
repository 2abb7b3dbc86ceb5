/** A table of 4 GB in twelve files that lie on the cluster: aggregated in six parts by an array job on three nodes, it equals one query over all of it. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSlurm, type SlurmLab } from '../support/clusters/labs.ts';
import { lastOf, makeSite, placementOf, runOf, sshOf, type Site } from '../support/clusters/sites.ts';

const files = 12;
const parts = 6;
const rowsInFile = 8_400_000;
const home = `/home/flowlab/parts-${process.pid}`;
const lake = join(home, 'lake');
const root = join(home, 'root');
let lab: SlurmLab;
let site: Site;
let duck: DuckDBConnection;
let close: () => void;

beforeAll(async () => {
  lab = await startSlurm();
  mkdirSync(lake, { recursive: true });
  lab.run('chown', '-R', lab.user, home);
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' });
  duck = await instance.connect();
  close = () => instance.closeSync();
  // Tasks take whole nodes, so that each of the three has some.
  const options = { root, look: '0.3', cores: '2' };
  site = await makeSite(sshOf(lab, { kind: 'slurm', options }));
});
afterAll(async () => {
  // First what is large, and what is there however far the beginning came.
  rmSync(home, { recursive: true, force: true });
  await lab.down();
  close();
  site.remove();
});

const sales = {
  flowyard: 1,
  nodes: {
    sales: { kind: 'read.parquet', params: { file: `lab:${lake}/*.parquet` } },
    shops: { kind: 'read.csv', params: { file: 'shops.csv' } },
    kept: { kind: 'clean.filter', params: { expression: 'n % 10 <> 3' } },
    value: { kind: 'clean.derive', params: { columns: [{ name: 'value', expression: 'x * 1.1e0' }] } },
    joined: {
      kind: 'combine.join',
      params: { how: 'left', keys: [{ left: 'shop', right: 'shop' }], rightUnique: true },
    },
    totals: {
      kind: 'combine.aggregate',
      params: {
        by: ['land'],
        aggregates: [
          { function: 'rows', as: 'rows' },
          { function: 'sum', column: 'n', as: 'n' },
          { function: 'sum', column: 'paid', as: 'paid' },
          { function: 'mean', column: 'value', as: 'mean' },
          { function: 'standard-deviation', column: 'x', as: 'sd' },
          { function: 'sum', column: 'y', as: 'y' },
          { function: 'minimum', column: 'id', as: 'first' },
          { function: 'maximum', column: 'x', as: 'most' },
        ],
      },
    },
  },
  wires: [
    'sales.rows -> kept.rows',
    'kept.rows -> value.rows',
    'value.rows -> joined.left',
    'shops.rows -> joined.right',
    'joined.rows -> totals.rows',
  ],
};

async function makeLake(): Promise<void> {
  for (let file = 0; file < files; file++) {
    const place = join(lake, `part-${String(file).padStart(2, '0')}.parquet`);
    await duck.run(
      `COPY (SELECT range + ${file * rowsInFile} AS id, CAST(h % 1000 AS INTEGER) AS shop, CAST((h >> 20) % 1000000007 AS BIGINT) AS n, CAST(CAST(h % 100000000 AS BIGINT) AS DECIMAL(18,2)) AS paid, h / 1e15 AS x, (h % 1000003) / 7e0 AS y FROM (SELECT range, hash(range, ${file}) AS h FROM range(${rowsInFile}))) TO '${place}' (FORMAT parquet, COMPRESSION uncompressed)`,
    );
    chmodSync(place, 0o644);
  }
}

test('4 GB on three nodes equals one query: whole numbers and decimals exactly, floats to 1e-9', async () => {
  let startedMs = Date.now();
  const took = (): string => {
    const ms = Date.now() - startedMs;
    startedMs = Date.now();
    return `${(ms / 1000).toFixed(1)} s`;
  };
  await makeLake();
  const bytes = readdirSync(lake).reduce((sum, name) => sum + statSync(join(lake, name)).size, 0);
  expect(bytes).toBeGreaterThan(4e9);
  const [generated, shops] = [took(), Array.from({ length: 1000 }, (_, i) => `${i},land ${i % 7}`)];
  site.write('shops.csv', `shop,land\n${shops.join('\n')}\n`);
  site.write('sales.pipeline.json', sales);

  const ended = await site.run(
    'run',
    'sales.pipeline.json',
    '--remote',
    'lab',
    '--partitions',
    String(parts),
    '--json',
  );
  const parted = took();
  expect(lastOf(ended)).toMatchObject({ status: 'done' });
  const run = runOf(ended);
  const tasks = readdirSync(join(root, 'runs', run)).filter((name) => /^t\d+$/.test(name));
  const nodes = tasks.map((task) => {
    const exit: { node: string } = JSON.parse(readFileSync(join(root, 'runs', run, task, 'exit.json'), 'utf8'));
    return exit.node;
  });
  expect(nodes).toHaveLength(parts + 1);
  expect(new Set(nodes).size).toBe(3);

  const key = /"node":"totals"[^\n]*?"key":"([a-z0-9]+)\/rows"/.exec(
    ended.out
      .split('\n')
      .filter((line) => line.includes('node-finished') && !line.includes('"part"'))
      .join('\n'),
  )?.[1];
  const rows = join(site.folder, '.flowyard', 'store', (key ?? '').slice(0, 2), key ?? '', 'rows.parquet');
  const got = (await duck.runAndReadAll(`SELECT * FROM '${rows}' ORDER BY land`)).getRowObjectsJson();
  startedMs = Date.now();
  const wanted = (
    await duck.runAndReadAll(
      `SELECT land, count(*) AS rows, sum(n) AS n, sum(paid) AS paid, avg(x * 1.1e0) AS mean, stddev_samp(x) AS sd, sum(y) AS y, min(id) AS first, max(x) AS most FROM '${lake}/*.parquet' JOIN (SELECT range AS shop, 'land ' || (range % 7) AS land FROM range(1000)) USING (shop) WHERE n % 10 <> 3 GROUP BY land ORDER BY land`,
    )
  ).getRowObjectsJson();
  const one = took();
  expect(got).toHaveLength(7);
  for (const [i, row] of got.entries()) {
    for (const exact of ['land', 'rows', 'n', 'paid', 'first', 'most']) expect(row[exact]).toEqual(wanted[i]?.[exact]);
    for (const close of ['mean', 'sd', 'y'])
      expect(Math.abs(Number(row[close]) / Number(wanted[i]?.[close]) - 1)).toBeLessThan(1e-9);
  }
  const placed = placementOf(site.folder, run);
  // Neither the files nor what the parts made of them came here.
  expect(Number(placed['fetched_bytes'])).toBeLessThan(100_000);
  process.stdout.write(
    `${(bytes / 1e9).toFixed(2)} GB in ${files} files made in ${generated}; aggregated in ${parts} parts on ${new Set(nodes).size} nodes in ${parted} (one query of DuckDB alone: ${one}); ${Number(placed['fetched_bytes'])} bytes came home\n`,
  );
});
