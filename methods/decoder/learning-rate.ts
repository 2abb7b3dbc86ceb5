import type { RateSchedule } from '../../shared/decoder.ts';

/** The learning rate of a step, counted from 0, of `steps` (Loshchilov and Hutter, "SGDR", 2017, for the cosine). */
export function learningRate(step: number, steps: number, { peak, shape, warmUp, final }: RateSchedule): number {
  if (step < warmUp) return (peak * (step + 1)) / warmUp;
  const share = (step - warmUp) / Math.max(1, steps - warmUp);
  switch (shape) {
    case 'constant':
      return peak;
    case 'linear':
      return peak * (1 - (1 - final) * share);
    case 'cosine':
      return peak * (final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * share)));
  }
}
