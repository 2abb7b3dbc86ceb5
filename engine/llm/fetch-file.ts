/**
 * Fetches a file over HTTP: into `NAME.part` first, which a broken fetch leaves and the next goes on from (`Range`, guarded by `If-Range` with the server's own tag), then
 * hashed and renamed. What does not have the wanted SHA-256 is thrown away.
 */
import { createHash } from 'node:crypto';
import { lstat, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { ask as askHttp, type HttpAnswer } from '../http/ask.ts';
import { readPieces } from '../http/read-body.ts';
import { watchSilence } from '../http/watch-silence.ts';
import { openUnfinished, type WrittenPlace } from '../files/written-place.ts';

export interface FetchFileOptions {
  url: string;
  /** Where it goes when it is whole, opened: no link that somebody puts on the way meanwhile leads it elsewhere. */
  place: WrittenPlace;
  /** Null: whatever comes. */
  sha256: string | null;
  signal: AbortSignal;
  onProgress: (progress: { bytes: number; total: number | null; resumed: number }) => void;
  /** So long may nothing come. Default: a minute. */
  silentSeconds?: number;
}

/** A hundred gigabytes at ten megabits a second. */
const longestSeconds = 24 * 3600;
/** Is left on the disk. */
const spareBytes = 256_000_000;

/** @returns its SHA-256 @throws `fetch.unreachable`, `fetch.refused`, `fetch.broken`, `fetch.other-content`, `fetch.exists`, `fetch.no-room` */
export async function fetchFile({
  url,
  place,
  sha256,
  signal: asked,
  onProgress,
  silentSeconds = 60,
}: FetchFileOptions): Promise<{ sha256: string; bytes: number }> {
  if (((await place.there())?.size ?? 0) > 0)
    throw fail('fetch.exists', {
      message: `There is a file at ${place.path} already.`,
      mend: 'Use it, or remove it first.',
    });
  const part = place.unfinished('.part');
  const tagFile = place.unfinished('.part.tag');
  const tag = (await readTag(tagFile)).split('\n');
  const had = tag[0] === url && tag[1] !== undefined && tag[1] !== '' ? await sizeOf(part) : 0;
  const { signal, heard, end } = watchSilence(asked, {
    seconds: silentSeconds,
    silent: () => silent(hostOf(url), silentSeconds),
  });
  try {
    const response = await ask(url, had, tag[1] ?? '', signal);
    const resumed = response.status === 206 ? had : 0;
    const length = Number(response.header('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? resumed + length : null;
    const room = await roomAt(part);
    if (total !== null && total - resumed > room) {
      response.drop();
      throw noRoom(total - resumed, room);
    }
    const mark = response.header('etag') ?? response.header('last-modified') ?? '';
    await writeTag(tagFile, `${url}\n${mark.startsWith('W/') ? '' : mark}`);
    await receive(response, part, { resumed, total, room, onProgress, heard });
  } finally {
    end();
  }
  const found = await hashOf(part);
  if (sha256 !== null && found !== sha256.toLowerCase()) {
    await rm(part, { force: true });
    await rm(tagFile, { force: true });
    throw fail('fetch.other-content', {
      message: `What came has the SHA-256 ${found}, not ${sha256}: it was thrown away.`,
      mend: 'Check the address and the hash.',
    });
  }
  // An empty file of the name is no model: what came takes its place.
  const { size } = await place.take(part, true);
  await rm(tagFile, { force: true });
  return { sha256: found, bytes: size };
}

async function ask(url: string, had: number, mark: string, signal: AbortSignal): Promise<HttpAnswer> {
  const headers: Record<string, string> = had > 0 ? { range: `bytes=${had}-`, 'if-range': mark } : {};
  const response = await askHttp(url, {
    headers: { ...headers, 'accept-encoding': 'identity' },
    signal,
    seconds: longestSeconds,
    tooSlow: () => silent(hostOf(url), longestSeconds),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (cause instanceof FlowyardError) throw cause;
    throw fail(
      'fetch.unreachable',
      { message: `${hostOf(url)} cannot be reached.`, mend: 'Check the address and the network.' },
      { cause },
    );
  });
  if (response.ok) return response;
  response.drop();
  // The part is as long as the file, or longer: begun anew.
  if (response.status === 416 && had > 0) return ask(url, 0, '', signal);
  throw fail('fetch.refused', {
    message: `${hostOf(url)} answered ${response.status} ${response.statusText}.`,
    mend:
      response.status === 401 || response.status === 403
        ? 'The file wants a login: fetch it by the browser and import it.'
        : 'Check the address.',
  });
}

interface Receiving {
  resumed: number;
  total: number | null;
  /** Bytes that the disk may take. */
  room: number;
  onProgress: FetchFileOptions['onProgress'];
  heard: () => void;
}

async function receive(
  response: HttpAnswer,
  part: string,
  { resumed, total, room, onProgress, heard }: Receiving,
): Promise<void> {
  const file = await openUnfinished(part, resumed > 0 ? 'append' : 'begin');
  let bytes = resumed;
  let reportedMs = 0;
  try {
    onProgress({ bytes, total, resumed });
    const limit =
      total === null
        ? { mostBytes: room, tooLarge: () => noRoom(bytes, room) }
        : { mostBytes: total - resumed, tooLarge: () => tooLong(total) };
    for await (const piece of readPieces(response.body, limit)) {
      response.signal.throwIfAborted();
      heard();
      await file.write(piece);
      bytes += piece.length;
      if (performance.now() - reportedMs < 100) continue;
      reportedMs = performance.now();
      onProgress({ bytes, total, resumed });
    }
  } catch (cause) {
    response.signal.throwIfAborted();
    if (cause instanceof FlowyardError) throw cause;
    throw broken(bytes, total, cause);
  } finally {
    await file.close();
  }
  if (total !== null && bytes !== total) throw broken(bytes, total, undefined);
  onProgress({ bytes, total, resumed });
}

const broken = (bytes: number, total: number | null, cause: unknown): FlowyardError =>
  fail(
    'fetch.broken',
    {
      message: `The connection broke after ${(bytes / 1e6).toFixed(1)} MB${total === null ? '' : ` of ${(total / 1e6).toFixed(1)} MB`}.`,
      mend: 'Fetch again: it goes on from there.',
    },
    { cause },
  );

const silent = (host: string, seconds: number): FlowyardError =>
  fail('fetch.broken', {
    message: `${host} sent nothing for ${seconds} seconds.`,
    mend: 'Fetch again: it goes on from there.',
  });
const tooLong = (total: number): FlowyardError =>
  fail('fetch.broken', {
    message: `The server sends more than the ${(total / 1e6).toFixed(1)} MB that it told of.`,
    mend: 'Check the address, and fetch again.',
  });
const noRoom = (bytes: number, room: number): FlowyardError =>
  fail('fetch.no-room', {
    message: `The file has ${(bytes / 1e9).toFixed(1)} GB or more; the disk has room for ${(room / 1e9).toFixed(1)} GB.`,
    mend: 'Free some space, then fetch again: it goes on from there.',
  });
const roomAt = async (path: string): Promise<number> => {
  const { bavail, bsize } = await statfs(dirname(path));
  return Math.max(0, bavail * bsize - spareBytes);
};

const sizeOf = (path: string): Promise<number> =>
  lstat(path).then(
    (facts) => facts.size,
    () => 0,
  );
const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
};

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await openUnfinished(path, 'read');
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

async function readTag(path: string): Promise<string> {
  if ((await sizeOf(path)) === 0) return '';
  await using file = await openUnfinished(path, 'read');
  return file.readFile('utf8');
}
async function writeTag(path: string, text: string): Promise<void> {
  await using file = await openUnfinished(path, 'begin');
  await file.writeFile(text);
}
