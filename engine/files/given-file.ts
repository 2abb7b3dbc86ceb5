/** A file that a person named, or that lies where one is expected: only a regular file is read, and never more of it than its limit. A pipe would be waited for, a device has no end. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { fail, type FlowyardError } from '../../shared/errors.ts';

export interface GivenFile {
  /** What the person calls it. */
  name: string;
  mostBytes: number;
  /** Default: a sentence with what it is. */
  noFile?: (kind: string) => FlowyardError;
  /** Default: a sentence with the limit. */
  tooLarge?: () => FlowyardError;
}

/** What is not read as a file, with its article. */
export function kindOf(facts: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (facts.isDirectory()) return 'a folder';
  if (facts.isFIFO()) return 'a pipe';
  return facts.isSocket() ? 'a socket' : 'a device';
}

/** @throws `file.not-a-file` */
export function refuseNoFile(facts: Stats, { name, noFile }: Pick<GivenFile, 'name' | 'noFile'>): void {
  if (facts.isFile()) return;
  const kind = kindOf(facts);
  if (noFile !== undefined) throw noFile(kind);
  throw fail('file.not-a-file', { message: `"${name}" is ${kind}, not a file.`, mend: 'Name a file.' });
}

/** Should it become a pipe between the look and the opening, nobody waits for its other end. Windows has no such flag, and no such pipes. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const pieceBytes = 1 << 20;

/** @throws `file.not-a-file`, `file.too-large`, and what the system says (`ENOENT`) */
export async function readGiven(path: string, given: GivenFile): Promise<Buffer> {
  refuseNoFile(await stat(path), given);
  const file = await open(path, flags);
  try {
    const facts = await file.stat();
    refuseNoFile(facts, given);
    const read = new Pieces(facts.size, given);
    for (;;) {
      const { bytesRead } = await file.read(read.rest());
      if (!read.take(bytesRead)) return read.all();
    }
  } finally {
    await file.close();
  }
}

/** The same where nothing can be waited for. */
export function readGivenSync(path: string, given: GivenFile): Buffer {
  refuseNoFile(statSync(path), given);
  const file = openSync(path, flags);
  try {
    const facts = fstatSync(file);
    refuseNoFile(facts, given);
    const read = new Pieces(facts.size, given);
    while (read.take(readSync(file, read.rest())));
    return read.all();
  } finally {
    closeSync(file);
  }
}

/** Files of the system (`/proc`) say that they are empty, and some grow while they are read: what counts is what comes. */
class Pieces {
  readonly #given: GivenFile;
  #bytes: Buffer;
  #taken = 0;

  constructor(size: number, given: GivenFile) {
    this.#given = given;
    if (size > given.mostBytes) throw this.#tooLarge();
    this.#bytes = Buffer.allocUnsafe(size + 1);
  }
  rest(): Buffer {
    if (this.#taken === this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length + Math.max(pieceBytes, this.#bytes.length));
    return this.#bytes.subarray(this.#taken);
  }
  /** False: that was the end. */
  take(bytes: number): boolean {
    this.#taken += bytes;
    if (this.#taken > this.#given.mostBytes) throw this.#tooLarge();
    return bytes > 0;
  }
  all(): Buffer {
    return this.#bytes.subarray(0, this.#taken);
  }
  #tooLarge(): FlowyardError {
    const { name, mostBytes, tooLarge } = this.#given;
    if (tooLarge !== undefined) return tooLarge();
    return fail('file.too-large', {
      message: `"${name}" is larger than ${Math.floor(mostBytes / 2 ** 20)} MB, more than is read at once.`,
      mend: 'Choose a smaller file, or cut it into several.',
    });
  }
}
