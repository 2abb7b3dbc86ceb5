/** Real files through the readers, Silero's real network on real (synthesised) speech. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

const speech = join(import.meta.dirname, '..', '..', '..', 'methods', 'audio', 'fixtures', 'speech.wav');
let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  for (const folder of ['voice', 'nothing']) await mkdir(join(shop.folder, 'sounds', folder), { recursive: true });
  await copyFile(speech, join(shop.folder, 'sounds', 'voice', 'counting.wav'));
  await writeFile(join(shop.folder, 'sounds', 'nothing', 'quiet.wav'), silentWav(8000));
});
afterEach(() => shop[Symbol.asyncDispose]());

function silentWav(samples: number): Uint8Array {
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples * 2, 40);
  return file;
}
const reader = { sounds: { kind: 'read.audio', params: { folder: 'sounds' } } };

describe('sounds', () => {
  it('are one row a file, labelled by folder', async () => {
    const rows = await (await shop.run(reader, [])).rows('sounds', 'path');
    expect(rows.map((r) => [r['path'], r['label'], r['sample_rate'], r['channels']])).toEqual([
      ['nothing/quiet.wav', 'nothing', 8000, 1],
      ['voice/counting.wav', 'voice', 8000, 1],
    ]);
    expect(rows[0]?.['seconds']).toBe(1);
  });

  it('that cannot be read stop the run with their name, or are left out', async () => {
    await writeFile(join(shop.folder, 'sounds', 'voice', 'torn.wav'), silentWav(8000).subarray(0, 1000));
    const refused = await shop.run(reader, []);
    expect(refused.problems[0]).toMatchObject({ code: 'audio.faulty', message: '"voice/torn.wav" is cut off.' });
    const run = await shop.run(
      { sounds: { kind: 'read.audio', params: { folder: 'sounds', faulty: 'leave-out' } } },
      [],
    );
    expect(run.warnings.map((w) => w.code)).toEqual(['audio.left-out']);
    expect(await run.rows('sounds', 'path')).toHaveLength(2);
  });

  it('that became unreadable fail their rows alone, told and up to a share, in every kind that takes them one by one', async () => {
    await shop.run(reader, []);
    const read = await (await shop.run(reader, [])).rows('sounds', 'path');
    const hash = (row: (typeof read)[number] | undefined): string =>
      /([0-9a-f]{64})/.exec(String(row?.['audio']))?.[1] ?? '';
    const spoil = (row: (typeof read)[number] | undefined) =>
      writeFile(join(shop.folder, '.flowyard', 'files', hash(row).slice(0, 2), hash(row)), 'no sound any more');
    await spoil(read[0]);
    const after = (kind: string, params: Record<string, unknown>) =>
      shop.run({ ...reader, after: { kind, params } }, ['sounds.rows -> after.rows']);
    const kinds = [
      ['prepare.audio-features', {}, 'loudness'],
      ['prepare.voice-activity', { give: 'share' }, 'speech_share'],
    ] as const;
    for (const [kind, params, column] of kinds) {
      const run = await after(kind, params);
      expect(run.warnings).toMatchObject([
        { code: 'rows.failed', message: expect.stringMatching(/^1 of 2 rows failed: The sound "nothing\/quiet.wav"/) },
      ]);
      expect((await run.rows('after', 'path')).map((row) => row[column] !== null)).toEqual([false, true]);
      expect((await after(kind, { ...params, failShare: 0.5 })).problems).toMatchObject([{ code: 'rows.failed' }]);
    }
    await spoil(read[1]);
    for (const [kind, params] of kinds)
      expect((await after(kind, { ...params, failShare: 0.9 })).problems).toMatchObject([
        { code: 'rows.failed', node: 'after', message: expect.stringMatching(/^All 2 rows failed: /) },
      ]);
  });

  it('are measured, each row its own', async () => {
    const run = await shop.run({ ...reader, measure: { kind: 'prepare.audio-features', params: { bands: 6 } } }, [
      'sounds.rows -> measure.rows',
    ]);
    const [quiet, voice] = await run.rows('measure', 'path');
    expect(quiet?.['loudness']).toBe(0);
    expect(Number(voice?.['loudness'])).toBeGreaterThan(0.01);
    expect(Number(voice?.['mel_1'])).toBeGreaterThan(Number(quiet?.['mel_1']));
  });

  it('have speech where somebody speaks, and none in silence', async () => {
    const run = await shop.run({ ...reader, speech: { kind: 'prepare.voice-activity' } }, [
      'sounds.rows -> speech.rows',
    ]);
    const rows = await run.rows('speech', 'start_seconds');
    expect(new Set(rows.map((r) => r['path']))).toEqual(new Set(['voice/counting.wav']));
    expect(Number(rows[0]?.['start_seconds'])).toBeGreaterThan(0.8);
    expect(Number(rows.at(-1)?.['end_seconds'])).toBeLessThan(Number(rows[0]?.['seconds']) - 0.7);
    const share = await shop.run({ ...reader, speech: { kind: 'prepare.voice-activity', params: { give: 'share' } } }, [
      'sounds.rows -> speech.rows',
    ]);
    const [quiet, voice] = await share.rows('speech', 'path');
    expect(quiet?.['speech_share']).toBe(0);
    expect(Number(voice?.['speech_share'])).toBeGreaterThan(0.2);
  });
});
