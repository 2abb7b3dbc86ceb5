/** A text's numbers do not hang on how many threads there are, nor on what it is encoded with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encoderEndings } from '../../shared/media/text-service.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import { tinyWords, writeTinyBert } from '../../test/support/tiny-encoder.ts';
import { FolderHashes } from '../sources/source-folder.ts';
import { encodersAlone } from './open-texts.ts';

let made: string;
let folder: SourceFolder;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'flowyard-encoder-'));
  // Of 96 columns two threads take 48 each, and sum in other blocks than one does.
  await writeTinyBert(made, { width: 96, longest: 64 });
  folder = { ...(await new FolderHashes(join(made, 'known')).hash(made, encoderEndings)), name: 'tiny', before: null };
});
afterAll(() => rm(made, { recursive: true, force: true }));

/** Of 48 lengths, each a group. */
const texts = Array.from({ length: 180 }, (_, k) =>
  Array.from({ length: 1 + (k % 48) }, (_word, i) => tinyWords[4 + ((k * 7 + i * 5) % (tinyWords.length - 4))]).join(
    ' ',
  ),
);
const options = { pool: 'mean', normalise: true, signal: new AbortController().signal } as const;

it('gives the same bits in one thread, in several, and for a text alone', async () => {
  const vectors = async (threads: number, parts: readonly (readonly string[])[]): Promise<string[]> => {
    const encoder = await encodersAlone.openEncoder(folder, { threads });
    try {
      const found: string[] = [];
      for (const part of parts) {
        const { size, values } = await encoder.encode(part, options);
        part.forEach((_, i) => found.push(values.subarray(i * size, (i + 1) * size).join()));
      }
      return found;
    } finally {
      await encoder.close();
    }
  };
  const together = await vectors(1, [texts]);
  expect(new Set(together).size).toBeGreaterThan(100);
  expect(await vectors(3, [texts])).toEqual(together);
  const some = texts.filter((_, i) => i % 9 === 0);
  expect(
    await vectors(
      2,
      some.map((text) => [text]),
    ),
  ).toEqual(together.filter((_, i) => i % 9 === 0));
});

it('stops within its threads when it is told to', async () => {
  const stop = new AbortController();
  const encoder = await encodersAlone.openEncoder(folder, { threads: 3 });
  const running = encoder.encode(texts, {
    ...options,
    signal: stop.signal,
    progress: () => stop.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  await encoder.close();
});
