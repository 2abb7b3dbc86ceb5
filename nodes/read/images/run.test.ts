/** A folder of images as it is read in a real run: rows, labels, versions, and what is wrong in words. */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report as reportSchema } from '../../../shared/report.ts';
import { repositoryRoot } from '../../../test/support/node-folders.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

/** One shade all over; `seed` makes the bytes differ. */
async function draw(path: string, { width = 6, height = 4, channels = 3, seed = 0 } = {}): Promise<void> {
  const place = join(shop.folder, path);
  await mkdir(dirname(place), { recursive: true });
  const background = { r: seed, g: 40, b: 200, alpha: 0.5 };
  const image = sharp({ create: { width, height, channels: channels === 4 ? 4 : 3, background } });
  await (channels === 1 ? image.greyscale().toColourspace('b-w') : image).toFile(place);
}
const put = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(shop.folder, path)), { recursive: true });
  await writeFile(join(shop.folder, path), content);
};

const read = (params: Record<string, unknown> = {}): Promise<FinishedRun> =>
  shop.run({ images: { kind: 'read.images', params: { folder: 'photos', ...params } } }, []);
const texts = async (run: FinishedRun): Promise<string> => {
  const parsed = reportSchema.parse(JSON.parse(await run.text('images', 'report.report.json')));
  return parsed.chips.join(' | ');
};

describe('a folder', () => {
  it('gives one row a file, sorted by path, with the folder as label and the image by its hash', async () => {
    await draw('photos/dog/b.jpg', { width: 8 });
    await draw('photos/cat/a.png', { channels: 1 });
    await draw('photos/cat/deep/c.webp', { channels: 4 });
    await put('photos/.DS_Store', 'x');
    await put('photos/notes.txt', 'who took them');
    const run = await read();
    const rows = await run.rows('images', 'path');
    expect(rows.map(({ image: _, bytes: _bytes, ...rest }) => rest)).toEqual([
      { path: 'cat/a.png', label: 'cat', width: 6, height: 4, channels: 1 },
      { path: 'cat/deep/c.webp', label: 'deep', width: 6, height: 4, channels: 4 },
      { path: 'dog/b.jpg', label: 'dog', width: 8, height: 4, channels: 3 },
    ]);
    expect(JSON.parse(String(rows[0]?.['image']))).toEqual({
      image: expect.stringMatching(/^[0-9a-f]{64}$/),
      name: 'cat/a.png',
      width: 6,
      height: 4,
      channels: 1,
      steps: '',
    });
    const hashes = (await run.text('images', 'kept-files.txt')).trim().split('\n');
    const kept = (await readdir(join(shop.folder, '.flowyard', 'files'), { recursive: true })).filter((n) =>
      /[0-9a-f]{64}$/.test(n),
    );
    expect(kept.map((name) => name.slice(3)).sort()).toEqual(hashes);
  });

  it('takes labels from the first folder, or none', async () => {
    await draw('photos/cat/deep/c.png');
    await draw('photos/dog/d.png', { seed: 1 });
    expect((await (await read({ labels: 'first-folder' })).rows('images', 'path')).map((r) => r['label'])).toEqual([
      'cat',
      'dog',
    ]);
    expect(Object.keys((await (await read({ labels: 'none' })).rows('images', 'path'))[0] ?? {})).toEqual([
      'path',
      'image',
      'width',
      'height',
      'channels',
      'bytes',
    ]);
  });

  it('has the same key for the same files elsewhere, and says what changed since the last reading', async () => {
    await draw('photos/cat/a.png', { seed: 1 });
    await draw('photos/cat/b.png', { seed: 2 });
    await draw('photos/dog/c.png', { seed: 3 });
    const first = await read();
    expect(await texts(first)).toContain('read for the first time');
    await rename(join(shop.folder, 'photos'), join(shop.folder, 'moved'));
    const moved = await read({ folder: 'moved' });
    expect(moved.artifact('images').key).toBe(first.artifact('images').key);
    expect(moved.events.some((e) => e.type === 'node-cached')).toBe(true);
    await rename(join(shop.folder, 'moved'), join(shop.folder, 'photos'));
    await rm(join(shop.folder, 'photos/cat/a.png'));
    await draw('photos/cat/b.png', { seed: 22 });
    await draw('photos/dog/d.png', { seed: 4 });
    await draw('photos/dog/e.png', { seed: 5 });
    const second = await read();
    expect(await texts(second)).toContain('2 new, 1 gone, 1 changed');
    expect(second.metrics).toMatchObject({ images: { images: 4, left_out: 0 } });
  });

  it('turns photos upright', async () => {
    await mkdir(join(shop.folder, 'photos/x'), { recursive: true });
    await sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .toFile(join(shop.folder, 'photos/x/a.jpg'));
    expect(await (await read()).rows('images', 'path')).toMatchObject([{ width: 4, height: 6 }]);
  });
});

describe('a ZIP archive', () => {
  it('is read as a folder, in place, with the same key as the folder', async () => {
    await copyFile(join(repositoryRoot, 'resources', 'data', 'digits.zip'), join(shop.folder, 'mine.zip'));
    const run = await read({ folder: 'mine.zip' });
    const rows = await run.rows('images', 'path');
    expect(rows).toHaveLength(1797);
    expect(rows[0]).toMatchObject({ path: '0/0000.png', label: '0', width: 8, height: 8, channels: 1 });
    const bundled = await read({ from: 'digits', folder: '' });
    expect((await bundled.rows('images', 'path')).map((r) => r['image'])).toEqual(rows.map((r) => r['image']));
    expect(run.warnings).toEqual([]);
  });
  it('says what is wrong with it', async () => {
    const whole = await readFile(join(repositoryRoot, 'resources', 'data', 'digits.zip'));
    await put('half.zip', whole.subarray(0, 200_000));
    expect((await read({ folder: 'half.zip' })).problems).toMatchObject([
      { code: 'file.archive', message: '"half.zip" is no ZIP archive, or its end is missing.', node: 'images' },
    ]);
    const broken = Buffer.from(whole);
    broken.fill(0, 60, 120);
    await put('broken.zip', broken);
    expect((await read({ folder: 'broken.zip' })).problems).toMatchObject([
      { code: 'images.faulty', message: expect.stringMatching(/^"0.0000.png" is /) },
    ]);
  });
});

