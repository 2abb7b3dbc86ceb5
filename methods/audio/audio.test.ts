/** Held against torchaudio, Whisper's feature extractor and librosa: `make-fixtures.py`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clipFeatureNames, clipFeatures } from './clip-features.ts';
import { decodeWav, isWav } from './decode-wav.ts';
import { whisperFeatures } from './log-mel.ts';
import { resample } from './resample.ts';
import { monoOf } from './sound.ts';
import { speechChunks } from './speech-chunks.ts';
import { speechSegments } from './speech-segments.ts';

const fixtures = z
  .object({
    resampled: z.array(z.object({ from: z.number(), to: z.number(), values: z.array(z.number()) })),
    mel: z.object({ frames: z.number(), rows: z.record(z.string(), z.array(z.number())) }),
    features: z.array(z.number()),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'audio.json'), 'utf8')));

/** As `clip` in make-fixtures.py. */
function clip(rate: number, seconds: number): Float32Array {
  const samples = new Float32Array(Math.trunc(rate * seconds));
  let state = 12345;
  for (let i = 0; i < samples.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const t = i / rate;
    samples[i] =
      0.4 * Math.sin(2 * Math.PI * (220 + 300 * t) * t) +
      0.1 * Math.sin(2 * Math.PI * 3300 * t) +
      0.05 * (state / 2 ** 31 - 1);
  }
  return samples;
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return most;
};

describe('sound as numbers', () => {
  it.each(fixtures.resampled)('from $from Hz to $to Hz as torchaudio', ({ from, to, values }) => {
    // torchaudio makes its kernels in float32, ours are in double.
    expect(furthest(resample(clip(from, 0.03), from, to), values)).toBeLessThan(1e-5);
  });

  it('log-mel as Whisper hears it', () => {
    const { bands, frames, values } = whisperFeatures(clip(16_000, 1));
    expect([bands, frames]).toEqual([80, fixtures.mel.frames]);
    for (const [band, row] of Object.entries(fixtures.mel.rows))
      expect(furthest(values.subarray(Number(band) * frames, (Number(band) + 1) * frames), row), band).toBeLessThan(
        2e-4,
      );
  });

  it('the measures of a clip as librosa', () => {
    const found = clipFeatures(clip(16_000, 1), 8);
    expect(clipFeatureNames(8)).toHaveLength(found.length);
    found.forEach((value, i) => {
      const wanted = fixtures.features[i] ?? Number.NaN;
      expect(Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)), clipFeatureNames(8)[i]).toBeLessThan(1e-5);
    });
  });

  it('silence is measured without infinities', () => {
    expect(clipFeatures(new Float32Array(16_000), 4).every(Number.isFinite)).toBe(true);
  });
});

/** A WAV of our own making. */
function wav(bits: 8 | 16 | 24 | 32, samples: readonly number[], channels = 1): Uint8Array<ArrayBuffer> {
  const bytes = bits / 8;
  const file = new Uint8Array(44 + samples.length * bytes);
  const view = new DataView(file.buffer);
  const tag = (at: number, text: string): void =>
    text.split('').forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  tag(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, 8000, true);
  view.setUint16(34, bits, true);
  tag(36, 'data');
  view.setUint32(40, samples.length * bytes, true);
  samples.forEach((s, i) => {
    const whole = Math.round(s * 2 ** (bits - 1)) + (bits === 8 ? 128 : 0);
    for (let b = 0; b < bytes; b++) view.setUint8(44 + i * bytes + b, (whole >> (8 * b)) & 255);
  });
  return file;
}

