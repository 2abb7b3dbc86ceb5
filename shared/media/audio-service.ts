/** What a node kind may ask about sounds. The engine decodes; nodes and methods see numbers. */
import type { AudioValue } from './audio.ts';
import type { SourceFolderFile } from '../source/source-folder.ts';

/** What is found in a sound file, or what is wrong as the end of a sentence that begins with the file's name. */
export type KeptAudio = Omit<AudioValue, 'hash' | 'name'> | { says: string };

/** Speech or not, by Silero's network. */
export interface VoiceDetector {
  /** One probability for each `stepSeconds`. */
  probabilities: (samples: Float32Array, signal: AbortSignal) => Promise<Float32Array>;
  /** Hertz that `probabilities` wants. */
  sampleRate: number;
  stepSeconds: number;
  close: () => Promise<void>;
}

/** Speech to text by a Whisper-like pair of networks. */
export interface Transcriber {
  /** What it hears at once. */
  mostSeconds: number;
  /** Hertz that `transcribe` wants. */
  sampleRate: number;
  /** Codes that `language` may be (`en`, `de`); empty where the model knows one language alone. */
  languages: readonly string[];
  /** @param samples at most `mostSeconds`; @param language empty: as the model hears it */
  transcribe: (
    samples: Float32Array,
    options: { language: string },
    signal: AbortSignal,
  ) => Promise<{ text: string; tokens: readonly number[]; language: string }>;
  close: () => Promise<void>;
}
/** The files of a model folder by their names, absolute. */
export type ModelFolder = ReadonlyMap<string, string>;

export interface Sounds {
  /** Decodes each file to its end and takes its bytes into the workspace's kept files, in the order given. */
  keep: (
    files: readonly SourceFolderFile[],
    watch: { signal: AbortSignal; progress?: (done: number) => void },
  ) => Promise<KeptAudio[]>;
  /** All channels mixed to one, at a rate in hertz; shape [samples]. Fails with `audio.gone` where the file is no longer stored. */
  samples: (audio: AudioValue, sampleRate: number, signal: AbortSignal) => Promise<Float32Array>;
  openVoiceDetector: (threads: number) => Promise<VoiceDetector>;
  /** Fails with `transcriber.unfit` in words that name the file that is missing or does not fit. */
  openTranscriber: (folder: ModelFolder, threads: number) => Promise<Transcriber>;
}
