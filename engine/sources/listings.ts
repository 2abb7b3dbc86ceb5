/**
 * Files that lie on a remote, as they were when they were last listed there: enough to plan by and to know the columns by, without a byte of their rows. Each
 * file is known by its size, its time of change and its footer, which says what each column holds and where.
 */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fail, type Problem } from '../../shared/errors.ts';
import { readTargetPath } from '../../shared/source/target-path.ts';
import { folderVersion } from './source-folder.ts';
import type { FoundSource } from './found-source.ts';
import { replaceFile } from '../files/durable-write.ts';

/** Below `.flowyard`. */
export const listingsFolder = 'on-targets';

export const fileListing = z.object({
  /** As the pipeline names it. */
  name: z.string(),
  files: z
    .array(
      z.object({
        path: z.string(),
        place: z.string(),
        bytes: z.number(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        stamp: z.string(),
      }),
    )
    .min(1),
  /** A Parquet file with the columns and no rows, in base 64. */
  columns: z.string(),
});
export type FileListing = z.output<typeof fileListing>;

const placeOf = (folder: string, name: string): string => join(folder, hash('sha256', name, 'hex').slice(0, 32));

export async function keepListing(folder: string, listing: FileListing): Promise<void> {
  const place = placeOf(folder, listing.name);
  for (const [path, data] of [
    [`${place}.parquet`, Buffer.from(listing.columns, 'base64')],
    [`${place}.json`, JSON.stringify({ ...listing, columns: '' })],
  ] as const) {
    await replaceFile(path, data);
  }
}

/** @throws `file.not-listed` where nobody has looked there yet */
export async function recallListing(
  folder: string | undefined,
  name: string,
  node: string,
  param: string,
): Promise<Omit<FoundSource, 'param'>> {
  const target = readTargetPath(name)?.target ?? '';
  const place = folder === undefined ? undefined : placeOf(folder, name);
  const text = place === undefined ? undefined : await readFile(`${place}.json`, 'utf8').catch(() => undefined);
  const known = text === undefined ? undefined : fileListing.safeParse(JSON.parse(text));
  if (place === undefined || known?.success !== true)
    throw fail('file.not-listed', {
      message: `Nobody has looked yet what "${name}" holds.`,
      mend: `Look there once: flowyard remotes files "${target}" PATH. A run on ${target} looks by itself.`,
      node,
      param,
    });
  const { files } = known.data;
  const version = folderVersion(files);
  return {
    path: files[0]?.place ?? '',
    sha256: version,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    stamp: version,
    folder: { files, others: { count: 0, names: [] }, version },
    isTable: true,
    standIn: { target, path: `${place}.parquet` },
  };
}

/** Of a table that lies on a remote only the columns are known here: whatever would read its rows is refused. */
export function refuseElsewhere(
  compute: Iterable<{ node: { id: string; title: string }; sources: readonly FoundSource[] }>,
): Problem[] {
  const nodes = new Map<string, Problem>();
  for (const { node, sources } of compute)
    for (const { standIn, param } of sources)
      if (standIn !== undefined)
        nodes.set(node.id, {
          code: 'file.on-target',
          severity: 'error',
          message: `The files of "${node.title}" lie on ${standIn.target}, and are not read from here.`,
          mend: `Run it there: choose ${standIn.target} beside the Run button, or use --remote "${standIn.target}".`,
          node: node.id,
          param,
        });
  return [...nodes.values()];
}
