/**
 * Decoders (the language models of the Llama kind) that are trained here: their shape, what is learnt of them, and the engine as a task sees it
 * (`context.decoders`). Training runs in a thread of its own.
 */
import * as z from 'zod';
import type { UsedDevice } from './neural/devices.ts';
import type { DeviceChoice } from './neural/training-settings.ts';

/** Families of decoders whose graphs are known, by `general.architecture` of a GGUF file. */
export const decoderFamilies = ['gemma3', 'llama', 'qwen2', 'qwen3'] as const;
export type DecoderFamily = (typeof decoderFamilies)[number];

/**
 * The shape of a decoder-only transformer (Vaswani et al. 2017; Llama: Touvron et al. 2023; Qwen 2 and 3: Yang et al. 2024 and 2025; Gemma 3: Gemma Team
 * 2025): RMS norm before each half, grouped-query attention with rotary positions, a gated feed-forward half.
 */
export interface DecoderConfig {
  readonly family: DecoderFamily;
  readonly layers: number;
  /** Length of a token's vector. */
  readonly width: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / keyHeads` heads of queries. */
  readonly keyHeads: number;
  readonly headWidth: number;
  /** Width inside the feed-forward half. */
  readonly hidden: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly epsilon: number;
  /** Base of the rotary positions' wavelengths. */
  readonly theta: number;
  /** Positions are multiplied by it (linear scaling of long contexts). */
  readonly positionScale: number;
  /** Divisors of each wavelength's frequency (Llama 3.1 and later), `headWidth / 2` of them. */
  readonly frequencyDivisors: readonly number[] | null;
  /** Layers that see a window of the last tokens alone, and their own base of positions. Every `every`th layer sees all. */
  readonly window: { readonly tokens: number; readonly theta: number; readonly every: number } | null;
  readonly activation: 'silu' | 'gelu-tanh';
  /** What embeddings are multiplied by. */
  readonly embeddingScale: number;
  /** Queries and keys are normalised head by head. */
  readonly headNorm: boolean;
  /** A norm behind each half too. */
  readonly postNorm: boolean;
  /** Queries, keys and values have a bias. */
  readonly bias: boolean;
  /** The output layer is the embedding table. */
  readonly tied: boolean;
  /** Rotary positions turn neighbouring numbers of a head, not its two halves: so llama.cpp stores Llama's queries and keys. */
  readonly interleaved: boolean;
}

/** The weight matrices of a layer, by llama.cpp's names. LoRA may stand beside any of them. */
export const decoderModules = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'] as const;
export const decoderModule = z.enum(decoderModules);
export type DecoderModule = z.output<typeof decoderModule>;

/** What a training changes: small matrices beside some modules (LoRA), or every weight. */
export type Learns =
  | {
      readonly what: 'adapter';
      readonly rank: number;
      readonly alpha: number;
      readonly modules: readonly DecoderModule[];
    }
  | { readonly what: 'all' };

export interface TokenRow {
  readonly ids: readonly number[];
  /** Which tokens the model should learn to say. The first token is never one: nothing predicts it. */
  readonly trained: readonly boolean[];
}

export interface RateSchedule {
  readonly peak: number;
  readonly shape: 'constant' | 'linear' | 'cosine';
  /** Steps over which the rate climbs to its peak. */
  readonly warmUp: number;
  /** Where linear and cosine end, as a part of the peak. */
  readonly final: number;
}

export interface DecoderSettings {
  readonly epochs: number;
  /** Rows that one change of the weights is computed from. */
  readonly rowsPerStep: number;
  /** Tokens (filling too) that one forward and backward pass may take; a longer row takes a pass for itself. */
  readonly tokensAtOnce: number;
  /** Rows share a line, where they fit together. */
  readonly pack: boolean;
  readonly rate: RateSchedule;
  readonly weightDecay: number;
  /** Gradients together are made no longer than this; `null`: never. */
  readonly clipNorm: number | null;
  readonly seed: number;
}

/** `full`: weights as float32. `small`: in blocks of eight bits, layers computed again on the way back. `auto`: what fits. */
export type DecoderMemory = 'auto' | 'full' | 'small';

export interface DecoderStep {
  /** From 1. */
  readonly step: number;
  readonly epoch: number;
  /** Mean over the step's targets, before the change. */
  readonly loss: number;
  readonly rate: number;
  /** Euclidean length of all gradients together, before clipping. */
  readonly norm: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
}
/** What a training will take: told after its first steps. */
export interface DecoderQuote {
  readonly steps: number;
  readonly secondsPerStep: number;
  readonly secondsInAll: number;
  /** Of the process, now. */
  readonly memoryBytes: number;
  readonly precision: 'full' | 'eight-bit';
  readonly recompute: boolean;
  readonly learntParameters: number;
}
/** The mean loss of the targets of some rows. */
export interface DecoderMeasure {
  readonly name: string;
  readonly step: number;
  readonly loss: number;
  readonly targets: number;
}
export interface DecoderSample {
  readonly name: string;
  readonly step: number;
  readonly ids: readonly number[];
}
/** Whether the engine can learn a few rows by heart: if not, something is wrong with rows, mask or rate. */
export interface OneBatchCheck {
  readonly before: number;
  readonly after: number;
  readonly steps: number;
}

export interface DecoderJob {
  readonly model:
    | { readonly from: 'files'; readonly files: readonly string[] }
    | { readonly from: 'scratch'; readonly config: DecoderConfig };
  readonly learns: Learns;
  readonly rows: readonly TokenRow[];
  readonly settings: DecoderSettings;
  /** Measured before the first step, after the last, and the first of them after each epoch. */
  readonly measured: readonly { readonly name: string; readonly rows: readonly TokenRow[] }[];
  /** Gone on from before the first step, now and then, and after the last, to be read. */
  readonly prompts: readonly { readonly name: string; readonly ids: readonly number[] }[];
  readonly sampleTokens: number;
  readonly stopTokens: readonly number[];
  readonly memory: DecoderMemory;
  readonly device: DeviceChoice;
  readonly tryOneBatch: boolean;
  readonly onPhase?: (text: string, fraction: number | null) => void;
  /** It goes on from a checkpoint, after this step. */
  readonly onResume?: (step: number, steps: number) => void;
  readonly onDevice?: (device: UsedDevice) => void;
  readonly onCheck?: (check: OneBatchCheck) => void;
  readonly onQuote?: (quote: DecoderQuote) => void;
  readonly onStep?: (step: DecoderStep, steps: number) => void;
  readonly onMeasure?: (measure: DecoderMeasure) => void;
  readonly onSample?: (sample: DecoderSample) => void;
}

export interface TrainedDecoder {
  /** What was learnt, flat, in the order of `learntParameters`. */
  readonly parameters: Float32Array;
  readonly steps: readonly DecoderStep[];
  readonly measures: readonly DecoderMeasure[];
  readonly samples: readonly DecoderSample[];
  readonly check: OneBatchCheck | null;
  readonly quote: DecoderQuote | null;
  /** `diverged`: the loss rose without end, and what is given is how it was before. */
  readonly ended: 'epochs' | 'finished' | 'diverged';
  readonly device: UsedDevice;
  readonly seconds: number;
}

/** Bytes of a file, read in pieces. */
export interface FilePieces {
  readonly name: string;
  readonly size: number;
  read: (at: number, length: number) => Promise<Uint8Array>;
}

export interface DecoderService {
  /** A file's bytes as they are asked for; closed with the task. */
  file: (path: string) => Promise<FilePieces>;
  /**
   * Trains to the end, from the newest checkpoint of the same task where there is one. Heeds the task's signal and its control.
   * @throws `decoder.unknown-family`, `decoder.no-memory`, `decoder.diverged`, `gguf.*`
   */
  train: (job: DecoderJob) => Promise<TrainedDecoder>;
}
