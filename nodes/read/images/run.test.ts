/** A folder of images as it is read in a real run: rows, labels, versions, and what is wrong in words. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderHashes } from '../../../engine/sources/source-folder.ts';
import { collectKeptFiles } from '../../../engine/workspace/collect-kept-files.ts';
import { report as reportSchema } from '../../../shared/report.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';
import { repositoryRoot } from '../../../test/support/node-folders.ts';
import { zipOf } from '../../../test/support/zip-of.ts';
import { bundled, imageEndings } from './spec.ts';

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

  it('follows links to files and folders of the workspace, never in a circle, and names those that lead out of it', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'flowyard-outside-'));
    try {
      await draw('all/one.png', { seed: 1 });
      await draw('more/two.png', { seed: 2 });
      await writeFile(join(outside, 'secret.png'), 'x');
      await mkdir(join(shop.folder, 'photos/cat'), { recursive: true });
      const link = (to: string, path: string): Promise<void> => symlink(to, join(shop.folder, 'photos', path));
      await link(join(outside, 'secret.png'), 'cat/secret.png');
      expect((await read()).problems).toMatchObject([
        {
          code: 'images.none',
          message: 'There is no image in "photos", only cat/secret.png (a link that leads out of the workspace).',
        },
      ]);
      await link('../../all/one.png', 'cat/a.png');
      await link('../more', 'dog');
      await link('../../photos', 'cat/again');
      await link('/nowhere/at/all.png', 'cat/broken.png');
      const rows = await (await read()).rows('images', 'path');
      expect(rows.map(({ path, label }) => [path, label])).toEqual([
        ['cat/a.png', 'cat'],
        ['dog/two.png', 'dog'],
      ]);
    } finally {
      await rm(outside, { recursive: true });
    }
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
    const { blocks } = reportSchema.parse(JSON.parse(await second.text('images', 'report.report.json')));
    expect(
      blocks.flatMap((b) => (b.type === 'images' ? [[b.title, b.items.map((item) => item.image.name)]] : [])),
    ).toEqual([
      ['New', ['dog/d.png', 'dog/e.png']],
      ['Changed', ['cat/b.png']],
    ]);
    expect(blocks.flatMap((b) => (b.type === 'table' && b.title === 'Gone' ? b.rows.map((r) => r[0]) : []))).toEqual([
      'cat/a.png',
    ]);
  });

  it('keeps files as long as a stored result lists them', async () => {
    await draw('photos/cat/a.png', { seed: 1 });
    await draw('photos/dog/b.png', { seed: 2 });
    const both = await read();
    await rm(join(shop.folder, 'photos/cat/a.png'));
    const one = await read();
    const left = async (): Promise<number> =>
      (await readdir(join(shop.folder, '.flowyard', 'files'), { recursive: true })).filter((n) =>
        /[0-9a-f]{64}$/.test(n),
      ).length;
    const { store } = shop.environment;
    await collectKeptFiles(store, Date.now() + 1000);
    expect(await left()).toBe(2);
    await store.remove(both.artifact('images').key);
    await collectKeptFiles(store, 0);
    expect(await left()).toBe(2);
    await collectKeptFiles(store, Date.now() + 1000);
    expect(await left()).toBe(1);
    await store.remove(one.artifact('images').key);
    await collectKeptFiles(store, Date.now() + 1000);
    expect(await left()).toBe(0);
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
  const shapes = join(import.meta.dirname, 'shapes');
  const paths = ['disc/disc-1.png', 'disc/disc-2.png', 'square/square-1.png'];
  const archive = async (deflated = true): Promise<Buffer> =>
    zipOf(await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(join(shapes, path)) }))), {
      deflated,
    });

  it.each([true, false])('is read as a folder, in place (deflated: %s)', async (deflated) => {
    await put('mine.zip', await archive(deflated));
    const rows = await (await read({ folder: 'mine.zip' })).rows('images', 'path');
    expect(rows.map((r) => [r['path'], r['label'], r['width']])).toEqual(
      paths.map((path) => [path, path.split('/')[0], 16]),
    );
    for (const path of paths) await put(`photos/${path}`, await readFile(join(shapes, path)));
    expect((await (await read()).rows('images', 'path')).map((r) => r['image'])).toEqual(rows.map((r) => r['image']));
  });
  it('says what is wrong with it', async () => {
    const whole = await archive();
    await put('half.zip', whole.subarray(0, whole.length / 2));
    expect((await read({ folder: 'half.zip' })).problems).toMatchObject([
      { code: 'file.archive', message: '"half.zip" is no ZIP archive, or its end is missing.', node: 'images' },
    ]);
    await put('broken.zip', Buffer.from(whole).fill(0, 60, 100));
    expect((await read({ folder: 'broken.zip' })).problems).toMatchObject([
      { code: 'images.faulty', message: expect.stringMatching(/^"disc.disc-1.png" /), facts: { faulty: 1 } },
    ]);
    await put('secret.zip', zipOf([{ path: 'a.png', bytes: Buffer.from('x') }], { isSecret: true }));
    expect((await read({ folder: 'secret.zip' })).problems).toMatchObject([
      { message: '"secret.zip" holds "a.png" under a password.', mend: 'Make an archive without a password.' },
    ]);
  });
  it.each([
    ['digits', [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]],
    ['mnist', [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]],
  ] as const)('comes with the program: %s', async (name, sizes) => {
    const place = join(repositoryRoot, 'resources', 'data', bundled[name].file);
    const { files } = await new FolderHashes(shop.folder).hash(place, imageEndings);
    const counts = Map.groupBy(files, (file) => file.path.split('/')[0]);
    expect([...counts].map(([numeral, list]) => [numeral, list.length])).toEqual(
      sizes.map((count, numeral) => [String(numeral), count]),
    );
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
