/** The pixels of an image. */
import type { ImageShape } from '../../shared/media/image.ts';

export interface DecodedImage extends ImageShape {
  format: string;
  /** Shape [height, width, channels]; 8 bits each. */
  bytes: Uint8Array;
}
