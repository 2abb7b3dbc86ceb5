/**
 * Windows bitmaps without compression: 1, 4 and 8 bits with a palette, 16 (5-5-5), 24 and 32 bits. Microsoft's BITMAPINFOHEADER and its followers; the
 * decoder that reads the other formats has none for this one.
 */
export interface Bitmap {
  width: number;
  height: number;
  channels: 3 | 4;
  /** Shape [height, width, channels]. */
  bytes: Uint8Array;
}

export const isBmp = (file: Uint8Array): boolean => file[0] === 0x42 && file[1] === 0x4d && file.length >= 26;

/** Throws an Error whose message ends a sentence that begins with the file's name. */
export function decodeBmp(file: Uint8Array, mostPixels: number): Bitmap {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const at = (offset: number, read: (offset: number) => number): number =>
    offset + 4 <= file.length ? read(offset) : cutOff();
  const int32 = (offset: number): number => at(offset, (o) => view.getInt32(o, true));
  const start = int32(10) >>> 0;
  const headerBytes = int32(14) >>> 0;
  if (headerBytes < 40) throw new Error('is a bitmap of OS/2, which is not read');
  const [width, signedHeight] = [int32(18), int32(22)];
  const bits = at(26, (o) => view.getUint16(o + 2, true));
  const compression = int32(30);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw new Error('says that it has no pixels');
  if (width * height > mostPixels) throw new Error(`has ${width} × ${height} pixels, which is too many`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`has ${bits} bits a pixel, which no bitmap has`);
  // 3: masks of the usual order, as 32-bit bitmaps of newer programs say it.
  if (compression !== 0 && !(compression === 3 && bits === 32))
    throw new Error('is a compressed bitmap, which is not read');
  const rowBytes = Math.floor((bits * width + 31) / 32) * 4;
  if (start + rowBytes * height > file.length) cutOff();
  const hasAlpha = bits === 32 && headerBytes >= 56 && int32(66) !== 0;
  const channels = hasAlpha ? 4 : 3;
  const palette = 14 + headerBytes;
  const bytes = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = start + (signedHeight > 0 ? height - 1 - y : y) * rowBytes;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      const from = bits <= 8 ? palette + indexAt(file, row, x, bits) * 4 : row + (x * bits) / 8;
      if (bits === 16) {
        const word = view.getUint16(from, true);
        for (let c = 0; c < 3; c++) bytes[to + c] = Math.round((((word >> (10 - 5 * c)) & 31) * 255) / 31);
      } else for (let c = 0; c < 3; c++) bytes[to + c] = file[from + 2 - c] ?? 0;
      if (hasAlpha) bytes[to + 3] = file[from + 3] ?? 255;
    }
  }
  return { width, height, channels, bytes };
}

const indexAt = (file: Uint8Array, row: number, x: number, bits: number): number =>
  ((file[row + ((x * bits) >> 3)] ?? 0) >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);

function cutOff(): never {
  throw new Error('is cut off');
}
