/**
 * A ZIP archive read as a folder, in place: its list of entries, and one entry's bytes. Stored and deflated entries, as every system's own archiver writes them
 * (PKWARE's APPNOTE 6.3.10). Nothing is unpacked to the disk, so names in it lead nowhere.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createInflateRaw, inflateRaw } from 'node:zlib';
import { fail } from '../../shared/errors.ts';
import type { PackedFile } from '../../shared/source/source-folder.ts';

export interface ZipEntry {
  path: string;
  bytes: number;
  packed: PackedFile;
}

const inflate = promisify(inflateRaw);
const endMark = 0x06054b50;
const entryMark = 0x02014b50;
/** The last record, 22 bytes, may have a comment of up to 64 kB behind it. */
const tailBytes = 22 + 65_535;
/** One file of a data set; more is a bomb or no image. */
export const mostEntryBytes = 1 << 30;

export async function listZip(path: string): Promise<ZipEntry[]> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - tailBytes), Math.min(size, tailBytes));
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || tail.readUInt32LE(end) !== endMark || tail.length < end + 22)
      throw refused(path, 'is no ZIP archive, or its end is missing', 'Make the archive again.');
    const [count, listBytes, listAt] = [
      tail.readUInt16LE(end + 10),
      tail.readUInt32LE(end + 12),
      tail.readUInt32LE(end + 16),
    ];
    if (count === 0xffff || listAt === 0xffffffff)
      throw refused(path, 'is a ZIP archive of more than 65,534 files or 4 GB', 'Unpack it and choose the folder.');
    if (listAt + listBytes > size) throw refused(path, 'has a damaged list of files', 'Make the archive again.');
    const list = await readAt(handle, listAt, listBytes);
    return readList(path, list, count);
  } finally {
    await handle.close();
  }
}

function readList(archive: string, list: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== entryMark)
      throw refused(archive, 'has a damaged list of files', 'Make the archive again.');
    const flags = list.readUInt16LE(at + 8);
    const method = list.readUInt16LE(at + 10);
    const [packedBytes, bytes] = [list.readUInt32LE(at + 20), list.readUInt32LE(at + 24)];
    const nameBytes = list.readUInt16LE(at + 28);
    const moreBytes = list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
    const offset = list.readUInt32LE(at + 42);
    const path = list.toString('utf8', at + 46, at + 46 + nameBytes).replaceAll('\\', '/');
    at += 46 + nameBytes + moreBytes;
    if (path.endsWith('/')) continue;
    if ((flags & 1) === 1)
      throw refused(archive, `holds "${path}" under a password`, 'Make an archive without a password.');
    if (method !== 0 && method !== 8)
      throw refused(
        archive,
        `packs "${path}" in a way that is not read`,
        'Make the archive again with the usual compression, or unpack it.',
      );
    if ([packedBytes, bytes, offset].includes(0xffffffff))
      throw refused(
        archive,
        `holds "${path}", which is too large for an archive that is read in place`,
        'Unpack it and choose the folder.',
      );
    entries.push({ path, bytes, packed: { offset, bytes: packedBytes, deflated: method === 8 } });
  }
  return entries;
}

/** The bytes of one entry; nothing where the archive is no longer what was listed. */
export async function readZipEntry(
  archive: string,
  { offset, bytes, deflated }: PackedFile,
): Promise<Uint8Array | undefined> {
  const handle = await open(archive, 'r');
  try {
    const head = await readAt(handle, offset, 30);
    const start = offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    // What it says of its size is not believed: so much memory may not be there.
    if (start + bytes > (await handle.stat()).size) return undefined;
    const packed = await readAt(handle, start, bytes);
    return deflated ? await inflate(packed, { maxOutputLength: mostEntryBytes }) : packed;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** What one entry holds, a piece at a time: eight of a gigabyte are hashed side by side. Of one that is too large it ends where that is known. */
export async function hashZipEntry(
  archive: string,
  { offset, bytes: packedBytes, deflated }: PackedFile,
): Promise<{ sha256: string; bytes: number } | undefined> {
  const handle = await open(archive, 'r');
  try {
    const head = await readAt(handle, offset, 30);
    const start = offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    const hash = createHash('sha256');
    let bytes = 0;
    if (packedBytes > 0) {
      const packed = handle.createReadStream({
        start,
        end: start + packedBytes - 1,
        highWaterMark: 1 << 20,
        autoClose: false,
      });
      const plain: AsyncIterable<Buffer> = deflated ? packed.compose(createInflateRaw({ chunkSize: 1 << 18 })) : packed;
      for await (const chunk of plain) {
        hash.update(chunk);
        bytes += chunk.length;
        if (bytes > mostEntryBytes) break;
      }
    }
    return { sha256: hash.digest('hex'), bytes };
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
}

const refused = (path: string, says: string, mend: string) =>
  fail('file.archive', { message: `"${path.split(/[\\/]/).at(-1) ?? path}" ${says}.`, mend, facts: { path } });
