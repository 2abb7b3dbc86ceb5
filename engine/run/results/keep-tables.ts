/** The tables that a fit keeps beside its state, and those that a model carries. */
import { copyFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { basename, join } from 'node:path';
import type { FitContext, Row } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { literal, type Sql } from '../../../shared/sql.ts';
import type { ModelFile, ModelStep } from '../../recipe/model-file.ts';
import { hashFile } from '../../files/file-stamp.ts';

/** So many rows may stand in a state as text, where a person and a comparison can read them. More would be parsed with each query. */
const mostRowsInline = 1000;

export interface KeptTables extends Pick<FitContext<unknown>, 'keep'> {
  /** Names of the files that were written. */
  files: string[];
}

/** @param run runs a query of the fit, or what is made of its text */
export function keepTables(
  folder: string,
  run: (query: Sql, wrap: (select: string) => string) => Promise<readonly Row[]>,
): KeptTables {
  const files: string[] = [];
  const keep: KeptTables['keep'] = async (columns, query) => {
    const plain = columns.map(({ name, type }) => ({ name, type }));
    const first = await run(query, (select) => `SELECT * FROM (${select}) LIMIT ${mostRowsInline + 1}`);
    if (first.length <= mostRowsInline)
      return { columns: plain, rows: first.map((row) => columns.map((c) => row[c.name] ?? null)) };
    const file = `table-${files.length + 1}.parquet`;
    const copied = await run(
      query,
      (select) =>
        `COPY (${select}) TO ${literal(join(folder, file))} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)`,
    );
    files.push(file);
    const count = Number(Object.values(copied[0] ?? {})[0] ?? 0);
    // What a state is, is known by its text.
    return { columns: plain, file, sha256: await hashFile(join(folder, file)), count };
  };
  return { files, keep };
}

/** A model whose files (tables of states, what batch functions read) are copied into its own folder, and their names there. */
export async function carryFiles(model: ModelFile, folder: string): Promise<{ model: ModelFile; files: string[] }> {
  const files: string[] = [];
  const steps: ModelStep[] = [];
  for (const [at, step] of model.steps.entries()) {
    const tables = { ...step.tables };
    for (const [name, table] of Object.entries(tables)) {
      if (!('file' in table)) continue;
      const file = `step-${at}-${basename(table.file)}`;
      await copyFile(table.file, join(folder, file), constants.COPYFILE_FICLONE);
      files.push(file);
      tables[name] = { ...table, file };
    }
    const read = [];
    for (const [i, one] of (step.made?.files ?? []).entries()) {
      const file = `step-${at}-${i}-${basename(one.path)}`;
      await copyFile(one.file, join(folder, file), constants.COPYFILE_FICLONE);
      if ((await hashFile(join(folder, file))) !== one.sha256)
        throw fail('source.changed', {
          message: `"${one.path}" of "${step.title}" changed while the run was going.`,
          mend: 'Run again.',
          facts: { file: one.file },
        });
      files.push(file);
      read.push({ ...one, file });
    }
    steps.push({
      ...step,
      ...(step.tables === undefined ? {} : { tables }),
      ...(step.made?.files === undefined ? {} : { made: { ...step.made, files: read } }),
    });
  }
  return { model: { ...model, steps }, files };
}
