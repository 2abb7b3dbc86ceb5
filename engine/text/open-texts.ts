/** The texts of a workspace, for nodes that encode or read them. */
import { join } from 'node:path';
import type { Texts } from '../../shared/text-service.ts';
import { readDocument } from './read-document.ts';
import { openSentenceEncoder } from './sentence-encoder.ts';
import { openVectorCache } from './vector-cache.ts';

/** @param flowyardFolder `.flowyard` of the workspace */
export const openTexts = (flowyardFolder: string): Texts => ({
  openEncoder: (folder, options) =>
    openSentenceEncoder(folder, options, (hash) => openVectorCache(join(flowyardFolder, 'vectors', hash))),
  readDocument,
});
