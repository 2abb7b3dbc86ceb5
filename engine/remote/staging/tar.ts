/** Archives in the ustar form (POSIX.1-1988) with pax headers for long names: what `tar` on every machine reads and writes. Files only. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fail } from '../../../shared/errors.ts';

export interface TarEntry {
  /** With `/`, relative. */
  name: string;
  /** A file on this machine, or the bytes themselves. */
  from: string | Uint8Array;
  isExecutable?: boolean;
}

const block = 512;

export async function* writeTar(entries: Iterable<TarEntry>): AsyncIterable<Uint8Array> {
  for (const { name, from, isExecutable = false } of entries) {
    const bytes = typeof from === 'string' ? (await stat(from)).size : from.length;
    if (Buffer.byteLength(name) > 100 || /[^\x20-\x7e]/.test(name)) {
      const record = paxRecord('path', name);
      yield Buffer.concat([header('pax', record.length, 'x', false), padded(record)]);
    }
    yield header(name, bytes, '0', isExecutable);
    if (typeof from !== 'string') yield padded(from);
    else {
      let left = bytes;
      for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20, end: Math.max(0, bytes - 1) })) {
        const data: Buffer = chunk;
        left -= data.length;
        yield data;
      }
      if (left !== 0) throw new Error(`${from} changed while it was read`);
      if (bytes % block > 0) yield Buffer.alloc(block - (bytes % block));
    }
  }
  yield Buffer.alloc(block * 2);
}

function header(name: string, bytes: number, type: string, isExecutable: boolean): Buffer {
  const out = Buffer.alloc(block);
  out.write(name.replaceAll(/[^\x20-\x7e]/g, '_').slice(-100), 0, 'latin1');
  out.write(isExecutable ? '0000755\0' : '0000644\0', 100);
  out.write('0000000\0', 108);
  out.write('0000000\0', 116);
  // From 8 GiB on the size does not fit eleven octal digits: base 256, as GNU and BSD tar read it.
  if (bytes < 8 ** 11) out.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  else {
    out[124] = 0x80;
    out.writeBigUInt64BE(BigInt(bytes), 128);
  }
  out.write('00000000000\0', 136);
  out.write('        ', 148);
  out.write(type, 156);
  out.write('ustar\u000000', 257);
  const sum = out.reduce((total, byte) => total + byte, 0);
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return out;
}

function padded(bytes: Uint8Array): Buffer {
  const rest = bytes.length % block;
  return rest === 0 ? Buffer.from(bytes) : Buffer.concat([bytes, Buffer.alloc(block - rest)]);
}

/** `<length> path=<name>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest);
  return Buffer.from(`${length}${rest}`);
}

/** Names and times; a name is a few thousand letters at most. */
const longestHeader = 1 << 20;

export interface TarReader {
  /** The next piece of the archive. */
  take: (chunk: Buffer) => void;
  /** Whether the archive has come to its end. */
  isWhole: () => boolean;
}

/** Reads an archive as it comes. `onFile` says where a file's bytes go; its `end` is called behind the last. */
export function readTar(
  onFile: (name: string, bytes: number) => { write: (chunk: Buffer) => void; end: () => void },
): TarReader {
  let waiting: Buffer = Buffer.alloc(0);
  let file: { write: (chunk: Buffer) => void; end: () => void } | undefined;
  let left = 0;
  let padding = 0;
  let longName: string | undefined;
  let ended = false;
  const step = (): boolean => {
    if (ended) return false;
    if (left > 0) {
      const part = waiting.subarray(0, left);
      if (part.length === 0) return false;
      file?.write(part);
      left -= part.length;
      waiting = waiting.subarray(part.length);
      if (left > 0) return false;
    }
    if (file !== undefined) {
      file.end();
      file = undefined;
    }
    if (padding > 0) {
      const skipped = Math.min(padding, waiting.length);
      waiting = waiting.subarray(skipped);
      padding -= skipped;
      if (padding > 0) return false;
    }
    if (waiting.length < block) return false;
    const head = waiting.subarray(0, block);
    waiting = waiting.subarray(block);
    if (head.every((byte) => byte === 0)) {
      ended = true;
      return false;
    }
    begin(head);
    return true;
  };
  const begin = (head: Buffer): void => {
    const bytes = sizeOf(head);
    const type = String.fromCharCode(head[156] ?? 0);
    left = bytes;
    padding = (block - (bytes % block)) % block;
    if (type === 'x' || type === 'L') {
      if (bytes > longestHeader)
        throw fail('target.damaged-result', {
          message: 'The archive of results that came from the remote has a head of impossible length.',
          mend: 'Run again; see what runs on the remote.',
        });
      const parts: Buffer[] = [];
      file = {
        write: (chunk) => void parts.push(Buffer.from(chunk)),
        end: () => {
          const text = Buffer.concat(parts).toString();
          longName = type === 'L' ? text.replace(/\0.*$/s, '') : (pathOf(text) ?? longName);
        },
      };
    } else if (type === '0' || type === '\0') {
      const name = longName ?? nameOf(head);
      longName = undefined;
      file = onFile(name, bytes);
      if (bytes === 0) {
        file.end();
        file = undefined;
      }
    } else longName = undefined;
  };
  return {
    take: (chunk) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      while (step());
    },
    isWhole: () => ended,
  };
}

function sizeOf(head: Buffer): number {
  if (((head[124] ?? 0) & 0x80) !== 0) return Number(head.readBigUInt64BE(128));
  return Number.parseInt(head.toString('latin1', 124, 136).replaceAll('\0', '').trim() || '0', 8);
}

function nameOf(head: Buffer): string {
  const text = (from: number, to: number): string => head.toString('utf8', from, to).replace(/\0.*$/s, '');
  const prefix = head.toString('latin1', 257, 262) === 'ustar' ? text(345, 500) : '';
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

function pathOf(records: string): string | undefined {
  return /(?:^|\n)?\d+ path=([^\n]*)\n/.exec(records)?.[1];
}

/**
 * The shell's words that archive what is named on their input, paths below `folder`. Another run on the remote may mark a result as used while it is read,
 * which changes nothing but the time of its folder. GNU tar calls that a failure (code 1); what comes is held against its hashes in any case.
 */
export const archiveScript = (folder: string): string => `cd ${folder} || exit 1
{ said=$(tar -cf - $(cat) 2>&1 >&3); code=$?; } 3>&1
[ -z "$said" ] || printf '%s\n' "$said" >&2
[ $code = 1 ] && ! printf '%s\n' "$said" | grep -qv 'changed as we read it' && code=0
exit $code`;
