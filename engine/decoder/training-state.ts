/** Where a training stands, as bytes that are kept and read again: the vectors as safetensors, all else as JSON in its metadata. */
import * as z from 'zod';
import { bytesInMemory, gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from '../../methods/gguf/safetensors.ts';
import type { StepperState } from './decoder-stepper.ts';

const step = z.object({
  step: z.int(),
  epoch: z.int(),
  loss: z.number(),
  rate: z.number(),
  norm: z.number(),
  seconds: z.number(),
  tokensPerSecond: z.number(),
});
const progress = z.object({
  /** Changes of the weights that were made. */
  done: z.int(),
  steps: z.array(step),
  measures: z.array(z.object({ name: z.string(), step: z.int(), loss: z.number(), targets: z.int() })),
  samples: z.array(z.object({ name: z.string(), step: z.int(), ids: z.array(z.int()) })),
  check: z.object({ before: z.number(), after: z.number(), steps: z.int() }).nullable(),
  /** Exponentially smoothed loss, and the lowest that it was. */
  smoothed: z.number().nullable(),
  lowest: z.number().nullable(),
  seconds: z.number(),
});
export type TrainingProgress = z.output<typeof progress>;

export const freshProgress = (): TrainingProgress => ({
  done: 0,
  steps: [],
  measures: [],
  samples: [],
  check: null,
  smoothed: null,
  lowest: null,
  seconds: 0,
});

const vectors = ['parameters', 'mean', 'square', 'steps'] as const;

export function writeTraining(state: StepperState, now: TrainingProgress): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = vectors.map((name) => ({ name, shape: [state[name].length], values: state[name] }));
  return gatherPieces(writeSafetensors(tensors, { progress: JSON.stringify(now) }));
}

/** `undefined` where the bytes are of another training: of another size, or of another version of this program. */
export async function readTraining(
  bytes: Uint8Array,
  size: number,
): Promise<{ state: StepperState; progress: TrainingProgress } | undefined> {
  try {
    const source = bytesInMemory(bytes, 'The checkpoint');
    const parsed = progress.safeParse(JSON.parse((await readSafetensorsMetadata(source))['progress'] ?? 'null'));
    const file = await readSafetensors(source);
    const values = async (name: (typeof vectors)[number]): Promise<Float32Array> => (await file.read(name)).values;
    const state = {
      parameters: await values('parameters'),
      mean: await values('mean'),
      square: await values('square'),
      steps: await values('steps'),
    };
    if (!parsed.success || state.parameters.length !== size) return undefined;
    return { state, progress: parsed.data };
  } catch {
    // A checkpoint is a help, not a result: what cannot be read is computed again.
    return undefined;
  }
}
