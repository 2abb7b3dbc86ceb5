/** The real ffmpeg on a real video and a real MP3, both made by it. Installed where it is missing. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needTools } from '../support/system-tools.ts';
import { Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  needTools('ffmpeg');
  shop = await Workshop.open();
  for (const folder of ['videos', 'sounds']) mkdirSync(join(shop.folder, folder));
  const make = (...args: string[]): void => {
    execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', ...args]);
  };
  // Red for two seconds, then blue.
  make(
    '-i',
    'color=red:size=64x48:rate=10:duration=2',
    '-f',
    'lavfi',
    '-i',
    'color=blue:size=64x48:rate=10:duration=2',
    '-filter_complex',
    'concat=n=2',
    join(shop.folder, 'videos', 'turn.mkv'),
  );
  make('-i', 'sine=frequency=440:duration=2', join(shop.folder, 'sounds', 'tone.mp3'));
}, 300_000);
afterAll(() => shop?.[Symbol.asyncDispose]());

it('a video gives its pictures at even times, ready for the nodes of images', async () => {
  const run = await shop.run(
    {
      videos: { kind: 'read.video', params: { folder: 'videos', labels: 'none' } },
      prepare: { kind: 'prepare.images', params: { width: 16, height: 16, channels: 'grey' } },
    },
    ['videos.rows -> prepare.rows'],
  );
  const rows = await run.rows('videos', 'seconds');
  expect(rows.map((r) => [r['seconds'], r['width'], r['height']])).toEqual([
    [0, 64, 48],
    [1, 64, 48],
    [2, 64, 48],
    [3, 64, 48],
  ]);
  expect(run.status).toBe('done');
});

it('an MP3 is a sound like a WAV', async () => {
  const run = await shop.run(
    {
      sounds: { kind: 'read.audio', params: { folder: 'sounds', labels: 'none' } },
      measure: { kind: 'prepare.audio-features', params: { bands: 4 } },
    },
    ['sounds.rows -> measure.rows'],
  );
  const [row] = await run.rows('measure', 'path');
  expect(row?.['seconds']).toBeCloseTo(2, 0);
  expect(Number(row?.['centroid_hz'])).toBeGreaterThan(350);
  // 440 Hz crosses zero 880 times a second.
  expect(Number(row?.['zero_crossings'])).toBeCloseTo(880 / 16_000, 2);
});
