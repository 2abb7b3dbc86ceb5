import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSteps, type ImageStep, type ImageValue } from '../../shared/media/image.ts';
import { openKeptFiles, sha256Of } from '../files/kept-files.ts';
import { decodeImage, isFault } from './decode.ts';
import { openImages } from './open-images.ts';
import { decodeSmallPng } from './small-png.ts';
import { openThumbnails } from './thumbnails.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowyard-images-'));
});
afterEach(() => rm(folder, { recursive: true }));
const { signal } = new AbortController();

/** Left half dark, right half red. */
const twoHalves = (): ReturnType<typeof sharp> =>
  sharp(Buffer.from(Array.from({ length: 8 * 4 }, (_, i) => (i % 8 < 4 ? [0, 0, 0] : [255, 0, 0])).flat()), {
    raw: { width: 8, height: 4, channels: 3 },
  });

/** 2 × 2 pixels without compression, all bytes 0. */
function tiffOf(bits: number, kind: 'unsigned' | 'signed' | 'float', channels = 1): Buffer {
  const pixels = (4 * channels * bits) / 8;
  const fields: [tag: number, value: number][] = [
    [256, 2],
    [257, 2],
    [258, bits],
    [259, 1],
    [262, 1],
    [273, 512],
    [277, channels],
    [278, 2],
    [279, pixels],
    [339, { unsigned: 1, signed: 2, float: 3 }[kind]],
  ];
  const file = Buffer.alloc(512 + pixels);
  file.write('II*');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(fields.length, 8);
  fields.forEach(([tag, value], i) => {
    const at = 10 + i * 12;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(3, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt16LE(value, at + 8);
  });
  return file;
}

describe('decode', () => {
  it.each([
    ['png', () => twoHalves().png()],
    ['gif', () => twoHalves().gif()],
    ['tiff', () => twoHalves().tiff({ compression: 'lzw' })],
    ['webp', () => twoHalves().webp({ lossless: true })],
  ] as const)('reads %s to the pixel', async (format, make) => {
    const found = await decodeImage(await make().toBuffer());
    if (isFault(found)) throw new Error(found.fault.says);
    expect({ ...found, bytes: found.channels }).toMatchObject({ format, width: 8, height: 4 });
    const at = (x: number): number[] => [...found.bytes.subarray(x * found.channels, x * found.channels + 3)];
    expect([at(0), at(7)]).toEqual([
      [0, 0, 0],
      [255, 0, 0],
    ]);
  });
  it('reads grey as one channel, colours of print as three, and the first picture of a moving one', async () => {
    const grey = await decodeImage(await twoHalves().greyscale().toColourspace('b-w').png().toBuffer());
    const print = await decodeImage(await twoHalves().toColourspace('cmyk').jpeg().toBuffer());
    const deep = await decodeImage(await twoHalves().toColourspace('rgb16').png().toBuffer());
    const frames = Buffer.concat([Buffer.alloc(8 * 4 * 3, 0), Buffer.alloc(8 * 4 * 3, 255)]);
    const moving = await decodeImage(
      await sharp(frames, { raw: { width: 8, height: 8, channels: 3, pageHeight: 4 } })
        .gif()
        .toBuffer(),
    );
    expect([grey, print, deep, moving].map((f) => (isFault(f) ? f.fault : [f.channels, f.width, f.height]))).toEqual([
      [1, 8, 4],
      [3, 8, 4],
      [3, 8, 4],
      [expect.any(Number), 8, 4],
    ]);
  });
  it('refuses in words what no scale of shades is known of, and what has too many channels to be a picture', async () => {
    const says = async (...form: Parameters<typeof tiffOf>): Promise<string> => {
      const found = await decodeImage(tiffOf(...form));
      return isFault(found) ? found.fault.says : `${found.channels} channel`;
    };
    expect(await says(16, 'unsigned')).toBe('1 channel');
    expect(await says(32, 'float')).toMatch(/^holds floating-point numbers, .*; save it with 8 or 16 bits a channel$/);
    expect(await says(16, 'signed')).toMatch(/^holds signed numbers/);
    expect(await says(32, 'unsigned')).toMatch(/^holds 32-bit numbers/);
    expect(await says(8, 'unsigned', 5)).toMatch(/^has 5 channels; grey and colour are read/);
  });
  it('says what a file is that has an image’s name', async () => {
    const says = async (bytes: string | Buffer): Promise<string> => {
      const found = await decodeImage(Buffer.from(bytes));
      return isFault(found) ? found.fault.says : 'nothing';
    };
    expect(await Promise.all(['', '<!DOCTYPE html>', '<svg xmlns="">', '%PDF-1.7', 'hello'].map(says))).toEqual([
      'is empty',
      'is a web page, not an image',
      'is a drawing (SVG), which has no pixels',
      'is a PDF, not an image',
      'is no image',
    ]);
    for (const make of [twoHalves().png(), twoHalves().jpeg(), twoHalves().webp(), twoHalves().gif()]) {
      const whole = await make.toBuffer();
      expect(await says(whole.subarray(0, whole.length * 0.6))).toMatch(/^is (cut off|damaged)/);
    }
  });
});

describe('small PNG files', () => {
  it('come out as the other decoder reads them, whatever their filters', async () => {
    const image = fc
      .record({
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
        channels: fc.constantFrom(1, 2, 3, 4),
      })
      .chain((shape) =>
        fc.record({
          bytes: fc.uint8Array({
            minLength: shape.width * shape.height * shape.channels,
            maxLength: shape.width * shape.height * shape.channels,
          }),
          shape: fc.constant(shape),
          adaptiveFiltering: fc.boolean(),
        }),
      );
    await fc.assert(
      fc.asyncProperty(image, async ({ shape, bytes, adaptiveFiltering }) => {
        const { width, height, channels } = shape;
        const raw = {
          width,
          height,
          channels: channels === 1 ? 1 : channels === 2 ? 2 : channels === 3 ? 3 : 4,
        } as const;
        const made = sharp(bytes, { raw }).toColourspace(channels < 3 ? 'b-w' : 'srgb');
        const file = await made.png({ adaptiveFiltering, palette: false }).toBuffer();
        expect(decodeSmallPng(file)).toEqual({ format: 'png', ...shape, bytes });
      }),
      { numRuns: 60 },
    );
  });
  it('are left to the other decoder when anything is unusual or damaged', async () => {
    const plain = await twoHalves().png().toBuffer();
    expect(decodeSmallPng(plain)).toBeDefined();
    for (let end = 0; end < plain.length; end++) expect(decodeSmallPng(plain.subarray(0, end))).toBeUndefined();
    for (let at = 0; at < plain.length; at++) {
      const spoilt = Buffer.from(plain);
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x55;
      expect(decodeSmallPng(spoilt)).toBeUndefined();
    }
    expect(decodeSmallPng(await twoHalves().png({ palette: true }).toBuffer())).toBeUndefined();
    expect(decodeSmallPng(await twoHalves().png({ progressive: true }).toBuffer())).toBeUndefined();
    expect(decodeSmallPng(await twoHalves().resize(200, 200).png().toBuffer())).toBeUndefined();
  });
});

describe('kept images', () => {
  const keep = async (name: string, bytes: Buffer): Promise<ImageValue> => {
    await writeFile(join(folder, name), bytes);
    const [found] = await openImages(folder).keep(
      [{ path: name, place: join(folder, name), sha256: sha256Of(bytes), bytes: bytes.length }],
      { signal },
    );
    if (found === undefined || isFault(found)) throw new Error('not kept');
    const { width, height, channels } = found;
    return { hash: sha256Of(bytes), name, width, height, channels, steps: [] };
  };

  it('are read once, and give pixels though their file is gone', async () => {
    const image = await keep('a.png', await twoHalves().png().toBuffer());
    await rm(join(folder, 'a.png'));
    const again = await openImages(folder).keep(
      [
        {
          path: 'a.png',
          place: join(folder, 'a.png'),
          sha256: image.hash,
          bytes: (await openKeptFiles(folder).read(image.hash))?.length ?? 0,
        },
      ],
      { signal },
    );
    expect(again).toEqual([{ format: 'png', width: 8, height: 4, channels: 3 }]);
    const batch = await openImages(folder).pixels([image, image], signal);
    expect({ ...batch, values: [...batch.values.subarray(0, 8)] }).toEqual({
      count: 2,
      width: 8,
      height: 4,
      channels: 3,
      values: [0, 0, 0, 0, 1, 1, 1, 1],
    });
  });

  it('say that a file changed while the folder was read', async () => {
    await writeFile(join(folder, 'b.png'), 'other bytes');
    const found = await openImages(folder).keep(
      [{ path: 'b.png', place: join(folder, 'b.png'), sha256: 'a'.repeat(64), bytes: 11 }],
      { signal },
    );
    expect(found).toEqual([{ fault: { kind: 'changed', says: 'changed while the folder was read' } }]);
  });

  it('that were spoilt on the disk are never served, and are taken in anew', async () => {
    const bytes = await twoHalves().png().toBuffer();
    const image = await keep('a.png', bytes);
    await writeFile(join(folder, 'files', image.hash.slice(0, 2), image.hash), Buffer.from(bytes).fill(0, 50, 60));
    await expect(openImages(folder).pixels([image], signal)).rejects.toMatchObject({ code: 'image.gone' });
    await keep('a.png', bytes);
    expect((await openImages(folder).pixels([image], signal)).count).toBe(1);
  });

  it('are collected when nothing names them', async () => {
    const a = await keep('a.png', await twoHalves().png().toBuffer());
    await keep('b.png', await twoHalves().png({ palette: true }).toBuffer());
    await openKeptFiles(folder).collect(new Set([a.hash]), Date.now() + 1000);
    const left = (await readdir(join(folder, 'files'), { recursive: true })).filter((name) =>
      /[0-9a-f]{64}/.test(name),
    );
    expect(left.map((name) => name.slice(3))).toEqual([a.hash]);
  });

  it('stop when asked', async () => {
    const image = await keep('a.png', await twoHalves().png().toBuffer());
    await expect(openImages(folder).pixels([image], AbortSignal.abort())).rejects.toThrow('aborted');
    const stop = new AbortController();
    const many = Array.from({ length: 50 }, (_, i) => ({
      path: `${i}`,
      place: join(folder, `${i}`),
      sha256: 'a',
      bytes: 1,
    }));
    let seen = 0;
    const reading = openImages(folder).keep(many, {
      signal: stop.signal,
      progress: (done) => {
        seen = done;
        if (done === 5) stop.abort();
      },
    });
    await expect(reading).rejects.toThrow('aborted');
    expect(seen).toBeLessThan(12);
  });
});

describe('thumbnails', () => {
  it('are small, never enlarged, in the shape of the steps, and null for what is not there', async () => {
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#80c040' } })
      .jpeg()
      .toBuffer();
    await openKeptFiles(folder).keep(sha256Of(bytes), bytes);
    const tiny = await twoHalves().png().toBuffer();
    await openKeptFiles(folder).keep(sha256Of(tiny), tiny);
    const steps: ImageStep[] = [
      { do: 'channels', count: 1, shade: 0 },
      { do: 'resize', width: 60, height: 60, fit: 'contain', shade: 1 },
      { do: 'normalise', mean: [0.5], sd: [0.1] },
    ];
    const made = await openThumbnails(folder).get(
      [
        { hash: sha256Of(bytes), steps: '' },
        { hash: sha256Of(bytes), steps: writeSteps(steps) },
        { hash: sha256Of(tiny), steps: '' },
        { hash: '0'.repeat(64), steps: '' },
      ],
      48,
      signal,
    );
    const shapes = await Promise.all(
      made.map(async (one) => {
        if (one === null) return null;
        const { format, width, height } = await sharp(one).metadata();
        return [format, width, height];
      }),
    );
    expect(shapes).toEqual([['webp', 48, 32], ['png', 48, 48], ['png', 8, 4], null]);
    const corner = await sharp(made[1] ?? Buffer.alloc(0))
      .raw()
      .toBuffer();
    expect([corner[0], corner[(24 * 48 + 24) * (corner.length / (48 * 48))]]).toEqual([255, expect.closeTo(158, -1)]);
  });
});
