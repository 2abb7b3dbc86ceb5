import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { execHere } from './shell/local-shell.ts';
import { archiveScript, readTar, writeTar, type TarEntry } from './staging/tar.ts';

async function pack(entries: readonly TarEntry[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeTar(entries)) parts.push(part);
  return Buffer.concat(parts);
}

function unpack(archive: Buffer, pieceBytes: number): { files: Record<string, string>; isWhole: boolean } {
  const files: Record<string, string> = {};
  const reader = readTar((name) => {
    const parts: Buffer[] = [];
    return {
      write: (chunk) => void parts.push(Buffer.from(chunk)),
      end: () => void (files[name] = Buffer.concat(parts).toString('base64')),
    };
  });
  for (let at = 0; at < archive.length; at += pieceBytes) reader.take(archive.subarray(at, at + pieceBytes));
  return { files, isWhole: reader.isWhole() };
}

const name = fc
  .array(fc.stringMatching(/^[\p{L}\p{N} '"$.-]{1,60}$/u), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((text) => !/(^|\/)\.{0,2}(\/|$)/.test(text) && text.trim() === text);

test('what is packed comes out, whatever its names, sizes and the pieces in which it is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ name, bytes: fc.uint8Array({ maxLength: 2000 }) }), {
        maxLength: 6,
        selector: (f) => f.name,
      }),
      fc.integer({ min: 1, max: 5000 }),
      async (files, pieceBytes) => {
        const archive = await pack(files.map((f) => ({ name: f.name, from: f.bytes })));
        expect(unpack(archive, pieceBytes)).toEqual({
          files: Object.fromEntries(files.map((f) => [f.name, Buffer.from(f.bytes).toString('base64')])),
          isWhole: true,
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('an archive that was cut off is not whole', async () => {
  const archive = await pack([{ name: 'a', from: Buffer.alloc(3000, 1) }]);
  expect(unpack(archive.subarray(0, 2000), 700).isWhole).toBe(false);
});

test.skipIf(process.platform === 'win32')(
  'a folder whose time changes while it is archived is no failure, and anything else that tar says is one',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowyard-tar-'));
    try {
      writeFileSync(join(folder, 'a.txt'), 'of a');
      const archive = async (code: number, ...said: string[]) => {
        const words = said.map((line) => `echo '${line}' >&2`).join('\n');
        writeFileSync(join(folder, 'tar'), `#!/bin/sh\nPATH=$REAL tar "$@"\n${words}\nexit ${code}\n`);
        chmodSync(join(folder, 'tar'), 0o755);
        const path = process.env['PATH'] ?? '';
        const env = { ...process.env, REAL: path, PATH: `${folder}:${path}` };
        const result = await execHere(archiveScript(folder), { input: Buffer.from('a.txt') }, env);
        return [result.code, unpack(result.out, 512).files];
      };
      const files = { 'a.txt': Buffer.from('of a').toString('base64') };
      const changed = 'tar: a: file changed as we read it';
      expect(await archive(0)).toEqual([0, files]);
      expect(await archive(1, changed, changed)).toEqual([0, files]);
      expect(await archive(1, changed, 'tar: b: Cannot open: Permission denied')).toEqual([1, files]);
      expect(await archive(1)).toEqual([1, files]);
      expect(await archive(2, changed)).toEqual([2, files]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
