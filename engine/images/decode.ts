/**
 * Files to pixels. Sharp (libvips) decodes in threads of its own, so nobody's event loop waits; it is loaded when the first image is asked for. Only the loaders of
 * the formats below may run: what is fed to them comes from anywhere.
 */
import type { SharpConstructor } from 'sharp';
import { decodeBmp, isBmp } from '../../methods/images/decode-bmp.ts';
import type { ImageShape } from '../../shared/media/image.ts';
import type { ImageFault } from '../../shared/media/image-service.ts';
import { decodeSmallPng } from './small-png.ts';

export interface DecodedImage extends ImageShape {
  format: string;
  /** Shape [height, width, channels]; 8 bits each. */
  bytes: Uint8Array;
}

/** What no picture of a data set has; a bomb of pixels in a small file is refused before it is unpacked. */
const mostPixels = 100_000_000;

let loading: Promise<SharpConstructor> | undefined;

export function loadSharp(): Promise<SharpConstructor> {
  loading ??= import('sharp').then(({ default: sharp }): SharpConstructor => {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: [
        'VipsForeignLoadJpeg',
        'VipsForeignLoadPng',
        'VipsForeignLoadWebp',
        'VipsForeignLoadNsgif',
        'VipsForeignLoadTiff',
      ],
    });
    // Images side by side, each on one thread; and the same arithmetic on every processor.
    sharp.concurrency(1);
    sharp.simd(false);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}

export const isFault = <T extends object>(found: T | { fault: ImageFault }): found is { fault: ImageFault } =>
  'fault' in found;

/** The whole first picture, upright, as grey or red, green and blue, each with or without transparency. */
export async function decodeImage(file: Uint8Array): Promise<DecodedImage | { fault: ImageFault }> {
  if (isBmp(file)) return decodeBitmap(file);
  const format = formatOf(file);
  if (format === undefined) return { fault: { kind: 'no-image', says: sayWhatItIs(file) } };
  const small = format === 'png' ? decodeSmallPng(file) : undefined;
  if (small !== undefined) return small;
  const sharp = await loadSharp();
  try {
    const image = sharp(file, { failOn: 'truncated', limitInputPixels: mostPixels, pages: 1, sequentialRead: true });
    const { space, channels, depth, width, height } = await image.metadata();
    if (width * height > mostPixels) return tooLarge(width, height);
    const strange = sayStrange(depth, channels, space);
    if (strange !== undefined) return { fault: { kind: 'no-image', says: strange } };
    const isGrey = (space === 'b-w' || space === 'grey16') && channels !== undefined && channels <= 2;
    const { data, info } = await image
      .autoOrient()
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { format, width: info.width, height: info.height, channels: info.channels, bytes: data };
  } catch (thrown) {
    return { fault: faultOf(thrown, file, format) };
  }
}

/**
 * Measured data in an image's clothes: floating-point and signed numbers have no scale that the file tells (0 to 1? 0 to 255?) and would come out black or
 * cut off without a word, and more than four channels are no picture.
 */
function sayStrange(depth = 'uchar', channels = 3, space = ''): string | undefined {
  if (channels > 4 && space !== 'cmyk')
    return `has ${channels} channels; grey and colour are read, each with or without transparency`;
  if (depth === 'uchar' || depth === 'ushort' || space.startsWith('lab')) return undefined;
  const kind =
    { float: 'floating-point', double: 'floating-point', short: 'signed', char: 'signed' }[depth] ?? '32-bit';
  return `holds ${kind} numbers, of which no file says what is black and what is white; save it with 8 or 16 bits a channel`;
}

function decodeBitmap(file: Uint8Array): DecodedImage | { fault: ImageFault } {
  try {
    return { format: 'bmp', ...decodeBmp(file, mostPixels) };
  } catch (thrown) {
    return { fault: { kind: 'damaged', says: thrown instanceof Error ? thrown.message : String(thrown) } };
  }
}

function tooLarge(width: number, height: number): { fault: ImageFault } {
  return { fault: { kind: 'too-large', says: `has ${width} × ${height} pixels, more than 100 million` } };
}

function faultOf(thrown: unknown, file: Uint8Array, format: string): ImageFault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/pixel limit/i.test(message)) return { kind: 'too-large', says: 'has more than 100 million pixels' };
  if (isCutOff(file, format)) return { kind: 'damaged', says: 'is cut off: its end is missing' };
  const first = message.split('\n')[0]?.trim() ?? '';
  return { kind: 'damaged', says: first === '' || first === 'Unknown error' ? 'is damaged' : `is damaged (${first})` };
}

/** By the mark that each format ends with, or the length that it begins with. */
function isCutOff(file: Uint8Array, format: string): boolean {
  const tail = Buffer.from(file.subarray(-64)).toString('hex');
  switch (format) {
    case 'jpeg':
      return !tail.includes('ffd9');
    case 'png':
      return !tail.includes('49454e44');
    case 'gif':
      return !tail.endsWith('3b');
    case 'webp':
      return Buffer.from(file.subarray(4, 8)).readUInt32LE(0) + 8 > file.length;
    default:
      return false;
  }
}

const signatures: readonly (readonly [format: string, at: number, bytes: string])[] = [
  ['jpeg', 0, 'ffd8ff'],
  ['png', 0, '89504e470d0a1a0a'],
  ['gif', 0, '474946383761'],
  ['gif', 0, '474946383961'],
  ['webp', 8, '57454250'],
  ['tiff', 0, '49492a00'],
  ['tiff', 0, '4d4d002a'],
];

function formatOf(file: Uint8Array): string | undefined {
  const head = Buffer.from(file.subarray(0, 16)).toString('hex');
  return signatures.find(([, at, bytes]) => head.slice(at * 2).startsWith(bytes))?.[0];
}

/** A file that has an image's name and is none: what it most likely is. */
function sayWhatItIs(file: Uint8Array): string {
  if (file.length === 0) return 'is empty';
  const text = Buffer.from(file.subarray(0, 256)).toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'is a web page, not an image';
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg')))
    return 'is a drawing (SVG), which has no pixels';
  if (text.startsWith('%pdf')) return 'is a PDF, not an image';
  if (text.slice(4, 8) === 'ftyp') return 'is a HEIF, AVIF or video file, which is not read';
  return 'is no image';
}
