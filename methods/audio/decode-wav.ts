/** WAV files (RIFF): whole numbers of 8 to 32 bits, floats of 32 and 64 bits and what telephones send (G.711: A-law and µ-law), any rate and number of channels; the extensible form too. */
import type { Sound } from './sound.ts';

/** `isOther`: a kind of WAV that another reader may know. */
export type DecodedWav = Sound | { says: string; isOther?: true };

const pcm = 1;
const float = 3;
const aLaw = 6;
const muLaw = 7;
const extensible = 0xfffe;

interface Format {
  code: number;
  channels: number;
  sampleRate: number;
  bits: number;
}

export const isWav = (bytes: Uint8Array): boolean => tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WAVE';

/** @returns the sound, or what is wrong as the end of a sentence that begins with the file's name */
export function decodeWav(bytes: Uint8Array): DecodedWav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = tag(bytes, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name === 'fmt ') {
      if (size < 16 || start + size > bytes.length) return { says: 'is cut off within its head' };
      format = readFormat(view, start, size);
    }
    if (name === 'data') {
      if (format === undefined) return { says: 'is a WAV file without a format' };
      // A writer that was stopped leaves 0 or the largest number as the size: what is there is taken then.
      const isOpen = size === 0 || size === 0xffffffff;
      if (!isOpen && start + size > bytes.length) return { says: 'is cut off' };
      return readSamples(view, start, isOpen ? bytes.length - start : size, format);
    }
    at = start + size + (size % 2);
  }
  return { says: 'holds no sound' };
}

function readFormat(view: DataView, at: number, size: number): Format {
  const code = view.getUint16(at, true);
  return {
    code: code === extensible && size >= 26 ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function readSamples(view: DataView, start: number, size: number, format: Format): DecodedWav {
  const { channels: count, sampleRate, bits } = format;
  const read = reader(format);
  if (read === undefined)
    return { says: `is a WAV file of a kind that is not read (format ${format.code}, ${bits} bits)`, isOther: true };
  if (count === 0 || count > 64 || sampleRate === 0) return { says: 'names no channels or no sample rate' };
  const bytes = bits / 8;
  const samples = Math.floor(size / (bytes * count));
  const channels = Array.from({ length: count }, () => new Float32Array(samples));
  for (let i = 0; i < samples; i++)
    channels.forEach((channel, c) => {
      channel[i] = read(view, start + (i * count + c) * bytes);
    });
  if (format.code === float && channels.some((channel) => !channel.every(Number.isFinite)))
    return { says: 'holds samples that are no numbers (NaN or infinity)' };
  return { sampleRate, channels };
}

function reader({ code, bits }: Format): ((view: DataView, at: number) => number) | undefined {
  if (code === float && bits === 32) return (view, at) => view.getFloat32(at, true);
  if (code === float && bits === 64) return (view, at) => view.getFloat64(at, true);
  if (code === aLaw && bits === 8) return (view, at) => fromALaw(view.getUint8(at)) / 0x8000;
  if (code === muLaw && bits === 8) return (view, at) => fromMuLaw(view.getUint8(at)) / 0x8000;
  if (code !== pcm) return undefined;
  switch (bits) {
    case 8:
      return (view, at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (view, at) => view.getInt16(at, true) / 0x8000;
    case 24:
      return (view, at) => ((view.getUint8(at + 2) << 24) | (view.getUint16(at, true) << 8)) / 0x80000000;
    case 32:
      return (view, at) => view.getInt32(at, true) / 0x80000000;
    default:
      return undefined;
  }
}

/** ITU-T G.711: a sign, three bits of exponent, four of mantissa, with every second bit turned. */
function fromALaw(byte: number): number {
  const code = byte ^ 0x55;
  const [exponent, mantissa] = [(code >> 4) & 7, code & 15];
  const size = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return (code & 0x80) === 0 ? -size : size;
}

/** The same with all bits turned and a bias of 132. */
function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const size = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132;
  return (code & 0x80) === 0 ? size : -size;
}

const tag = (bytes: Uint8Array, at: number): string =>
  Array.from(bytes.subarray(at, at + 4), (byte) => String.fromCharCode(byte)).join('');
