import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTar, writeTar, type TarEntry } from './tar.ts';

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
