/** Files that a person drops or picks come in pieces and lie in the run's scratch until they are whole; then they get a name in the workspace's `data/`. */
import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fail, FlowyardError } from '../../shared/errors.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { hashFile } from '../files/durable-write.ts';
import { guardStoreAsync } from '../files/store-problem.ts';
import { openWrittenPlace } from '../files/written-place.ts';
import { safeFileName } from './workspace-files.ts';

interface Upload {
  name: string;
  /** Below `data/`; each part a safe name. */
  folder: readonly string[];
  temporary: string;
  handle: FileHandle;
}
export interface Uploads {
  /** Takes a piece. The answer's path is what the next piece is appended to, and, after the last, the file's path in the workspace. */
  take: (piece: {
    name: string;
    folder?: string | undefined;
    bytes: Uint8Array;
    append?: string | undefined;
    done: boolean;
  }) => Promise<{ path: string }>;
  close: () => Promise<void>;
}

export function makeUploads(workspace: string, artifacts: ArtifactStore): Uploads {
  const waiting = new Map<string, Upload>();
  const run = `upload-${process.pid}`;

  async function begin(name: string, folder: string): Promise<string> {
    const id = `upload:${randomBytes(8).toString('hex')}`;
    const temporary = join(await artifacts.scratch(run), id.slice('upload:'.length));
    waiting.set(id, {
      name: safeFileName(name),
      folder: folder.split('/').flatMap((part) => (part === '' ? [] : safeFileName(part))),
      temporary,
      handle: await open(temporary, 'wx'),
    });
    return id;
  }

  async function finish(upload: Upload): Promise<string> {
    await upload.handle.sync();
    await upload.handle.close();
    const hash = (await hashFile(upload.temporary)).sha256;
    const ending = extname(upload.name);
    const stem = upload.name.slice(0, upload.name.length - ending.length);
    for (let number = 1; ; number++) {
      const name = number === 1 ? upload.name : `${stem} ${number}${ending}`;
      await using place = await openWrittenPlace(workspace, ['data', ...upload.folder, name].join('/'));
      if ((await place.there()) === undefined) {
        const put = await place.put({ move: upload.temporary }, false).then(
          () => true,
          // Another took the name in between.
          (error: unknown) => {
            if (error instanceof FlowyardError && error.code === 'file.exists') return false;
            throw error;
          },
        );
        if (put) return place.below;
      } else if ((await hashFile(place.path)).sha256 === hash) {
        // The very file that was put there before: no second copy.
        await rm(upload.temporary);
        return place.below;
      }
    }
  }

  return {
    take: ({ name, folder = '', bytes, append, done }) =>
      guardStoreAsync(workspace, async () => {
        const id = append ?? (await begin(name, folder));
        const upload = waiting.get(id);
        if (upload === undefined)
          throw fail('file.upload-lost', { message: 'This upload is no longer open.', mend: 'Choose the file again.' });
        try {
          await upload.handle.appendFile(bytes);
          if (!done) return { path: id };
          waiting.delete(id);
          return { path: await finish(upload) };
        } catch (error) {
          waiting.delete(id);
          await upload.handle.close().catch(() => undefined);
          await rm(upload.temporary, { force: true });
          throw error;
        }
      }),
    close: async () => {
      for (const upload of waiting.values()) await upload.handle.close().catch(() => undefined);
      waiting.clear();
      if (!artifacts.readOnly) await artifacts.endRun(run);
    },
  };
}
