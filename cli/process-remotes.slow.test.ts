/** A remote on this machine: the whole way of a run that is somewhere else, without a server. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { japaneseFont, pdfOf } from '../test/support/pdf-of.ts';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let site: CommandFolder;
beforeEach(async () => {
  site = makeCommandFolder();
  site.write('people.csv', peopleCsv);
  site.write('people.pipeline.json', smallPipeline());
  await site.run(
    'remotes',
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
  'remotes are listed, tested and removed; what is wrong has words',
  async () => {
    const listed = await site.run('targets', 'list', '--json');
    expect(listed.lines()).toMatchObject([{ name: 'apart', kind: 'local', facts: null }]);
    const tested = await site.run('remotes', 'test', 'apart', '--json');
    expect(tested.lines()).toMatchObject([{ name: 'apart', facts: { arch: expect.any(String) } }]);
    const wrong = await Promise.all([
      site.run('remotes', 'add', 'x', '--kind', 'ssh'),
      site.run('run', 'people.pipeline.json', '--remote', 'nowhere'),
      site.run('run', 'people.pipeline.json', '--place', 'model=nowhere'),
      site.run('remotes', 'frobnicate', 'x'),
    ]);
    expect(wrong.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
      [1, 'A remote of the kind "ssh" needs --host. Give it with --host.'],
      [1, 'There is no remote "nowhere". There are apart.'],
      [1, 'There is no remote "nowhere". There are apart.'],
      [2, 'There is no "remotes frobnicate".'],
    ]);
    expect((await site.run('remotes', 'remove', 'apart')).code).toBe(0);
    expect((await site.run('remotes', 'list', '--json')).lines()).toEqual([]);
  },
);

test.skipIf(process.platform === 'win32')(
  'rows that lie on the remote are computed there in parts, and never sent; a part that was lost is computed alone',
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
    const there = await site.run('run', 'there.pipeline.json', '--remote', 'apart', '--partitions', '3', '--json');
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
    const again = await site.run('run', 'there.pipeline.json', '--remote', 'apart', '--partitions', '3', '--json');
    expect(partsIn(again)).toEqual(['{"part":"2 of 3"}', '"whole"']);
    // A file that was written anew is another.
    await duck.run(`COPY (SELECT 1 AS id, 2::UBIGINT AS g, 3.0::DOUBLE AS x) TO '${lake}/f4.parquet' (FORMAT parquet)`);
    const changed = await site.run('run', 'there.pipeline.json', '--remote', 'apart', '--partitions', '3', '--json');
    expect(finished(changed).at(-1)?.['variant']).toBeUndefined();
    expect(keys(site.folder)).toHaveLength(2);

    // A place in the file says it too, of files that lie here.
    const local = pipeline('their lake/*.parquet');
    const place = { target: 'apart', partitions: 2 };
    site.write('placed.pipeline.json', { ...local, nodes: { ...local.nodes, sums: { ...local.nodes.sums, place } } });
    const placed = await site.run('run', 'placed.pipeline.json', '--json');
    expect(partsIn(placed).toSorted()).toEqual(['"whole"', '{"part":"1 of 2"}', '{"part":"2 of 2"}']);
    const after = await site.run('check', 'placed.pipeline.json', '--json');
    expect(after.lines().at(-1)).toMatchObject({ errors: 0, compute: [] });
    instance.closeSync();
  },
);

test.skipIf(process.platform === 'win32')(
  'a placed node: what shrinks the rows is computed here first, and only that is sent',
  async () => {
    site.write(
      'long.csv',
      `g,x\n${Array.from({ length: 60_000 }, (_, i) => `${i % 9},${(i * 7919) % 10_007}`).join('\n')}\n`,
    );
    site.write('long.pipeline.json', {
      flowyard: 1,
      nodes: {
        long: { kind: 'read.csv', params: { file: 'long.csv' } },
        sums: { kind: 'combine.aggregate', params: { by: ['g'], aggregates: [{ function: 'sum', column: 'x' }] } },
        sorted: { kind: 'combine.sort', params: { keys: [{ column: 'sum_x' }] } },
        most: { kind: 'clean.filter', params: { expression: 'sum_x > 0' } },
      },
      wires: ['long.rows -> sums.rows', 'sums.rows -> sorted.rows', 'sorted.rows -> most.rows'],
    });
    const plan = await site.run('check', 'long.pipeline.json', '--place', 'sorted=apart');
    expect(plan.out).toMatch(/about [\d.]+ k?B go to apart \(sums\); about [\d.]+ k?B come back \(sorted\)/);
    const ended = await site.run('run', 'long.pipeline.json', '--place', 'sorted=apart', '--json');
    const lines = ended.lines();
    expect(lines.at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
    expect(lines.find((l) => l['type'] === 'run-moves')).toMatchObject({
      target: 'apart',
      moves: [
        { node: 'sums', to: 'there', isKnown: false, isFile: false },
        { node: 'sorted', to: 'here' },
      ],
    });
    // Each node is told once, and the run begins once.
    for (const node of ['sums', 'sorted', 'most'])
      expect(lines.filter((l) => l['type'] === 'node-finished' && l['node'] === node)).toHaveLength(1);
    expect(lines.filter((l) => l['type'] === 'run-started')).toHaveLength(1);
    // The file stayed here.
    const blobs = readdirSync(join(site.folder, 'their root', 'blobs'), { recursive: true, encoding: 'utf8' });
    const hash = createHash('sha256')
      .update(readFileSync(join(site.folder, 'long.csv')))
      .digest('hex');
    expect(blobs.some((name) => name.includes(hash))).toBe(false);
    const here = await site.run('run', 'long.pipeline.json', '--json');
    expect(here.lines().find((line) => line['type'] === 'run-planned')).toMatchObject({ compute: [] });
  },
);

test.skipIf(process.platform === 'win32')(
  'a placed training whose rows come from here makes the model of a run here, to its bytes, though its file stayed',
  async () => {
    const rows = Array.from(
      { length: 4000 },
      (_, i) =>
        `${'a word that is not needed, '.repeat(9)}${i},${(i * 7919) % 997},${(i * 104_729) % 89},${(i * 31) % 7 > 3 ? 'yes' : 'no'}`,
    );
    const pipeline = {
      flowyard: 1,
      nodes: {
        rows: { kind: 'read.csv', params: { file: 'wide.csv' } },
        few: { kind: 'clean.select', params: { columns: { by: 'all', except: ['note'] } } },
        made: { kind: 'clean.derive', params: { columns: [{ name: 'c', expression: 'a * 2' }] } },
        split: { kind: 'split.rows', params: { target: 'next', seed: 3 } },
        fill: { kind: 'prepare.impute' },
        model: { kind: 'train.gradient-boosting', params: { trees: 8 } },
        measure: { kind: 'evaluate.classification' },
      },
      wires: [
        'rows.rows -> few.rows',
        'few.rows -> made.rows',
        'made.rows -> split.rows',
        'split.rows -> fill.rows',
        'fill.rows -> model.rows',
        'model.model -> measure.model',
        'fill.rows -> measure.rows',
      ],
    };
    const other = makeCommandFolder();
    for (const folder of [site, other]) {
      folder.write('wide.csv', `note,a,b,next\n${rows.join('\n').replaceAll(', ', '; ')}\n`);
      folder.write('wide.pipeline.json', pipeline);
    }
    const away = await site.run('run', 'wide.pipeline.json', '--place', 'model=apart', '--json');
    expect(away.lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
    const moves = away.lines().find((l) => l['type'] === 'run-moves');
    expect(JSON.stringify(moves)).not.toContain('"isFile":true');
    const here = await other.run('run', 'wide.pipeline.json', '--json');
    expect(away.lines().at(-1)?.['metrics']).toEqual(here.lines().at(-1)?.['metrics']);
    const contents = (folder: string) =>
      new Map(
        keys(folder).map((key) => {
          const place = join(folder, '.flowyard', 'store', key.slice(0, 2), key, 'manifest.json');
          const manifest: { contentHash: string } = JSON.parse(readFileSync(place, 'utf8'));
          return [key, manifest.contentHash] as const;
        }),
      );
    const made = contents(site.folder);
    for (const [key, content] of contents(other.folder)) expect([key, made.get(key)]).toEqual([key, content]);
    other.remove();
  },
);

test.skipIf(process.platform === 'win32')(
  'PDF files are read on a remote, in fonts too whose tables lie in the package of the parser',
  async () => {
    mkdirSync(join(site.folder, 'papers'));
    writeFileSync(join(site.folder, 'papers', 'a.pdf'), pdfOf(['In Latin letters']));
    writeFileSync(join(site.folder, 'papers', 'b.pdf'), pdfOf(['\x93\xfa\x96\x7b'], japaneseFont));
    site.write('papers.pipeline.json', {
      flowyard: 1,
      nodes: { papers: { kind: 'read.documents', params: { folder: 'papers' } } },
    });
    const ran = await site.run('run', 'papers.pipeline.json', '--remote', 'apart', '--json');
    expect(ran.lines().at(-1)).toMatchObject({ status: 'done', metrics: { papers: { documents: 2 } } });
  },
);

test.skipIf(process.platform === 'win32')(
  'a file that is written there stays there, which is said; a run here writes it here, even where both see the same disk',
  async () => {
    site.write('write.pipeline.json', {
      flowyard: 1,
      nodes: {
        people: { kind: 'read.csv', params: { file: 'people.csv' } },
        out: { kind: 'write.table', params: { file: 'out/people ü.csv' } },
      },
      wires: ['people.rows -> out.rows'],
    });
    const out = join(site.folder, 'out', 'people ü.csv');
    const there = await site.run('run', 'write.pipeline.json', '--remote', 'apart');
    const said = /the file stays on the remote: (.*people ü\.csv)/.exec(there.out)?.[1] ?? there.out;
    expect(readFileSync(said, 'utf8')).toContain('Łódź');
    expect(existsSync(out)).toBe(false);
    expect((await site.run('run', 'write.pipeline.json')).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(said, 'utf8'));
  },
);
