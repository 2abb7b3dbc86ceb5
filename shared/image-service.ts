/** What a node kind may ask about images. The engine decodes; nodes and methods see numbers. */
import type { ImageShape, ImageValue } from './image.ts';
import type { SourceFolderFile } from './source-folder.ts';

/** What is found in an image file. Upright: a photo's orientation mark is heeded. */
export type KeptImage = (ImageShape & { format: string }) | { fault: ImageFault };
export interface ImageFault {
  /** `damaged`: it begins as an image and cannot be read to its end. */
  kind: 'no-image' | 'damaged' | 'too-large' | 'changed';
  /** What is wrong, as the end of a sentence that begins with the file's name: "is cut off". */
  says: string;
}
/** Shape [count, channels, height, width]; shades from 0 to 1 unless a step changed that. */
export interface ImageBatch extends ImageShape {
  count: number;
  values: Float32Array;
}
/** Images by their hash, read and decoded outside of the thread that asks. */
export interface Images {
  /** Decodes each file to its end and takes its bytes into the workspace's kept files, in the order given. Only what is new is read. */
  keep: (
    files: readonly SourceFolderFile[],
    watch: { signal: AbortSignal; progress?: (done: number) => void },
  ) => Promise<KeptImage[]>;
  /**
   * Pixels after each image's steps. All must come out with one shape: the channel count of an image that differs, or its size, is refused with its name
   * (`image.shape`), as is what is damaged (`image.damaged`) or no longer stored (`image.gone`).
   */
  pixels: (images: readonly ImageValue[], signal: AbortSignal) => Promise<ImageBatch>;
}
