/** Files whose letters DuckDB does not read: copies in UTF-8, made once for each content and encoding. Pure bytes: what they mean is the reader's business. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import type { OddBytes } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { sayEncoding, type DecodedEncoding } from '../../shared/media/text-encodings.ts';
import { stampOf } from '../files/file-stamp.ts';
import { hashText } from '../graph/keys.ts';

const notALetter = '\uFFFD';

export class DecodedFiles {
  readonly #folder: string;
  readonly #making = new Map<string, Promise<string>>();

  /** @param flowyardFolder `.flowyard` of the workspace */
  constructor(flowyardFolder: string) {
    this.#folder = join(flowyardFolder, 'decoded');
  }

  /**
   * The copy of a file, which is named by its content; one of an earlier content makes room for it.
   * @param seen the file as it was hashed
   */
  copy(path: string, seen: { sha256: string; stamp: string }, encoding: DecodedEncoding): Promise<string> {
    const place = hashText(`${path}\n${encoding}`).slice(0, 16);
    const folder = join(this.#folder, `${place}-${seen.sha256.slice(0, 32)}`);
    const making = this.#making.get(folder) ?? this.#copy(path, seen.stamp, encoding, place, folder);
    this.#making.set(folder, making);
    return making.finally(() => this.#making.delete(folder));
  }

  async #copy(path: string, stamp: string, encoding: DecodedEncoding, place: string, folder: string): Promise<string> {
    // The name goes into what people are told, and an ending tells DuckDB what to unpack.
    const name = basename(path).replace(/\.(gz|zst)$/i, '');
    const copy = join(folder, name);
    if ((await stat(copy).catch(() => undefined))?.isFile() === true) return copy;
    await mkdir(this.#folder, { recursive: true });
    const earlier = (await readdir(this.#folder)).filter((other) => other.startsWith(`${place}-`));
    const draft = join(this.#folder, `.${randomBytes(6).toString('hex')}`);
    try {
      await mkdir(draft);
      await writeDecoded(path, encoding, join(draft, name));
      if ((await stampOf(path)) !== stamp)
        throw fail('source.changed', {
          message: `"${basename(path)}" changed while it was read.`,
          mend: 'Run again when nobody writes to it.',
        });
      await rename(draft, folder).catch(async (thrown: unknown) => {
        // Another process was quicker.
        if ((await stat(copy).catch(() => undefined)) === undefined) throw thrown;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    for (const other of earlier)
      await rm(join(this.#folder, other), { recursive: true, force: true }).catch(() => undefined);
    return copy;
  }
}

/** Refuses the first bytes that are no letters in the encoding. */
export async function writeDecoded(path: string, encoding: DecodedEncoding, target: string): Promise<void> {
  const decoder = new TextDecoder(encoding);
  let line = 1;
  const take = (text: string): Buffer => {
    const bad = text.indexOf(notALetter);
    const good = bad < 0 ? text : text.slice(0, bad);
    for (let at = good.indexOf('\n'); at >= 0; at = good.indexOf('\n', at + 1)) line++;
    if (bad >= 0)
      throw fail('csv.encoding', {
        message: `"${basename(path)}" is not ${sayEncoding(encoding)}: line ${line.toLocaleString('en-US')} has bytes that are no letters in it.`,
        mend: 'Choose another encoding; with UTF-8, one is suggested.',
        param: 'encoding',
      });
    return Buffer.from(text);
  };
  const decoded = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield take(decoder.decode(chunk, { stream: true }));
    yield take(decoder.decode());
  };
  await pipeline(await openUnpacked(path), decoded, createWriteStream(target, { flush: true }));
}

const headBytes = 4096;
const lineBytes = 64 * 1024;

/** What an encoding is guessed from: the head, and lines with bytes beyond ASCII, wherever they lie. */
export async function readOddBytes(path: string): Promise<OddBytes> {
  let head = Buffer.alloc(0);
  let rest = Buffer.alloc(0);
  const lines: Buffer[] = [];
  let taken = 0;
  for await (const chunk of await openUnpacked(path)) {
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
    rest = Buffer.concat([rest, chunk]);
    const end = rest.lastIndexOf(0x0a) + 1;
    taken += takeOddLines(rest.subarray(0, end), lineBytes - taken, lines);
    // A line without end is no line of a table.
    rest = rest.length - end > lineBytes ? Buffer.alloc(0) : Buffer.from(rest.subarray(end));
    if (taken >= lineBytes) return { head, lines: Buffer.concat(lines) };
  }
  takeOddLines(rest, lineBytes, lines);
  return { head, lines: Buffer.concat(lines) };
}

function takeOddLines(bytes: Buffer, most: number, lines: Buffer[]): number {
  let taken = 0;
  for (let from = 0; from < bytes.length && taken < most;) {
    const odd = bytes.subarray(from).findIndex((byte) => byte > 127);
    if (odd < 0) break;
    const begin = bytes.lastIndexOf(0x0a, from + odd) + 1;
    const newline = bytes.indexOf(0x0a, from + odd);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(Buffer.from(bytes.subarray(begin, end)));
    taken += end - begin;
    from = end;
  }
  return taken;
}

/** The bytes of a file, unpacked where its first ones say that they are packed. */
async function openUnpacked(path: string): Promise<Readable> {
  const begin = Buffer.alloc(4);
  {
    await using handle = await open(path);
    await handle.read(begin, 0, 4, 0);
  }
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const unpack =
    begin[0] === 0x1f && begin[1] === 0x8b
      ? createGunzip()
      : begin.readUInt32LE() === 0xfd2fb528
        ? createZstdDecompress()
        : undefined;
  if (unpack === undefined) return file;
  file.once('error', (error) => unpack.destroy(error));
  unpack.once('close', () => file.destroy());
  return file.pipe(unpack);
}
