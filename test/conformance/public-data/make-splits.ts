/**
 * Writes what Split makes of each public data set, for `make-fixtures.py`: `node make-splits.ts FOLDER` gives FOLDER/<set>-<seed>.csv, the rows with their
 * `__partition`.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Database } from '../../../engine/table/database.ts';
import { literal } from '../../../shared/sql.ts';
import { publicSets, runPublicSet, splitSeeds } from '../../support/public-data.ts';
import { Workshop } from '../../support/workshop.ts';

const folder = resolve(process.argv[2] ?? 'splits');
await mkdir(folder, { recursive: true });
await using workshop = await Workshop.open();
await using database = await Database.open({
  threads: 1,
  memoryBytes: 2 ** 29,
  tempFolder: null,
  allowed: [workshop.folder, folder],
});
for (const set of publicSets)
  for (const seed of splitSeeds) {
    const run = await runPublicSet(workshop, set, seed);
    const rows = literal(run.artifact('split').file('rows.parquet'));
    await database.query(
      `COPY (FROM read_parquet(${rows}) ORDER BY __row) TO ${literal(join(folder, `${set.name}-${seed}.csv`))} (HEADER)`,
    );
    console.log(set.name, seed, run.status, run.metrics);
  }
