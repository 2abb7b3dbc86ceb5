/** The rows that `predict` reads for a model that takes images: a folder, an archive or one file of images, or a table that names files. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import type { AskedImages } from '../../engine/recipe/scorer/asked-images.ts';
import { baseSign, type ModelFile } from '../../engine/recipe/model-file.ts';
import { readGiven } from '../../engine/files/given-file.ts';
import { FolderHashes, isArchive, readSourceFile } from '../../engine/sources/source-folder.ts';
import { mostImageBytes } from '../../engine/images/open-images.ts';
import type { TableValue } from '../../engine/recipe/compose/table-value.ts';
import type { Database } from '../../engine/table/database.ts';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { isImageType } from '../../shared/media/image.ts';
import { id } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';

const endings = ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff'];
const isImageFile = (path: string): boolean => endings.some((ending) => path.toLowerCase().endsWith(ending));

/** The column of images that the model needs. */
export const imageColumnOfModel = (model: ModelFile): Column | undefined =>
  model.base.columns.find((c) => model.needed.includes(c.name) && isImageType(c.type));

/** Is the input images themselves, and not a table? */
export async function isImageInput(path: string): Promise<boolean> {
  return isImageFile(path) || isArchive(path) || (await stat(path)).isDirectory();
}

/** One row a file, with its path beside the image. */
export async function readImageFolder(
  database: Database,
  model: ModelFile,
  column: Column,
  path: string,
  images: AskedImages,
): Promise<TableValue> {
  const others = model.needed.filter((name) => name !== column.name);
  if (others.length > 0)
    throw fail('model.column-missing', {
      message: `The model reads ${others.map((name) => `"${name}"`).join(', ')} beside the images.`,
      mend: `Give a table with these columns, and with the files' names in "${column.name}".`,
      column: others[0] ?? '',
    });
  const files = isImageFile(path)
    ? [{ path: path.split(/[/\\]/).at(-1) ?? path, place: path }]
    : (await new FolderHashes(tmpdir()).hash(path, endings)).files;
  if (files.length === 0)
    throw fail('images.none', {
      message: `There is no image in "${path}".`,
      mend: `Give files that end in ${endings.join(', ')}.`,
    });
  const rows: [string, string][] = [];
  for (const file of files) {
    const bytes = await readSourceFile(file);
    rows.push([file.path, await images.take(bytes ?? Buffer.of(), file.path, `The file "${file.path}"`)]);
  }
  const pathName = column.name === 'path' ? 'file' : 'path';
  return asTable(database, model, [{ name: pathName, type: 'VARCHAR' }, column], rows);
}

/** A table whose column names files, relative to the table's own folder, with the images in their place. */
export async function takeNamedImages(
  database: Database,
  select: string,
  column: Column,
  tablePath: string,
  images: AskedImages,
): Promise<string> {
  const found = await database.query(
    `SELECT DISTINCT CAST(${id(column.name).render()} AS VARCHAR) AS file FROM (${select}) AS input_file`,
  );
  const pairs: [string, string][] = [];
  for (const { file } of found) {
    if (typeof file !== 'string') continue;
    const place = resolve(dirname(tablePath), file);
    const bytes = await readGiven(place, { name: file, mostBytes: mostImageBytes }).catch((cause: unknown) => {
      if (cause instanceof FlowyardError) throw cause;
      throw fail(
        'file.missing',
        {
          message: `The image "${file}" is not there.`,
          mend: `Paths in "${column.name}" are relative to the table's folder.`,
          column: column.name,
        },
        { cause },
      );
    });
    pairs.push([file, await images.take(bytes, file, `The file "${file}"`)]);
  }
  await fillTable(database, 'named_images', ['file', 'value'], pairs);
  return `SELECT i.* REPLACE (n.value AS ${id(column.name).render()}) FROM (${select}) AS i LEFT JOIN named_images n ON CAST(i.${id(column.name).render()} AS VARCHAR) = n.file`;
}

async function fillTable(
  database: Database,
  table: string,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  await database.run(`CREATE TEMP TABLE ${table} (${names.map((n) => `${id(n).render()} VARCHAR`).join(', ')})`);
  const appender = await database.appender(table);
  for (const row of rows) {
    for (const value of row) appender.appendVarchar(value);
    appender.endRow();
  }
  appender.closeSync();
}

async function asTable(
  database: Database,
  model: ModelFile,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): Promise<TableValue> {
  await fillTable(
    database,
    'input_images',
    columns.map((c) => c.name),
    rows,
  );
  const names = columns.map((c) => `CAST(${id(c.name).render()} AS ${c.type}) AS ${id(c.name).render()}`).join(', ');
  const key = 'predict-input';
  return {
    key,
    columns: [...columns],
    hidden: [],
    ctes: [{ name: 'input_rows', sql: `SELECT ${names} FROM input_images` }],
    from: 'input_rows',
    nodes: [],
    mixes: false,
    provenance: { base: { key, columns: [...columns], sign: baseSign(model) }, steps: [] },
  };
}
