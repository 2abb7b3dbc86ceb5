import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import { literal } from '../../../shared/sql.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';
import { Database } from '../../table/database.ts';

const files = 7;
let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
  await makeSales(files);
  await shop.write('cities.csv', 'city,land\n0,north\n1,south\n2,south\n3,west\n');
});
afterAll(() => shop[Symbol.asyncDispose]());

/** Files of unequal size, of which one has no rows. */
async function makeSales(count: number): Promise<void> {
  await mkdir(join(shop.folder, 'sales'), { recursive: true });
  await using database = await openHere();
  for (let file = 0; file < count; file++)
    await writeSales(database, `sales/part-${file}.parquet`, file, file === 3 ? 0 : 400 + 900 * file);
}
const openHere = (): Promise<Database> =>
  Database.open({ threads: 2, memoryBytes: 2 ** 29, tempFolder: null, allowed: [shop.folder] });
const writeSales = (database: Database, name: string, file: number, rows: number): Promise<void> =>
  database.run(
    `COPY (SELECT range + ${file * 100_000} AS id, CAST(hash(range, ${file}) % 5 AS INTEGER) AS city, CASE WHEN range % 17 = 0 THEN NULL ELSE CAST(hash(range, ${file}, 1) % 1000000 AS DOUBLE) / 700 END AS price, CAST(hash(range, ${file}, 2) % 100000 / 100 AS DECIMAL(18,2)) AS paid, 'n' || (hash(range, ${file}, 3) % 40) AS item FROM range(${rows})) TO ${literal(join(shop.folder, name))} (FORMAT parquet)`,
  );

const sales = { kind: 'read.parquet', params: { file: 'sales/*.parquet' } };
const totals = {
  kind: 'combine.aggregate',
  params: {
    by: ['city'],
    aggregates: [
      { function: 'rows' },
      { function: 'sum', column: 'price' },
      { function: 'mean', column: 'price' },
      { function: 'mean', column: 'paid' },
      { function: 'sum', column: 'id' },
      { function: 'count-distinct', column: 'item' },
    ],
  },
};
type Nodes = Record<string, SketchedNode>;

/** The same pipeline by one query and in parts, each from nothing. */
async function both(nodes: Nodes, wires: string[], partitions = 3): Promise<[one: FinishedRun, parts: FinishedRun]> {
  await forget();
  const one = await shop.run(nodes, wires, undefined, 2, { partitions: 1 });
  expect(one.problems).toEqual([]);
  await forget();
  const parts = await shop.run(nodes, wires, undefined, 2, { partitions });
  expect(parts.problems).toEqual([]);
  return [one, parts];
}
const forget = (): Promise<void> => rm(join(shop.folder, '.flowyard', 'store'), { recursive: true, force: true });
const partsOf = (run: { events: readonly RunEvent[] }): string[] =>
  run.events.flatMap((e) => (e.type === 'node-finished' ? (e.variant?.['part'] ?? []) : [])).map(String);

