/**
 * Images that come with a request instead of a data set: their bytes live as long as the request, and the row gets the value that a reader would have given it.
 */
import { fail } from '../../../shared/errors.ts';
import type { Images } from '../../../shared/media/image-service.ts';
import { decodeImage, isFault } from '../../images/decode.ts';
import { pixelReader } from '../../images/open-images.ts';
import { sha256Of } from '../../files/kept-files.ts';

export interface AskedImages extends Pick<Images, 'pixels'> {
  /**
   * The image's value as JSON, for a row.
   * @param where "Row 3: the image in the column "photo"", for the refusal
   */
  take: (bytes: Uint8Array, name: string, where: string) => Promise<string>;
  /** The request is answered. */
  forget: () => void;
}

export function openAskedImages(): AskedImages {
  const files = new Map<string, Uint8Array>();
  return {
    pixels: pixelReader(async (hash) => files.get(hash)),
    take: async (bytes, name, where) => {
      const found = await decodeImage(bytes);
      if (isFault(found))
        throw fail('predict.bad-image', {
          message: `${where} ${found.fault.says}.`,
          mend: 'Send the bytes of a whole PNG, JPEG, WebP, GIF, BMP or TIFF file.',
        });
      const hash = sha256Of(bytes);
      files.set(hash, bytes);
      const { width, height, channels } = found;
      return JSON.stringify({ image: hash, name, width, height, channels, steps: '' });
    },
    forget: () => files.clear(),
  };
}

/** Bytes of an image as JSON carries them: base64, with or without `data:image/png;base64,` before it. */
export function imageBytesOf(text: string): Uint8Array | undefined {
  const plain = text.replace(/^data:[\w.+-]*\/?[\w.+-]*;base64,/, '').replaceAll(/\s+/g, '');
  if (plain === '' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(plain)) return undefined;
  return Buffer.from(plain, 'base64');
}
