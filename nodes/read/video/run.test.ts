/** With a stand-in for ffmpeg on the path, which checks its arguments and gives two real PNG files; `media-ffmpeg.slow.test.ts` runs the real one. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await mkdir(join(shop.folder, 'videos', 'cats'), { recursive: true });
  await writeFile(join(shop.folder, 'videos', 'cats', 'one.mp4'), 'a video');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await shop[Symbol.asyncDispose]();
});

async function standIn(script: string): Promise<void> {
  const folder = join(shop.folder, 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ffmpeg'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'ffmpeg'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}
const videos = (params: Record<string, unknown> = {}) => ({
  videos: { kind: 'read.video', params: { folder: 'videos', everySeconds: 2, ...params } },
});

describe('videos', () => {
  it('are pictures at even times', async () => {
    const pictures = await Promise.all(
      [255, 0].map((r) =>
        sharp({ create: { width: 6, height: 4, channels: 3, background: { r, g: 0, b: 0 } } })
          .png()
          .toBuffer(),
      ),
    );
    await writeFile(join(shop.folder, 'pictures'), Buffer.concat(pictures));
    await standIn(`cat '${join(shop.folder, 'pictures')}'`);
    const rows = await (await shop.run(videos(), [])).rows('videos', 'seconds');
    expect(rows.map((r) => [r['path'], r['label'], r['seconds'], r['width'], r['height']])).toEqual([
      ['cats/one.mp4', 'cats', 0, 6, 4],
      ['cats/one.mp4', 'cats', 2, 6, 4],
    ]);
  });

  it('that ffmpeg gives up stop the run with their name, also where all of them would be left out', async () => {
    await standIn('echo "x: Invalid data found when processing input" >&2; exit 1');
    expect((await shop.run(videos(), [])).problems[0]).toMatchObject({
      code: 'video.faulty',
      message: '"cats/one.mp4" cannot be read by ffmpeg (Invalid data found when processing input).',
    });
    expect((await shop.run(videos({ faulty: 'leave-out' }), [])).problems[0]).toMatchObject({
      code: 'rows.failed',
      message: expect.stringMatching(/^The only video failed: "cats\/one.mp4" cannot be read/),
    });
  });

  it('are refused in words where there is no ffmpeg', async () => {
    vi.stubEnv('PATH', join(shop.folder, 'bin'));
    expect((await shop.run(videos(), [])).problems[0]).toMatchObject({
      code: 'video.no-ffmpeg',
      message: 'Videos are read by ffmpeg, which this machine does not have.',
    });
  });
});
