/** A model's folder, opened: its file, and the bytes that stand beside it, checked before they are believed. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { hashFile } from '../files/file-stamp.ts';
import { sha256Of } from '../files/kept-files.ts';
import { readModel, type ModelFile } from './model-file.ts';

export interface OpenedModel {
  model: ModelFile;
  /** Bytes that the estimator names. */
  blobs: ReadonlyMap<string, Uint8Array>;
}

/** @throws `model.unreadable` when a file is missing or is not what the model says of it */
export async function openModel(folder: string, file = 'model.json'): Promise<OpenedModel> {
  const model = readModel(await readFile(join(folder, file), 'utf8'));
  const blobs = new Map<string, Uint8Array>();
  for (const [name, blob] of Object.entries(model.blobs ?? {})) {
    const bytes = await readFile(join(folder, blob.file)).catch(() => undefined);
    if (bytes === undefined || sha256Of(bytes) !== blob.sha256)
      throw fail('model.unreadable', {
        message: `The model's file "${blob.file}" ${bytes === undefined ? 'is missing' : 'has changed'}.`,
        mend: 'Train the model again.',
      });
    blobs.set(name, bytes);
  }
  for (const { tables, made } of model.steps) {
    for (const table of Object.values(tables ?? {})) if ('file' in table) table.file = await checked(folder, table);
    for (const read of made?.files ?? []) read.file = await checked(folder, read);
  }
  return { model, blobs };
}

async function checked(folder: string, { file, sha256 }: { file: string; sha256: string }): Promise<string> {
  const path = join(folder, file);
  // A model from elsewhere names files of its own folder alone.
  const sum = basename(file) === file ? await hashFile(path).catch(() => undefined) : undefined;
  if (sum === sha256) return path;
  throw fail('model.unreadable', {
    message: `The model's file "${file}" ${sum === undefined ? 'is missing' : 'has changed'}.`,
    mend: 'Train the model again.',
  });
}