describe('WAV files', () => {
  it.each([8, 16, 24, 32] as const)('of %i bits give their samples', (bits) => {
    const samples = [0, 0.5, -0.25, -1];
    const found = decodeWav(wav(bits, samples, 2));
    expect(found).toMatchObject({ sampleRate: 8000 });
    if ('says' in found) return;
    expect(found.channels.map((c) => [...c])).toEqual([
      [0, -0.25],
      [0.5, -1],
    ]);
    expect([...monoOf(found)]).toEqual([0.25, -0.625]);
  });

  it.each([
    ['A-law', 6, [0xd5, 0x55, 0xaa, 0x2a, 0xe5, 0x70], [8, -8, 32_256, -32_256, 1056, -688]],
    ['µ-law', 7, [0xff, 0x7f, 0x80, 0x00, 0xe7, 0x6c], [0, -0, 32_124, -32_124, 260, -180]],
  ])('of telephones (%s) give their samples', (_name, code, bytes, wanted) => {
    const file = wav(
      8,
      bytes.map(() => 0),
    );
    file[20] = code;
    file.set(bytes, 44);
    const found = decodeWav(file);
    if ('says' in found) throw new Error(found.says);
    expect([...(found.channels[0] ?? [])].map((s) => s * 0x8000)).toEqual(wanted);
  });

  it('with samples that are no numbers are told in words', () => {
    const file = wav(32, [0, 0.5]);
    file[20] = 3;
    new DataView(file.buffer).setFloat32(48, Number.NaN, true);
    expect(decodeWav(file)).toEqual({ says: 'holds samples that are no numbers (NaN or infinity)' });
  });

  it('cut off or of another kind are told in words', () => {
    const whole = wav(16, [0, 0.5, 0.5, 0]);
    expect(decodeWav(whole.subarray(0, 48))).toEqual({ says: 'is cut off' });
    expect(decodeWav(whole.subarray(0, 20))).toEqual({ says: 'is cut off within its head' });
    const alien = whole.slice();
    alien[20] = 2;
    expect(decodeWav(alien)).toEqual({
      says: 'is a WAV file of a kind that is not read (format 2, 16 bits)',
      isOther: true,
    });
    expect(isWav(new Uint8Array([1, 2, 3]))).toBe(false);
  });

  it('no bytes whatever make the reader fail or run on', () => {
    const whole = wav(16, [0, 0.5, 0.5, 0]);
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 43 }), fc.uint8Array({ minLength: 1, maxLength: 6 }), (at, noise) => {
        const broken = whole.slice();
        broken.set(noise.subarray(0, broken.length - at), at);
        const found = decodeWav(broken);
        expect('says' in found || found.sampleRate > 0).toBe(true);
      }),
    );
  });
});

describe('stretches of speech', () => {
  const settings = { threshold: 0.5, leastSpeechMs: 60, leastSilenceMs: 60, padMs: 0 };
  const found = (probabilities: readonly number[], more: Partial<typeof settings> = {}) =>
    speechSegments(probabilities, 0.03, probabilities.length * 0.03, { ...settings, ...more }).map((s) =>
      [s.startSeconds, s.endSeconds].map((t) => Math.round(t * 100)),
    );

  it('begin at the threshold and go on over short pauses', () => {
    expect(found([0, 0.9, 0.9, 0.1, 0.9, 0, 0, 0])).toEqual([[3, 15]]);
    expect(found([0, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9, 0.9])).toEqual([
      [3, 9],
      [15, 24],
    ]);
  });

  it('that are too short are dropped, and a doubtful moment ends none', () => {
    expect(found([0, 0.9, 0, 0, 0])).toEqual([]);
    expect(found([0.9, 0.4, 0.4, 0.4, 0.9])).toEqual([[0, 15]]);
  });

  it('get air, but share a pause evenly and stay within the sound', () => {
    expect(found([0.9, 0.9, 0, 0, 0.9, 0.9], { padMs: 100 })).toEqual([
      [0, 9],
      [9, 18],
    ]);
  });
});

it('stretches of speech go together as long as they fit, and what is longer is cut evenly', () => {
  const stretch = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds, confidence: 1 });
  expect(speechChunks([stretch(0, 10), stretch(12, 25), stretch(26, 31), stretch(40, 110)], 30)).toEqual([
    { startSeconds: 0, endSeconds: 25 },
    { startSeconds: 26, endSeconds: 31 },
    { startSeconds: 40, endSeconds: expect.closeTo(40 + 70 / 3, 9) },
    { startSeconds: expect.closeTo(40 + 70 / 3, 9), endSeconds: expect.closeTo(40 + 140 / 3, 9) },
    { startSeconds: expect.closeTo(40 + 140 / 3, 9), endSeconds: 110 },
  ]);
});
