/** The texts of a workspace, for nodes that encode or read them. */
import { join } from 'node:path';
import type { Texts } from '../../shared/media/text-service.ts';
import { readSourceFile, sayTooLarge } from '../sources/source-folder.ts';
import { sha256Of } from '../files/kept-files.ts';
import { fail } from '../../shared/errors.ts';
import { readDocument } from './read-document.ts';
import { nearestVectors } from './nearest-vectors.ts';
import { openSentenceEncoder } from './sentence-encoder.ts';
import { openTrainable } from './trainable-encoder.ts';
import { openVectorCache } from './vector-cache.ts';

/** A document is one value of a table: what reads it holds it several times. */
const mostBytes = 64 * 2 ** 20;

/** For a model that answers away from a workspace: nothing is kept of what it is asked. */
export const encodersAlone: Pick<Texts, 'openEncoder'> = {
  openEncoder: (folder, options) => openSentenceEncoder(folder, options, async () => undefined),
};

/** @param flowyardFolder `.flowyard` of the workspace */
export const openTexts = (flowyardFolder: string): Texts => ({
  openEncoder: (folder, options) =>
    openSentenceEncoder(folder, options, (hash) => openVectorCache(join(flowyardFolder, 'vectors', hash))),
  openTrainable,
  nearest: nearestVectors,
  readDocument: async (file, signal) => {
    const tooLarge = sayTooLarge(file, mostBytes);
    if (tooLarge !== undefined)
      throw fail('document.damaged', {
        message: `"${file.path}" ${tooLarge}.`,
        mend: 'Cut it into smaller ones, or read it as a table.',
        facts: { file: file.path },
      });
    const bytes = await readSourceFile(file);
    if (bytes === undefined || sha256Of(bytes) !== file.sha256)
      throw fail('source.changed', {
        message: `"${file.path}" changed while the folder was read.`,
        mend: 'Run again.',
        facts: { file: file.path },
      });
    return readDocument(bytes, file.path, signal);
  },
});
