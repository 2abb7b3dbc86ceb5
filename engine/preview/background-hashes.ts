/**
 * Content hashes for whoever looks and does not run: a large file that nobody has read yet is named by its place and time of change until its content is
 * known, so that its first rows need not wait for all its bytes. Nothing that is kept is named so.
 */
import { stat } from 'node:fs/promises';
import { hashText } from '../files/hash-text.ts';
import { stampOf } from '../files/file-stamp.ts';
import type { FileHashes } from '../sources/sources.ts';

type Seen = Awaited<ReturnType<FileHashes['hash']>>;

/** Smaller files are read at once: it takes less than a person notices. */
export const largeFileBytes = 64 * 2 ** 20;

export interface BackgroundHashesOptions {
  /** A file's content became known after it was named otherwise: plans with it are to be made anew. */
  onRead: () => void;
  /** Default: `largeFileBytes`. */
  largeBytes?: number;
}

export class BackgroundHashes {
  readonly #hashes: FileHashes;
  readonly #options: Required<BackgroundHashesOptions>;
  readonly #reading = new Set<string>();

  constructor(hashes: FileHashes, { onRead, largeBytes = largeFileBytes }: BackgroundHashesOptions) {
    this.#hashes = hashes;
    this.#options = { onRead, largeBytes };
  }

  /** Files of a folder are small and many: they are read at once. */
  get folders(): FileHashes['folders'] {
    return this.#hashes.folders;
  }
  get decoded(): FileHashes['decoded'] {
    return this.#hashes.decoded;
  }

  async hash(path: string): Promise<Seen & { isProvisional?: true }> {
    const { size } = await stat(path);
    if (size < this.#options.largeBytes) return this.#hashes.hash(path);
    const known = await this.#hashes.known(path);
    if (known !== undefined) return known;
    const stamp = await stampOf(path);
    void this.#readBehind(path, `${path} ${stamp}`);
    return { stamp, bytes: size, sha256: hashText(`not read yet: ${path} ${stamp}`), isProvisional: true };
  }

  /** Once for each file, however many plans wait for it. */
  async #readBehind(path: string, name: string): Promise<void> {
    if (this.#reading.has(name)) return;
    this.#reading.add(name);
    try {
      await this.#hashes.hash(path);
      await this.#hashes.save();
      this.#options.onRead();
    } catch {
      // Gone or not readable: the next plan says so at its node.
    } finally {
      this.#reading.delete(name);
    }
  }
}
