/**
 * Log-mel spectrograms: what most networks hear. The settings of Whisper (Radford et al. 2022) are the default: frames of 25 ms every 10 ms, a periodic Hann
 * window, power, triangles on Slaney's mel scale with equal area, and log10 of at least 1e-10.
 */
export interface MelSettings {
  sampleRate: number;
  /** Samples in a frame. */
  frame: number;
  /** Samples from one frame to the next. */
  hop: number;
  bands: number;
}
export const whisperMel: MelSettings = { sampleRate: 16_000, frame: 400, hop: 160, bands: 80 };

export interface Spectrogram {
  bands: number;
  frames: number;
  /** Shape [bands, frames]. */
  values: Float32Array;
}

/** @param samples at the settings' rate, shape [n] with n > frame / 2: the sound is mirrored at both ends, so that frames stand around their middle */
export function logMel(samples: Float32Array, settings: MelSettings = whisperMel): Spectrogram {
  const { frame, hop, bands } = settings;
  const frames = Math.floor(samples.length / hop) + 1;
  const filters = melFilters(settings);
  const transform = powerSpectrum(frame);
  const values = new Float32Array(bands * frames);
  const part = new Float64Array(frame);
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < frame; k++) part[k] = samples[mirrored(f * hop + k - frame / 2, samples.length)] ?? 0;
    const power = transform(part);
    filters.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (power[first + k] ?? 0);
      values[band * frames + f] = Math.log10(Math.max(sum, 1e-10));
    });
  }
  return { bands, frames, values };
}

/** As Whisper's encoder wants it: the last frame is left out, what is 8 below the loudest is raised to it, then (x + 4) / 4. */
export function whisperFeatures(samples: Float32Array, settings: MelSettings = whisperMel): Spectrogram {
  const { bands, frames: all, values } = logMel(samples, settings);
  const frames = all - 1;
  let loudest = Number.NEGATIVE_INFINITY;
  for (let b = 0; b < bands; b++)
    for (let f = 0; f < frames; f++) loudest = Math.max(loudest, values[b * all + f] ?? 0);
  const scaled = new Float32Array(bands * frames);
  for (let b = 0; b < bands; b++)
    for (let f = 0; f < frames; f++) scaled[b * frames + f] = (Math.max(values[b * all + f] ?? 0, loudest - 8) + 4) / 4;
  return { bands, frames, values: scaled };
}

function mirrored(at: number, length: number): number {
  const period = 2 * (length - 1);
  if (period <= 0) return 0;
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}

/** |DFT|² of a frame under a periodic Hann window, places 0 … size / 2. By its definition: 400 is no power of two, and tables make it quick enough (about 30 × real time). */
export function powerSpectrum(size: number): (frame: Float64Array) => Float64Array {
  const window = Float64Array.from({ length: size }, (_, k) => 0.5 - 0.5 * Math.cos((2 * Math.PI * k) / size));
  const cosines = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size }, (_, k) => Math.sin((2 * Math.PI * k) / size));
  const places = Math.floor(size / 2) + 1;
  const windowed = new Float64Array(size);
  return (frame) => {
    for (let k = 0; k < size; k++) windowed[k] = (frame[k] ?? 0) * (window[k] ?? 0);
    const power = new Float64Array(places);
    for (let p = 0; p < places; p++) {
      let [real, imaginary, turn] = [0, 0, 0];
      for (let k = 0; k < size; k++) {
        const x = windowed[k] ?? 0;
        real += x * (cosines[turn] ?? 0);
        imaginary -= x * (sines[turn] ?? 0);
        turn += p;
        if (turn >= size) turn -= size;
      }
      power[p] = real * real + imaginary * imaginary;
    }
    return power;
  };
}

interface MelFilter {
  first: number;
  weights: Float64Array;
}
function melFilters({ sampleRate, frame, bands }: MelSettings): MelFilter[] {
  const places = Math.floor(frame / 2) + 1;
  const top = toMel(sampleRate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => fromMel((top * i) / (bands + 1)));
  return Array.from({ length: bands }, (_, b) => {
    const [left = 0, middle = 0, right = 0] = edges.slice(b, b + 3);
    const all = Float64Array.from({ length: places }, (_unused, p) => {
      const hertz = (p * sampleRate) / frame;
      const rise = (hertz - left) / (middle - left);
      const fall = (right - hertz) / (right - middle);
      return (Math.max(0, Math.min(rise, fall)) * 2) / (right - left);
    });
    const first = Math.max(
      0,
      all.findIndex((w) => w > 0),
    );
    const last = all.findLastIndex((w) => w > 0);
    return { first, weights: all.subarray(first, last + 1) };
  });
}

/** Slaney's scale: even up to 1 kHz, then by a factor of 6.4 in 27 steps. */
const linearStep = 200 / 3;
const logStart = 1000;
const logStep = Math.log(6.4) / 27;
const toMel = (hertz: number): number =>
  hertz < logStart ? hertz / linearStep : logStart / linearStep + Math.log(hertz / logStart) / logStep;
const fromMel = (mel: number): number =>
  mel < logStart / linearStep ? mel * linearStep : logStart * Math.exp(logStep * (mel - logStart / linearStep));
