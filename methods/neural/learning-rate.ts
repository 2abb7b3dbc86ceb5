import type { TrainingSettings } from '../../shared/neural/training-settings.ts';

export type RateSettings = Pick<
  TrainingSettings,
  'learningRate' | 'schedule' | 'finalRate' | 'stepEpochs' | 'stepFactor' | 'warmUpEpochs' | 'epochs'
>;

/**
 * The learning rate of a step (from 0, over all epochs). It climbs in equal steps to the full rate within the warm-up; then `cosine` and `linear` fall to
 * `finalRate` × the rate at the last step, `step` falls by `stepFactor` every `stepEpochs` epochs after the warm-up.
 */
export function learningRate(settings: RateSettings, step: number, stepsPerEpoch: number): number {
  const { learningRate: full, schedule, finalRate, stepEpochs, stepFactor } = settings;
  const warm = Math.round(settings.warmUpEpochs * stepsPerEpoch);
  if (step < warm) return (full * (step + 1)) / warm;
  const all = settings.epochs * stepsPerEpoch;
  const done = Math.min(1, (step - warm) / Math.max(1, all - 1 - warm));
  switch (schedule) {
    case 'constant':
      return full;
    case 'linear':
      return full * (1 - (1 - finalRate) * done);
    case 'cosine':
      return full * (finalRate + (1 - finalRate) * 0.5 * (1 + Math.cos(Math.PI * done)));
    case 'step':
      return full * stepFactor ** Math.floor((step - warm) / stepsPerEpoch / stepEpochs);
  }
}
