/** What a node kind may ask about images. The engine decodes; nodes and methods see numbers. */
import type { ImageShape, ImageValue } from './image.ts';
import type { SourceFolderFile } from '../source/source-folder.ts';

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
/** A frozen network from pixels to numbers, read from an ONNX file. */
export interface ImageEncoder {
  /** What it takes; null where it takes any. */
  takes: { channels: number | null; height: number | null; width: number | null };
  outputs: readonly string[];
  /** The file itself, to be kept in a model. */
  bytes: () => Promise<Uint8Array>;
  /** Numbers of each image, [count, size]: places and tokens of the output (all between the first axis and the features) are averaged, or the first is taken. */
  encode: (
    batch: ImageBatch,
    options: { output: string; pool: 'mean' | 'first' },
  ) => Promise<{ size: number; rank: 2 | 3 | 4; values: Float32Array }>;
  close: () => Promise<void>;
}
/** A piece of text in an image; its place in pixels of the image after its steps. */
export interface TextLine {
  text: string;
  /** Mean probability of its signs, 0 to 1. */
  confidence: number;
  /** Which line of the page it stands in, from 1 at the top: pieces side by side share one. */
  line: number;
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface TextReader {
  /** In reading order. The networks are part of the program: a kind that uses them raises `computes` when they change. */
  read: (image: ImageValue, signal: AbortSignal) => Promise<TextLine[]>;
  close: () => Promise<void>;
}
/** A picture of a video, kept as an image. */
export interface KeptFrame extends ImageShape {
  sha256: string;
  /** From the beginning of the video. */
  seconds: number;
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
  /**
   * Pictures of a video file at even times, kept as images. What is wrong comes as the end of a sentence that begins with the file's name; fails with
   * `video.no-ffmpeg` where this machine has no ffmpeg.
   */
  keepFrames: (
    file: SourceFolderFile,
    settings: { everySeconds: number; most: number },
    signal: AbortSignal,
  ) => Promise<KeptFrame[] | { says: string }>;
  /** Two networks that come with the program: one finds text (printed or written, in Latin and Chinese letters), one reads it. */
  openTextReader: (threads: number) => Promise<TextReader>;
  /** Fails with `encoder.unfit` in words when the file is no ONNX file, or takes no batch of images. */
  openEncoder: (path: string, threads: number) => Promise<ImageEncoder>;
}
