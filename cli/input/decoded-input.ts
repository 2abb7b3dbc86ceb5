/** A file to predict whose letters DuckDB does not read, as the file was that the model learnt from: a copy in UTF-8, for as long as it is read. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import type { ModelFile } from '../../engine/recipe/model-file.ts';
import { writeDecoded } from '../../engine/sources/decoded-files.ts';
import { isDecoded } from '../../shared/media/text-encodings.ts';
import { readerFor } from './read-input.ts';

const encoded = z.object({ kind: z.literal('read.csv'), params: z.object({ encoding: z.string() }) });

/** @param folder where the copy may lie */
export async function decodedInput(
  { base }: ModelFile,
  path: string,
  folder: string,
): Promise<AsyncDisposable & { path: string }> {
  const encoding = encoded.safeParse(base.reader).data?.params.encoding ?? 'utf-8';
  if (!isDecoded(encoding) || readerFor(path) !== 'read.csv')
    return { path, [Symbol.asyncDispose]: () => Promise.resolve() };
  const copy = join(folder, `.decoded-${randomBytes(6).toString('hex')}-${basename(path).replace(/\.(gz|zst)$/i, '')}`);
  const remove = (): Promise<void> => rm(copy, { force: true });
  await writeDecoded(path, encoding, copy).catch(async (thrown: unknown) => {
    await remove();
    throw thrown;
  });
  return { path: copy, [Symbol.asyncDispose]: remove };
}
