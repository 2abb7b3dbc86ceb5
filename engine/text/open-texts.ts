/** The texts of a workspace, for nodes that encode or read them. */
import { join } from 'node:path';
import type { Texts } from '../../shared/text-service.ts';
import { readSourceFile } from '../plan/source-folder.ts';
import { sha256Of } from '../store/kept-files.ts';
import { fail } from '../../shared/errors.ts';
import { readDocument } from './read-document.ts';
import { nearestVectors } from './nearest-vectors.ts';
import { openSentenceEncoder } from './sentence-encoder.ts';
import { openTrainable } from './trainable-encoder.ts';
import { openVectorCache } from './vector-cache.ts';

/** @param flowyardFolder `.flowyard` of the workspace */
export const openTexts = (flowyardFolder: string): Texts => ({
  openEncoder: (folder, options) =>
    openSentenceEncoder(folder, options, (hash) => openVectorCache(join(flowyardFolder, 'vectors', hash))),
  openTrainable,
  nearest: nearestVectors,
  readDocument: async (file, signal) => {
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
