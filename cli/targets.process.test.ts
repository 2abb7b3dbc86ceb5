/** A target on this machine: the whole way of a run that is somewhere else, without a server. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let site: CommandFolder;
beforeEach(async () => {
  site = makeCommandFolder();
  site.write('people.csv', peopleCsv);
  site.write('people.pipeline.json', smallPipeline());
  await site.run(
    'targets',
    'add',
    'apart',
    '--kind',
    'local',
    '--option',
    `root=${join(site.folder, 'their root')}`,
    '--option',
    'look=0.2',
  );
});
afterEach(() => site.remove());

const keys = (folder: string): string[] => {
  const store = join(folder, '.flowyard', 'store');
  return readdirSync(store).flatMap((group) => readdirSync(join(store, group)));
};

test.skipIf(process.platform === 'win32')(
  'a run elsewhere, killed here at its beginning, is followed to its end and ran once',
  { timeout: 180_000 },
  async () => {
    const started = site.start('run', 'people.pipeline.json', '--target', 'apart', '--json');
    const out = await started.said(/"run":"[\w-]+"/);
    started.child.kill('SIGKILL');
    await started.ended;
    const run = /"run":"([\w-]+)"/.exec(out)?.[1] ?? '';
    const ended = await site.run('runs', 'attach', run, '--json');
    expect(ended.lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
    const starts = readFileSync(join(site.folder, 'their root', 'runs', run, 't0', 'starts.jsonl'), 'utf8');
    expect(starts.trim().split('\n')).toHaveLength(1);
    const before = keys(site.folder);
    const here = await site.run('run', 'people.pipeline.json', '--json');
    expect(here.lines().find((line) => line['type'] === 'run-planned')).toMatchObject({ compute: [] });
    expect(keys(site.folder)).toEqual(before);
  },
);

test.skipIf(process.platform === 'win32')(
  'targets are listed, tested and removed; what is wrong has words',
  { timeout: 180_000 },
  async () => {
    const listed = await site.run('targets', 'list', '--json');
    expect(listed.lines()).toMatchObject([{ name: 'apart', kind: 'local', facts: null }]);
    const tested = await site.run('targets', 'test', 'apart', '--json');
    expect(tested.lines()).toMatchObject([{ name: 'apart', facts: { arch: expect.any(String) } }]);
    const wrong = await Promise.all([
      site.run('targets', 'add', 'x', '--kind', 'ssh'),
      site.run('run', 'people.pipeline.json', '--target', 'nowhere'),
      site.run('run', 'people.pipeline.json', '--place', 'model=nowhere'),
      site.run('targets', 'frobnicate', 'x'),
    ]);
    expect(wrong.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
      [1, 'A target of the kind "ssh" needs --host. Give it with --host.'],
      [1, 'There is no target "nowhere". There are apart.'],
      [1, 'There is no target "nowhere". There are apart.'],
      [2, 'There is no "targets frobnicate".'],
    ]);
    expect((await site.run('targets', 'remove', 'apart')).code).toBe(0);
    expect((await site.run('targets', 'list', '--json')).lines()).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')(
  'rows that lie on the target are computed there in parts, and never sent; a part that was lost is computed alone',
  { timeout: 240_000 },
  async () => {
    const lake = join(site.folder, 'their lake');
    mkdirSync(lake);
    const instance = await DuckDBInstance.create(':memory:');
    const duck = await instance.connect();
    for (let file = 0; file < 5; file++)
      await duck.run(
        `COPY (SELECT range AS id, hash(range, ${file}) % 4 AS g, CAST(hash(range, ${file}, 1) % 1000 AS DOUBLE) / 7 AS x FROM range(20000)) TO '${lake}/f${file}.parquet' (FORMAT parquet)`,
      );
    const wanted = (
      await duck.runAndReadAll(`SELECT g, count(*) AS n, sum(id) AS ids FROM '${lake}/*.parquet' GROUP BY g ORDER BY g`)
    ).getRows();
    const pipeline = (file: string) => ({
      flowyard: 1,
      nodes: {
        lake: { kind: 'read.parquet', params: { file } },
        kept: { kind: 'clean.filter', params: { expression: 'x >= 0' } },
        sums: {
          kind: 'combine.aggregate',
          params: {
            by: ['g'],
            aggregates: [
              { function: 'rows', as: 'n' },
              { function: 'sum', column: 'id', as: 'ids' },
              { function: 'mean', column: 'x', as: 'mean' },
            ],
          },
        },
      },
      wires: ['lake.rows -> kept.rows', 'kept.rows -> sums.rows'],
    });
    site.write('there.pipeline.json', pipeline(`apart:${lake}/*.parquet`));
    expect((await site.run('check', 'there.pipeline.json')).out).toContain('Nobody has looked yet');
    const there = await site.run('run', 'there.pipeline.json', '--target', 'apart', '--partitions', '3', '--json');
    expect(there.lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
    // Parts are ready in any order, the whole is last.
    const finished = (run: typeof there) =>
      run.lines().filter((l) => l['type'] === 'node-finished' && l['node'] === 'sums');
    const partsIn = (run: typeof there) => finished(run).map((l) => JSON.stringify(l['variant'] ?? 'whole'));
    expect(partsIn(there).toSorted()).toEqual(['"whole"', ...['1', '2', '3'].map((n) => `{"part":"${n} of 3"}`)]);
    expect(partsIn(there).at(-1)).toBe('"whole"');
    const run = String(there.lines()[0]?.['run']);
    // Three parts, and what puts them together.
    expect(
      readdirSync(join(site.folder, 'their root', 'runs', run)).filter((name) => /^t\d+$/.test(name)),
    ).toHaveLength(4);
    // The whole is here, the parts stay there.
    expect(keys(site.folder)).toHaveLength(1);
    const [key = ''] = keys(site.folder);
    const rows = join(site.folder, '.flowyard', 'store', key.slice(0, 2), key, 'rows.parquet');
    expect((await duck.runAndReadAll(`SELECT g, n, ids FROM '${rows}'`)).getRows()).toEqual(wanted);

    // It was looked at: the columns are known, and what there is to do.
    const check = await site.run('check', 'there.pipeline.json', '--partitions', '3', '--json');
    expect(check.lines().at(-1)).toMatchObject({ errors: 0, compute: [], schemas: { 'sums.rows': expect.anything() } });
    const here = await site.run('run', 'there.pipeline.json', '--no-cache');
    expect([here.code, here.out]).toEqual([1, expect.stringContaining('lie on apart')]);

    // One part is lost there, and the whole here.
    const store = join(site.folder, 'their root', 'cache', 'store');
    const lost = String(
      JSON.stringify(finished(there).find((l) => JSON.stringify(l).includes('2 of 3'))?.['outputs']).match(
        /"key":"([a-z0-9]+)/,
      )?.[1],
    );
    rmSync(join(store, lost.slice(0, 2), lost), { recursive: true });
    rmSync(join(store, key.slice(0, 2), key), { recursive: true });
    rmSync(join(site.folder, '.flowyard', 'store', key.slice(0, 2), key), { recursive: true });
    const again = await site.run('run', 'there.pipeline.json', '--target', 'apart', '--partitions', '3', '--json');
    expect(partsIn(again)).toEqual(['{"part":"2 of 3"}', '"whole"']);
    // A file that was written anew is another.
    await duck.run(`COPY (SELECT 1 AS id, 2::UBIGINT AS g, 3.0::DOUBLE AS x) TO '${lake}/f4.parquet' (FORMAT parquet)`);
    const changed = await site.run('run', 'there.pipeline.json', '--target', 'apart', '--partitions', '3', '--json');
    expect(finished(changed).at(-1)?.['variant']).toBeUndefined();
    expect(keys(site.folder)).toHaveLength(2);
    instance.closeSync();
  },
);
