/** A model that answers raw rows, and the very files that `predict` takes: a table is sent as it lies on the disk. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModel } from '../engine/recipe/model-file.ts';
import { openScorer } from '../engine/recipe/scorer/open-scorer.ts';
import type { RawRow, Scorer, TableFormat } from '../engine/recipe/scorer/scorer.ts';
import { Database } from '../engine/table/database.ts';
import { id } from '../shared/sql.ts';

export const openServedScorer = async (modelFolder: string): Promise<Scorer> => ({
  ...(await openScorer(modelFolder)),
  readTable: (body, format) => readTable(modelFolder, body, format),
});

/** The columns that the model reads, each value as text: the scorer casts them by the model's own SQL. */
async function readTable(modelFolder: string, body: Uint8Array, format: TableFormat): Promise<readonly RawRow[]> {
  // Loaded with the first table: the readers of all kinds come along.
  const [{ readInput }, { decodedInput }, text] = await Promise.all([
    import('./input/read-input.ts'),
    import('./input/decoded-input.ts'),
    readFile(join(modelFolder, 'model.json'), 'utf8'),
  ]);
  const model = readModel(text);
  const folder = await mkdtemp(join(tmpdir(), 'flowyard-rows-'));
  try {
    const path = join(folder, `rows.${format}`);
    await writeFile(path, body, { mode: 0o600 });
    await using input = await decodedInput(model, path, folder);
    await using database = await Database.open({
      threads: 1,
      memoryBytes: 512 * 2 ** 20,
      tempFolder: null,
      allowed: [input.path],
    });
    const rows = await readInput(database, model, input.path);
    const read = rows.columns.filter((c) => model.needed.includes(c.name)).map(({ name }) => id(name).render());
    const list = read.length === 0 ? 'true AS nothing' : read.map((c) => `CAST(${c} AS VARCHAR) AS ${c}`).join(', ');
    const ctes = rows.ctes.map((c) => `${c.name} AS (${c.sql})`).join(', ');
    return await database.query(`WITH ${ctes} SELECT ${list} FROM ${rows.from}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