describe('rows in parts', () => {
  it('values of groups: the key and the bytes of one query', async () => {
    const nodes = { sales, kept: { kind: 'clean.filter', params: { expression: 'price > 100' } }, totals };
    const [one, parts] = await both(nodes, ['sales.rows -> kept.rows', 'kept.rows -> totals.rows']);
    expect(partsOf(parts)).toEqual(['1 of 3', '2 of 3', '3 of 3']);
    expect(partsOf(one)).toEqual([]);
    expect(parts.artifact('totals').key).toBe(one.artifact('totals').key);
    expect(parts.artifact('totals').manifest.contentHash).toBe(one.artifact('totals').manifest.contentHash);
    expect(await parts.rows('totals', 'city')).toHaveLength(5);
    expect(parts.events.filter((e) => e.type === 'node-log').map((e) => e.text)).toEqual(['3 parts, merged']);
    // Each node is told once.
    for (const node of Object.keys(nodes))
      expect(
        parts.events.filter((e) => e.type === 'node-finished' && e.node === node && e.variant === undefined),
      ).toHaveLength(1);
  });

  it('a join with a small table, then an order: the bytes of one query', async () => {
    const [one, parts] = await both(
      {
        sales,
        cities: { kind: 'read.csv', params: { file: 'cities.csv' } },
        joined: { kind: 'combine.join', params: { how: 'inner', keys: [{ left: 'city', right: 'city' }] } },
        sorted: { kind: 'combine.sort', params: { keys: [{ column: 'price', direction: 'descending' }] } },
      },
      ['sales.rows -> joined.left', 'cities.rows -> joined.right', 'joined.rows -> sorted.rows'],
    );
    expect(parts.artifact('sorted').key).toBe(one.artifact('sorted').key);
    expect(parts.artifact('sorted').manifest.contentHash).toBe(one.artifact('sorted').manifest.contentHash);
  });

  it('tables one under the other: the whole one counts once', async () => {
    const [one, parts] = await both(
      {
        sales,
        more: { kind: 'read.parquet', params: { file: 'sales/part-1.parquet' } },
        all: { kind: 'combine.append', params: {} },
        totals,
      },
      ['more.rows -> all.rows', 'sales.rows -> all.rows', 'all.rows -> totals.rows'],
      4,
    );
    expect(partsOf(parts)).toHaveLength(4);
    expect(parts.artifact('totals').manifest.contentHash).toBe(one.artifact('totals').manifest.contentHash);
  });

  it('rows for a node that needs them whole: in their order, so that what follows has the same key and bytes', async () => {
    const [one, parts] = await both(
      {
        sales,
        kept: { kind: 'clean.filter', params: { expression: 'price > 900' } },
        some: { kind: 'combine.sample', params: { amount: 'rows', rows: 100 } },
        listed: { kind: 'combine.sort', params: { keys: [{ column: 'id' }] } },
      },
      ['sales.rows -> kept.rows', 'kept.rows -> some.rows', 'some.rows -> listed.rows'],
    );
    expect(partsOf(parts)).toHaveLength(3);
    expect(parts.artifact('listed').key).toBe(one.artifact('listed').key);
    expect(parts.artifact('listed').manifest.contentHash).toBe(one.artifact('listed').manifest.contentHash);
  });

  it('rows that are the end: the same rows in the same order, under a key of their own', async () => {
    const nodes = { sales, kept: { kind: 'clean.filter', params: { expression: 'price > 900' } } };
    await forget();
    const [one, parts] = [
      await shop.run(nodes, ['sales.rows -> kept.rows'], undefined, 2, { partitions: 1 }),
      await shop.run(nodes, ['sales.rows -> kept.rows'], undefined, 2, { partitions: 3 }),
    ];
    expect(parts.artifact('kept').key).not.toBe(one.artifact('kept').key);
    await using database = await openHere();
    const read = (run: FinishedRun) =>
      database.query(`SELECT * FROM read_parquet(${literal(run.artifact('kept').file('rows.parquet'))})`);
    expect(await read(parts)).toEqual(await read(one));
  });

  it('a standard deviation to 1e-9, under a key of its own', async () => {
    const nodes = {
      sales,
      totals: {
        kind: 'combine.aggregate',
        params: { by: ['city'], aggregates: [{ function: 'standard-deviation', column: 'price', as: 'sd' }] },
      },
    };
    await forget();
    const one = await shop.run(nodes, ['sales.rows -> totals.rows'], undefined, 2, { partitions: 1 });
    const wanted = await one.rows('totals', 'city');
    const parts = await shop.run(nodes, ['sales.rows -> totals.rows'], undefined, 2, { partitions: 3 });
    expect(parts.artifact('totals').key).not.toBe(one.artifact('totals').key);
    for (const [i, row] of (await parts.rows('totals', 'city')).entries())
      expect(Math.abs(Number(row['sd']) / Number(wanted[i]?.['sd']) - 1)).toBeLessThan(1e-9);
  });

  it('only missing parts are computed: one was lost, one has a new file', async () => {
    const nodes = { sales, totals };
    const wires = ['sales.rows -> totals.rows'];
    await forget();
    const first = await shop.run(nodes, wires, undefined, 2, { partitions: files });
    expect(partsOf(first)).toHaveLength(files);
    const keyOf = (part: string): string =>
      first.events
        .flatMap((e) =>
          e.type === 'node-finished' && e.variant?.['part'] === part ? e.outputs.map((o) => o.key) : [],
        )[0]
        ?.split('/')[0] ?? '';
    await shop.environment.store.remove(keyOf('2 of 7'));
    await shop.environment.store.remove(first.artifact('totals').key);
    expect(partsOf(await shop.run(nodes, wires, undefined, 2, { partitions: files }))).toEqual(['2 of 7']);
    await using database = await openHere();
    await writeSales(database, `sales/part-${files}.parquet`, files, 50);
    const more = await shop.run(nodes, wires, undefined, 2, { partitions: files + 1 });
    expect(partsOf(more)).toEqual(['8 of 8']);
    await rm(join(shop.folder, `sales/part-${files}.parquet`));
    // Nothing is missing: nothing is computed.
    const last = await shop.run(nodes, wires, undefined, 2, { partitions: files });
    expect(last.events.filter((e) => e.type === 'node-started')).toEqual([]);
  });

  it('by itself where the files are larger than the memory', async () => {
    await forget();
    const run = await shop.run({ sales, totals }, ['sales.rows -> totals.rows'], undefined, 2, {
      memoryBytes: 100_000,
    });
    expect(run.problems).toEqual([]);
    expect(partsOf(run).length).toBeGreaterThan(1);
  });

  it('a file with other columns is named, also in a part of its own', async () => {
    await mkdir(join(shop.folder, 'odd'), { recursive: true });
    await using database = await openHere();
    const write = (name: string, select: string) =>
      database.run(`COPY (${select}) TO ${literal(join(shop.folder, 'odd', name))} (FORMAT parquet)`);
    await write('a.parquet', 'SELECT 1::INTEGER AS x');
    await write('b.parquet', `SELECT 'word' AS x`);
    const odd = {
      odd: { kind: 'read.parquet', params: { file: 'odd' } },
      n: { kind: 'combine.aggregate', params: { aggregates: [{ function: 'sum', column: 'x' }] } },
    };
    const said = async (partitions: number) =>
      (await shop.run(odd, ['odd.rows -> n.rows'], undefined, 1, { partitions })).problems[0];
    expect(await said(1)).toMatchObject({
      code: 'files.other-columns',
      node: 'odd',
      column: 'x',
      message: expect.stringContaining('b.parquet'),
    });
    expect(await said(2)).toMatchObject({
      code: 'files.other-columns',
      node: 'odd',
      column: 'x',
      message: expect.stringContaining('b.parquet'),
    });
  });

  it('a folder and a pattern without files say so; a file that changes is not read as what it was', async () => {
    await mkdir(join(shop.folder, 'empty'), { recursive: true });
    await writeFile(join(shop.folder, 'empty', 'notes.txt'), '');
    const read = async (file: string) =>
      (await shop.run({ it: { kind: 'read.parquet', params: { file } } }, [])).problems[0];
    expect(await read('empty')).toMatchObject({ code: 'file.none-fits', node: 'it', param: 'file' });
    expect(await read('sales/*.csv')).toMatchObject({ code: 'file.none-fits' });
    await shop.write('beside.txt', '');
    expect(await read('*.parquet')).toMatchObject({ code: 'file.none-fits' });
    expect(await read('../*.parquet')).toMatchObject({ code: 'file.outside-workspace' });
    const before = await shop.run({ sales, totals }, ['sales.rows -> totals.rows'], undefined, 1, { partitions: 2 });
    await utimes(join(shop.folder, 'sales', 'part-0.parquet'), new Date(), new Date());
    const touched = await shop.run({ sales, totals }, ['sales.rows -> totals.rows'], undefined, 1, { partitions: 2 });
    expect(touched.artifact('totals').key).toBe(before.artifact('totals').key);
  });

  it('random chains: equal to one query', async () => {
    const steps = fc.array(
      fc.constantFrom<SketchedNode>(
        { kind: 'clean.filter', params: { expression: 'price < 1200 OR price IS NULL' } },
        { kind: 'clean.filter', params: { rules: [{ column: 'city', operator: 'at-least', value: '1' }] } },
        { kind: 'clean.derive', params: { columns: [{ name: 'double', expression: 'price * 2' }] } },
        { kind: 'clean.missing', params: { action: 'drop-any' } },
        { kind: 'clean.types', params: { types: { id: 'number' } } },
        { kind: 'combine.sort', params: { keys: [{ column: 'price' }] } },
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 2, max: 9 }), async (chain, partitions) => {
        const nodes: Nodes = { sales, ...Object.fromEntries(chain.map((step, i) => [`s${i}`, step])), totals };
        const names = Object.keys(nodes);
        const wires = names.slice(1).map((name, i) => `${names[i] ?? ''}.rows -> ${name}.rows`);
        const [one, parts] = await both(nodes, wires, partitions);
        expect(parts.artifact('totals').manifest.contentHash).toBe(one.artifact('totals').manifest.contentHash);
      }),
      { numRuns: 12 },
    );
  });
});
