/** Said on a remote: which files a pattern names there, and what columns they have. Reads their footers, not their rows. */
import { createHash } from 'node:crypto';
import { open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stdin, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import { fail, toProblem } from '../../../shared/errors.ts';
import { literal } from '../../../shared/sql.ts';
import { readTargetPath } from '../../../shared/source/target-path.ts';
import { stampOf } from '../../files/file-stamp.ts';
import type { FileListing } from '../../sources/listings.ts';
import { listFiles } from '../../sources/source-folder.ts';
import { splitPattern } from '../../sources/file-pattern.ts';
import { listMark, listRequest, type ListRequest } from './listing-call.ts';
import { Database } from '../../table/database.ts';

export async function serveListing(): Promise<void> {
  const said = await list(listRequest.parse(JSON.parse(await text(stdin)))).catch((error: unknown) => ({
    problem: toProblem(error),
  }));
  stdout.write(`${listMark}${JSON.stringify(said)}\n`);
}

async function list(wanted: ListRequest): Promise<FileListing[]> {
  const listings: FileListing[] = [];
  for (const { name, path, endings } of wanted) {
    const files = await filesOf(name, readTargetPath(path)?.path ?? path, endings);
    listings.push({ name, files, columns: (await columnsOf(files[0]?.place ?? '', name)).toString('base64') });
  }
  return listings;
}

async function filesOf(name: string, path: string, endings: readonly string[]): Promise<FileListing['files']> {
  const { folder, pattern } = splitPattern(path);
  const none = (cause?: unknown) =>
    fail(
      'file.none-fits',
      { message: `No file there fits "${name}".`, mend: 'Look at the path on the remote.' },
      { cause },
    );
  const root = await realpath(folder).catch((cause: unknown) => {
    throw none(cause);
  });
  const listed = (await stat(root)).isFile()
    ? [{ path: root.split('/').at(-1) ?? root, place: root }]
    : (await listFiles(root, endings, pattern)).files;
  if (listed.length === 0) throw none();
  const found: FileListing['files'] = [];
  for (const { path: within, place } of listed) {
    const stamp = await stampOf(place);
    const [size = '', changed = ''] = stamp.split('|');
    const sha256 = createHash('sha256')
      .update(`${size}|${changed}|`)
      .update(await footerOf(place, Number(size)))
      .digest('hex');
    found.push({ path: within, place, bytes: Number(size), sha256, stamp });
  }
  return found;
}

/** Parquet ends with its footer, the footer's length and a mark. */
async function footerOf(place: string, size: number): Promise<Buffer> {
  const file = await open(place).catch((cause: unknown) => {
    throw fail(
      'file.unreadable',
      {
        message: `"${place}" cannot be read there.`,
        mend: 'Ask its owner for the right to read it, or name other files.',
      },
      { cause },
    );
  });
  try {
    const tail = Buffer.alloc(8);
    await file.read(tail, 0, 8, Math.max(0, size - 8));
    const length = tail.readUInt32LE(0);
    if (size < 12 || tail.toString('latin1', 4) !== 'PAR1' || length > size - 12)
      throw fail('parquet.unreadable', {
        message: `"${place}" is not a whole Parquet file.`,
        mend: 'Is it still being written?',
      });
    const footer = Buffer.alloc(length);
    await file.read(footer, 0, length, size - 8 - length);
    return footer;
  } finally {
    await file.close();
  }
}

async function columnsOf(place: string, name: string): Promise<Buffer> {
  const out = join(
    tmpdir(),
    `fy-columns-${createHash('sha256').update(`${name}${process.pid}`).digest('hex').slice(0, 16)}.parquet`,
  );
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 2 ** 29,
    tempFolder: null,
    allowed: [place, out],
  });
  try {
    await database.run(
      `COPY (SELECT * FROM read_parquet(${literal(place)}, hive_partitioning = false) LIMIT 0) TO ${literal(out)} (FORMAT parquet)`,
    );
    return await readFile(out);
  } finally {
    await rm(out, { force: true });
  }
}
