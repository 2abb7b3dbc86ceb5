/** Images prepared in a real run: what the value carries, what is learnt from the training rows alone, and what the pixels are. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImages } from '../../../engine/images/open-images.ts';
import { readImageCell, type ImageValue } from '../../../shared/media/image.ts';
import { checkParams } from '../../../test/support/run-sql.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';
import { spec } from './spec.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

async function draw(name: string, shade: number, width = 6, height = 4, channels: 1 | 3 = 1): Promise<void> {
  const place = join(shop.folder, 'photos', name);
  await mkdir(dirname(place), { recursive: true });
  const image = sharp({ create: { width, height, channels: 3, background: { r: shade, g: shade, b: shade } } });
  await writeFile(place, await (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer());
}

const reader: SketchedNode = { kind: 'read.images', params: { folder: 'photos' } };
/** What a written copy of the table holds: a fitted node's own result is its state. */
async function prepare(
  nodes: Record<string, SketchedNode>,
  wires: string[],
): Promise<{ run: FinishedRun; images: ImageValue[] }> {
  const run = await shop.run({ images: reader, ...nodes }, wires);
  if (run.status !== 'done') return { run, images: [] };
  const { Database } = await import('../../../engine/table/database.ts');
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 2 ** 29,
    tempFolder: null,
    allowed: [shop.folder],
  });
  const rows = await database.query(`SELECT * FROM read_parquet('${join(shop.folder, 'out.parquet')}') ORDER BY path`);
  return { run, images: rows.flatMap((row) => readImageCell(String(row['image'])) ?? []) };
}
const out: SketchedNode = { kind: 'write.table', params: { file: 'out.parquet', overwrite: true } };
const pixels = async (images: readonly ImageValue[]) => {
  const batch = await openImages(join(shop.folder, '.flowyard')).pixels(images, new AbortController().signal);
  return { ...batch, values: [...batch.values].map((v) => Number(v.toFixed(4))) };
};

describe('steps', () => {
  it('are carried by the value, of two nodes one after the other, and done when pixels are asked for', async () => {
    await draw('a/1.png', 51);
    await draw('b/2.png', 204, 8, 8);
    const { images } = await prepare(
      {
        small: { kind: 'prepare.images', params: { fit: 'stretch', width: 2, height: 1 } },
        shades: { kind: 'prepare.images', params: { channels: 'colour', normalise: 'given', mean: '0.5', sd: '0.25' } },
        out,
      },
      ['images.rows -> small.rows', 'small.rows -> shades.rows', 'shades.rows -> out.rows'],
    );
    expect(images[1]).toMatchObject({
      name: 'b/2.png',
      width: 8,
      height: 8,
      channels: 1,
      steps: [
        { do: 'resize', width: 2, height: 1, fit: 'stretch', shade: 0 },
        { do: 'channels', count: 3, shade: 0 },
        { do: 'normalise', mean: [0.5], sd: [0.25] },
      ],
    });
    expect(await pixels(images)).toEqual({
      count: 2,
      width: 2,
      height: 1,
      channels: 3,
      values: [...Array.from({ length: 6 }, () => -1.2), ...Array.from({ length: 6 }, () => 1.2)],
    });
  });

  it('learn mean and deviation from the training images alone', async () => {
    for (let i = 0; i < 20; i++) await draw(`${i % 2 ? 'a' : 'b'}/${String(i).padStart(2, '0')}.png`, i * 12);
    const { run, images } = await prepare(
      {
        split: { kind: 'split.rows', params: { target: 'label', testFraction: 0.25 } },
        prepare: { kind: 'prepare.images', params: { normalise: 'training' } },
        out: { ...out, params: { ...out.params, partition: true } },
      },
      ['images.rows -> split.rows', 'split.rows -> prepare.rows', 'prepare.rows -> out.rows'],
    );
    const marks = await run.rows('split', 'path');
    const training = images.filter((_, i) => marks[i]?.['__partition'] === 'train');
    expect(training).toHaveLength(15);
    const seen = await pixels(training);
    const mean = seen.values.reduce((sum, v) => sum + v, 0) / seen.values.length;
    const deviation = Math.sqrt(seen.values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / seen.values.length);
    expect([mean, deviation]).toEqual([expect.closeTo(0, 3), expect.closeTo(1, 3)]);
    expect(JSON.parse(await run.text('prepare', 'state.json'))).toMatchObject({
      column: 'image',
      steps: [{ do: 'normalise' }],
    });
  });
});

describe('words', () => {
  it('name images of another size or other channels, and a trainer’s question for pixels is refused with both names', async () => {
    await draw('a/1.png', 10);
    await draw('b/2.png', 20, 7, 4);
    await draw('b/3.png', 20, 6, 4, 3);
    const { run, images } = await prepare(
      { prepare: { kind: 'prepare.images', params: { normalise: 'given' } }, out },
      ['images.rows -> prepare.rows', 'prepare.rows -> out.rows'],
    );
    expect(run.warnings).toMatchObject([
      { code: 'images.sizes-differ', message: expect.stringMatching(/"b.2.png" is 7 × 4.*: a network needs one size/) },
      { code: 'images.channels-differ', message: expect.stringContaining('"b/3.png" has 3 channels') },
    ]);
    await expect(pixels(images)).rejects.toThrow(
      'The image "b/2.png" is 7 × 4, "a/1.png" is 6 × 4. Put Prepare images before',
    );
    await expect(pixels(images.filter((i) => i.name !== 'b/2.png'))).rejects.toThrow(
      '"b/3.png" is colour, "a/1.png" is grey.',
    );
    await expect(
      pixels([{ ...(images[0] ?? { name: '', width: 1, height: 1, channels: 1, steps: [] }), hash: '0'.repeat(64) }]),
    ).rejects.toThrow('The image "a/1.png" is no longer stored in the workspace. Run the reader of the images again.');
  });

  it('say before a run that there is no column of images, or that numbers are wrong', () => {
    const check = (params: Record<string, unknown>) =>
      checkParams(spec, params, { rows: { columns: [{ name: 'x', type: 'DOUBLE' }], split: false } });
    expect(check({ fit: 'cover' })).toMatchObject([{ code: 'image.no-column' }]);
    expect(check({ normalise: 'given', mean: '1,2', sd: '0' }).map((f) => f.param)).toEqual(['column', 'mean', 'sd']);
  });
});
