/**
 * Another sample rate by a windowed sinc, in phases of the smallest whole ratio: as torchaudio's `resample` does by default
 * (`sinc_interp_hann`, lowpass_filter_width 6, rolloff 0.99; Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/).
 */
const width = 6;
const rolloff = 0.99;

/** @param samples shape [n]; @returns shape [⌈n · to / from⌉] */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const divisor = gcd(from, to);
  const [low, high] = [from / divisor, to / divisor];
  const base = Math.min(low, high) * rolloff;
  const reach = Math.ceil((width * low) / base);
  const taps = 2 * reach + low;
  const kernels = Array.from({ length: high }, (_, phase) => kernel(phase, { low, high, base, reach, taps }));
  const length = Math.ceil((samples.length * high) / low);
  const result = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const weights = kernels[i % high];
    const start = Math.floor(i / high) * low - reach;
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += (samples[start + k] ?? 0) * (weights?.[k] ?? 0);
    result[i] = sum;
  }
  return result;
}

function kernel(
  phase: number,
  { low, high, base, reach, taps }: { low: number; high: number; base: number; reach: number; taps: number },
): Float64Array {
  const weights = new Float64Array(taps);
  for (let k = 0; k < taps; k++) {
    const t = Math.max(-width, Math.min(width, (-phase / high + (k - reach) / low) * base));
    const window = Math.cos((t * Math.PI) / width / 2) ** 2;
    const x = t * Math.PI;
    weights[k] = ((x === 0 ? 1 : Math.sin(x) / x) * window * base) / low;
  }
  return weights;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
