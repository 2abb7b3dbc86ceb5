import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWrittenPlace } from '../files/written-place.ts';
import { fetchFile } from './fetch-file.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
let folder: string;
let server: Server;
let [breaksAt, etag] = [0, '"one"'];
let breakOff = (): void => undefined;
const ranges: (string | undefined)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-fetch-'));
  [breaksAt, etag] = [0, '"one"'];
  ranges.length = 0;
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const from =
      request.headers['if-range'] === etag ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': content.length - from });
    if (breaksAt === 0) return response.end(content.subarray(from));
    response.write(content.subarray(from, breaksAt));
    // When something has arrived: what is only under way may be lost with the connection.
    breakOff = () => response.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const get = async (wanted: string | null = sha256, onBytes: () => void = () => undefined) => {
  const { port } = server.address() as AddressInfo;
  const reported: number[] = [];
  await using place = await openWrittenPlace(folder, 'models/model.gguf');
  return await fetchFile({
    url: `http://127.0.0.1:${port}/model.gguf`,
    place,
    sha256: wanted,
    signal: new AbortController().signal,
    onProgress: ({ resumed, bytes }) => {
      reported.push(resumed);
      if (bytes > 0) onBytes();
      if (breaksAt > 0 && bytes > 0) breakOff();
    },
  }).then((found) => ({ ...found, resumed: Math.max(...reported) }));
};
const files = (): string[] => readdirSync(join(folder, 'models'));

it('fetches a file, checks its hash and leaves nothing else', async () => {
  expect(await get()).toEqual({ sha256, bytes: content.length, resumed: 0 });
  expect(readFileSync(join(folder, 'models', 'model.gguf')).equals(content)).toBe(true);
  expect(files()).toEqual(['model.gguf']);
  await expect(get()).rejects.toMatchObject({ problem: { code: 'fetch.exists' } });
});

it('goes on where a broken fetch was', async () => {
  breaksAt = 120_000;
  await expect(get()).rejects.toMatchObject({
    problem: { code: 'fetch.broken', mend: 'Fetch again: it goes on from there.' },
  });
  expect(files()).toEqual(['model.gguf.part', 'model.gguf.part.tag']);
  breaksAt = 0;
  const had = statSync(join(folder, 'models', 'model.gguf.part')).size;
  expect(had).toBeGreaterThan(0);
  expect(await get()).toEqual({ sha256, bytes: content.length, resumed: had });
  expect(ranges).toEqual([undefined, `bytes=${had}-`]);
});

it('begins anew where the file at the server is another by now', async () => {
  breaksAt = 120_000;
  await expect(get()).rejects.toMatchObject({ problem: { code: 'fetch.broken' } });
  [breaksAt, etag] = [0, '"two"'];
  expect(await get()).toEqual({ sha256, bytes: content.length, resumed: 0 });
});

it('throws away what has another hash', async () => {
  await expect(get('0'.repeat(64))).rejects.toMatchObject({ problem: { code: 'fetch.other-content' } });
  expect(files()).toEqual([]);
});

it('says that nobody answers', async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  server.closeAllConnections();
  await using place = await openWrittenPlace(folder, 'model.gguf');
  const asked = fetchFile({
    url: `http://127.0.0.1:${port}/model.gguf`,
    place,
    sha256: null,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  await expect(asked).rejects.toMatchObject({ problem: { code: 'fetch.unreachable' } });
});

it('no link that is put on the way leads a file elsewhere: not for the folder, not for what is half there', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'flowyard-outside-'));
  try {
    writeFileSync(join(outside, 'kept'), 'kept');
    mkdirSync(join(folder, 'models'));
    for (const name of ['model.gguf.part', 'model.gguf.part.tag']) {
      symlinkSync(join(outside, 'kept'), join(folder, 'models', name));
      await expect(get()).rejects.toMatchObject({ problem: { code: 'file.link' } });
      rmSync(join(folder, 'models'), { recursive: true });
      mkdirSync(join(folder, 'models'));
    }
    let moved = false;
    await get(sha256, () => {
      if (moved) return;
      moved = true;
      renameSync(join(folder, 'models'), join(folder, 'moved'));
      symlinkSync(outside, join(folder, 'models'));
    }).catch(() => undefined);
    expect([moved, readdirSync(outside), readFileSync(join(outside, 'kept'), 'utf8')]).toEqual([
      true,
      ['kept'],
      'kept',
    ]);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

/** From a server that behaves by a function. */
async function getFrom(serve: (response: ServerResponse) => void): Promise<unknown> {
  const odd = createServer((_, response) => serve(response));
  await new Promise<void>((done) => odd.listen(0, '127.0.0.1', done));
  const { port } = odd.address() as AddressInfo;
  try {
    await using place = await openWrittenPlace(folder, 'odd.gguf');
    return await fetchFile({
      url: `http://127.0.0.1:${port}/model.gguf`,
      place,
      sha256: null,
      signal: new AbortController().signal,
      silentSeconds: 0.5,
      onProgress: () => undefined,
    });
  } finally {
    odd.closeAllConnections();
    odd.close();
  }
}

it('a server that falls silent is not waited for, and one that tells of more than the disk holds is not begun with', async () => {
  await expect(getFrom((response) => response.writeHead(200).write('GGUF'))).rejects.toMatchObject({
    problem: { code: 'fetch.broken', message: expect.stringContaining('sent nothing for 0.5 seconds') },
  });
  const vast = getFrom((response) => response.writeHead(200, { 'content-length': 2 ** 52 }).write('GGUF'));
  await expect(vast).rejects.toMatchObject({ problem: { code: 'fetch.no-room' } });
});
