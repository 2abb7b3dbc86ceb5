/** A sound of any length as a few numbers, for trainers that want tables. Definitions as librosa's (McFee et al. 2015), over frames of 25 ms every 10 ms. */
import { logMel, powerSpectrum, whisperMel, type MelSettings } from './log-mel.ts';

/** Names in the order of `clipFeatures`. */
export const clipFeatureNames = (bands: number): string[] => [
  'loudness',
  'loudness_sd',
  'zero_crossings',
  'centroid_hz',
  'centroid_hz_sd',
  ...Array.from({ length: bands }, (_, b) => `mel_${b + 1}`),
  ...Array.from({ length: bands }, (_, b) => `mel_${b + 1}_sd`),
];

/**
 * - loudness: mean of the frames' root mean squares, and their standard deviation;
 * - zero_crossings: the share of neighbouring samples of other sign;
 * - centroid_hz: mean over frames of the power spectrum's magnitude-weighted frequency, and its standard deviation; frames of silence aside;
 * - mel_k: mean and standard deviation over frames of log10 of the power in each mel band.
 *
 * @param samples mono, at the settings' rate, shape [n]; n ≥ one frame
 */
export function clipFeatures(samples: Float32Array, bands: number, rate = whisperMel.sampleRate): number[] {
  const settings: MelSettings = { ...whisperMel, sampleRate: rate, bands };
  const mel = logMel(samples, settings);
  const { loudness, centroid } = frameFacts(samples, settings);
  const perBand = Array.from({ length: bands }, (_, b) =>
    spreadOf(mel.values.subarray(b * mel.frames, (b + 1) * mel.frames)),
  );
  const [loud, center] = [spreadOf(loudness), spreadOf(centroid)];
  return [
    loud.mean,
    loud.sd,
    crossings(samples),
    center.mean,
    center.sd,
    ...perBand.map((s) => s.mean),
    ...perBand.map((s) => s.sd),
  ];
}

/** Whole frames only. */
function frameFacts(samples: Float32Array, { frame, hop, sampleRate }: MelSettings) {
  const transform = powerSpectrum(frame);
  const loudness: number[] = [];
  const centroid: number[] = [];
  const part = new Float64Array(frame);
  for (let from = 0; from + frame <= samples.length; from += hop) {
    part.set(samples.subarray(from, from + frame));
    loudness.push(Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / frame));
    let [weighted, total] = [0, 0];
    transform(part).forEach((power, p) => {
      const magnitude = Math.sqrt(power);
      weighted += (magnitude * p * sampleRate) / frame;
      total += magnitude;
    });
    if (total > 1e-9) centroid.push(weighted / total);
  }
  return { loudness, centroid };
}

function crossings(samples: Float32Array): number {
  let count = 0;
  for (let i = 1; i < samples.length; i++) if ((samples[i] ?? 0) < 0 !== (samples[i - 1] ?? 0) < 0) count++;
  return samples.length < 2 ? 0 : count / (samples.length - 1);
}

/** Of the population; 0 where there is nothing. */
function spreadOf(values: ArrayLike<number>): { mean: number; sd: number } {
  const n = values.length;
  if (n === 0) return { mean: 0, sd: 0 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] ?? 0;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] ?? 0) - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / n) };
}