describe('what is wrong', () => {
  it('names the damaged file among many, and leaves it out when asked', async () => {
    for (let i = 0; i < 12; i++)
      await draw(`photos/${i % 2 ? 'cat' : 'dog'}/${i}.jpg`, { width: 80, height: 60, seed: i * 20 });
    const whole = await sharp({
      create: {
        width: 300,
        height: 200,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    await put('photos/cat/7.jpg', whole.subarray(0, whole.length / 2));
    await put('photos/dog/page.png', '<!doctype html><title>404</title>');
    const refused = await read();
    expect(refused.status).toBe('failed');
    expect(refused.problems).toMatchObject([
      {
        code: 'images.faulty',
        message: '"cat/7.jpg" is cut off: its end is missing; 1 more of 13 files cannot be used.',
        mend: 'Repair or remove the files, or set "Faulty files" to leave them out.',
        param: 'faulty',
        facts: {
          files: ['cat/7.jpg', 'dog/page.png'],
          says: ['is cut off: its end is missing', 'is a web page, not an image'],
        },
      },
    ]);
    const run = await read({ faulty: 'leave-out' });
    expect(run.metrics).toMatchObject({ images: { images: 11, left_out: 2 } });
    expect(run.warnings).toMatchObject([{ code: 'images.left-out', facts: { faulty: 2, of: 13 } }]);
  });

  it('names a file of other channels', async () => {
    await draw('photos/cat/a.png');
    await draw('photos/dog/b.png', { channels: 1 });
    expect((await read({ channels: 'colour' })).problems).toMatchObject([
      {
        code: 'images.faulty',
        message: '"dog/b.png" is grey, not colour.',
        mend: expect.stringContaining('Repair or remove the file,'),
      },
    ]);
  });

  it('says that the folder is empty, is not there, is a file, or lies elsewhere', async () => {
    await put('photos/readme.md', 'nothing yet');
    expect((await read()).problems).toMatchObject([
      { code: 'images.none', message: 'There is no image in "photos", only readme.md.' },
    ]);
    expect((await read({ folder: 'fotos' })).problems).toMatchObject([
      { code: 'file.missing', message: 'The folder "fotos" is not there.', param: 'folder' },
    ]);
    expect((await read({ folder: 'photos/readme.md' })).problems).toMatchObject([{ code: 'file.not-a-folder' }]);
    expect((await read({ folder: '/etc' })).problems).toMatchObject([{ code: 'file.outside-workspace' }]);
  });

  it('warns of one class, of files beside the folders, and of one image with two labels', async () => {
    await draw('photos/cat/a.png');
    expect((await read()).warnings).toMatchObject([
      { code: 'images.one-class', message: expect.stringContaining('"cat"') },
    ]);
    await draw('photos/dog/b.png', { seed: 9 });
    await draw('photos/c.png', { seed: 8 });
    await copyFile(join(shop.folder, 'photos/cat/a.png'), join(shop.folder, 'photos/dog/z.png'));
    expect((await read()).warnings).toMatchObject([
      {
        code: 'images.some-without-label',
        message: '"c.png" lies beside the folders of the classes and has no label.',
      },
      { code: 'images.contradiction', facts: { files: ['cat/a.png', 'dog/z.png'] } },
    ]);
  });
});

describe('a list of files', () => {
  const withList = (params: Record<string, unknown> = {}): Promise<FinishedRun> =>
    shop.run(
      {
        list: { kind: 'read.csv', params: { file: 'labels.csv' } },
        images: { kind: 'read.images', params: { folder: 'photos', fileColumn: 'file', ...params } },
      },
      ['list.rows -> images.list'],
    );

  it('gives the list’s rows in its order with all its columns, and names that clash get a number', async () => {
    await draw('photos/a.png', { width: 3 });
    await draw('photos/sub/b.jpg', { width: 5 });
    await put('labels.csv', 'n,file,species,width\n1,sub\\b.jpg,dog,10\n2,a,cat,20\n3,./a.png,cat,30\n');
    const rows = await (await withList()).rows('images', 'n');
    expect(rows.map(({ image: _, bytes: _bytes, ...rest }) => rest)).toEqual([
      { n: 1n, file: 'sub\\b.jpg', species: 'dog', width: 10n, width_2: 5, height: 4, channels: 3 },
      { n: 2n, file: 'a', species: 'cat', width: 20n, width_2: 3, height: 4, channels: 3 },
      { n: 3n, file: './a.png', species: 'cat', width: 30n, width_2: 3, height: 4, channels: 3 },
    ]);
  });

  it('names the row whose file is not there', async () => {
    await draw('photos/a.png');
    await put('labels.csv', 'n,file\n1,a.png\n2,b.png\n3,\n');
    expect((await withList()).problems).toMatchObject([
      { code: 'images.faulty', facts: { files: ['b.png', 'row 3 of the list'] } },
    ]);
    expect((await withList({ faulty: 'leave-out' })).metrics).toMatchObject({ images: { images: 1, left_out: 2 } });
    expect((await withList({ fileColumn: 'fil' })).problems).toMatchObject([
      { code: 'column.missing', mend: 'Did you mean "file"?' },
    ]);
  });
});
