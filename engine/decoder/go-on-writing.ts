/** Text that a decoder goes on from, token by token, always the likeliest: samples while it learns. */
import { makeBatch, type TokenRow } from '../../methods/decoder/make-batch.ts';
import { roundedLength } from '../../methods/decoder/plan-steps.ts';
import type { DecoderStepper } from './decoder-stepper.ts';

export async function goOnWriting(
  stepper: Pick<DecoderStepper, 'predict'>,
  prompt: readonly number[],
  { most, stop, context }: { most: number; stop: readonly number[]; context: number },
): Promise<number[]> {
  const ids = [...prompt];
  // One length for the whole text: one graph.
  const length = roundedLength(Math.min(context, prompt.length + most));
  const written: number[] = [];
  while (written.length < most && ids.length < length) {
    const row: TokenRow = { ids, trained: [] };
    const batch = makeBatch([[row]], { batch: 1, length, targets: 1 }, 1);
    batch.at[0] = ids.length - 1;
    const next = likeliest(await stepper.predict(batch));
    if (stop.includes(next)) break;
    ids.push(next);
    written.push(next);
  }
  return written;
}

function likeliest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
  return best;
}
