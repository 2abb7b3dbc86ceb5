import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { literal } from '../../../shared/sql.ts';
import { Workshop } from '../../../test/support/workshop.ts';
import { Database } from '../../table/database.ts';
import { makeSnapshots, type SnapshotsRequest } from './snapshots.ts';

/** Of everything that CSV files hold a little, then ordinary rows until the file is worth a snapshot. */
const odd = [
  'id,name,big,day,at,zoned,share,yes,empty,ugly name',
  '1,"Łódź, ""Ł""",9223372036854775807,2024-02-29,2024-02-29 13:14:15.123456,2024-01-01 00:00:00+05,0.1,true,,"a',
  'b"',
  '2,日本語 🚀,-9223372036854775808,0001-01-01,1969-12-31 23:59:59.999999,2024-06-01 12:00:00-03:30,1e-300,false,,"  both  "',
  '3,NA,0,,,,,,,',
  '4,"",9007199254740993,9999-12-31,,,-0.0,true,NULL,"quoted ""NA"" inside"',
].join('\r\n');
const plain = (i: number): string =>
  `${i},name ${i % 977},${9_007_199_254_740_993n * BigInt((i % 7) - 3)},2020-01-${String(1 + (i % 28)).padStart(2, '0')},2020-01-01 00:00:${String(i % 60).padStart(2, '0')},2020-01-01 00:00:00+01,${i / 3},${i % 2 === 0},,"x\r\ny${i}"`;
const nodes = {
  file: { kind: 'read.csv', params: { file: 'odd.csv' } },
  kept: { kind: 'clean.filter', params: { rules: [{ column: 'id', operator: 'at-least', value: '0' }] } },
};
const wires = ['file.rows -> kept.rows'];

async function withOddFile(): Promise<{ shop: Workshop; wanted: SnapshotsRequest[] }> {
  const shop = await Workshop.open();
  const rows = Array.from({ length: 90_000 }, (_, i) => plain(i + 5));
  await shop.write('odd.csv', `${[odd, ...rows].join('\r\n')}\r\n`);
  const wanted: SnapshotsRequest[] = [];
  shop.environment.keepSnapshots = (request) => wanted.push(request);
  return { shop, wanted };
}

it('a snapshot has the rows, types and order of the file; what read the file reads it, to the same bytes', async () => {
  const { shop: opened, wanted } = await withOddFile();
  await using shop = opened;
  const cold = await shop.run(nodes, wires);
  expect(cold.problems).toEqual([]);
  const first = cold.artifact('kept').manifest;
  expect(wanted.map((w) => w.snapshots.map((s) => s.node))).toEqual([['file']]);
  for (const request of wanted) await makeSnapshots(request);
  const snapshot = wanted[0]?.snapshots[0];
  const made = shop.environment.store.find(snapshot?.key ?? '');
  expect(made?.manifest.ports['rows']).toMatchObject({ rows: 90_004, columns: 10 });

  await using database = await Database.open({
    threads: 2,
    memoryBytes: 2 ** 30,
    tempFolder: null,
    allowed: [shop.folder],
  });
  const parquet = `SELECT * FROM read_parquet(${literal(made?.file('rows.parquet') ?? '')})`;
  const csv = snapshot?.select ?? '';
  expect(await database.describe(parquet)).toEqual(await database.describe(csv));
  const numbered = (select: string): string => `SELECT row_number() OVER () AS n, COLUMNS(*)::VARCHAR FROM (${select})`;
  expect(
    await database.query(
      `(${numbered(csv)} EXCEPT ${numbered(parquet)}) UNION ALL (${numbered(parquet)} EXCEPT ${numbered(csv)})`,
    ),
  ).toEqual([]);
  expect(await database.query(`${parquet} LIMIT 4`)).toEqual(await database.query(`${csv} LIMIT 4`));

  await shop.environment.store.remove(first.key);
  const warm = await shop.run(nodes, wires);
  expect(warm.events.filter((e) => e.type === 'node-cached').map((e) => e.node)).toEqual(['file']);
  expect(warm.artifact('kept').manifest.contentHash).toBe(first.contentHash);
  expect(wanted).toHaveLength(1);
});

it('a file that was changed after the run gives no snapshot, and leaves nothing behind', async () => {
  const { shop: opened, wanted } = await withOddFile();
  await using shop = opened;
  await shop.run(nodes, wires);
  await writeFile(join(shop.folder, 'odd.csv'), 'id\n1\n');
  await makeSnapshots(wanted[0] ?? { folder: '', memoryBytes: 0, snapshots: [] }).catch(() => undefined);
  expect(shop.environment.store.find(wanted[0]?.snapshots[0]?.key ?? '')).toBeUndefined();
  expect(await readdir(join(shop.folder, '.flowyard', 'tmp'))).toEqual([]);
});

it('a type that Parquet has no place for is read from the file each time', async () => {
  const { shop: opened, wanted } = await withOddFile();
  await using shop = opened;
  const huge = { ...nodes, file: { kind: 'read.csv', params: { file: 'odd.csv', types: { big: 'HUGEINT' } } } };
  expect((await shop.run(huge, wires)).status).toBe('done');
  for (const request of wanted) await makeSnapshots(request);
  expect(wanted.map((w) => shop.environment.store.find(w.snapshots[0]?.key ?? ''))).toEqual([undefined]);
});
