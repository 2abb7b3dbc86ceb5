/** Settings of kinds that train language models, declared alike. */
import { field } from './fields.ts';

export const decoderTrainingFields = (defaults: { learningRate: number; rowsPerStep: number }) => ({
  learningRate: field.number({
    title: 'Learning rate',
    help: 'How far each step goes at most. Too high and the loss jumps or rises; too low and little is learnt.',
    default: defaults.learningRate,
    min: 0.0000001,
    max: 1,
    step: 0.0001,
    section: 'Steps',
  }),
  schedule: field.choice({
    title: 'Schedule',
    help: 'How the rate falls over the training, to a tenth at the end, after it has climbed to its peak.',
    choices: { cosine: 'cosine', linear: 'straight', constant: 'stays' },
    default: 'cosine',
    section: 'Steps',
  }),
  warmUp: field.integer({
    title: 'Warm-up',
    help: 'Over so many steps the rate climbs from nothing to its peak; a tenth of the steps at most.',
    default: 8,
    min: 0,
    max: 100_000,
    unit: 'steps',
    section: 'Steps',
  }),
  rowsPerStep: field.integer({
    title: 'Batch size',
    help: 'Each change of the weights is computed from so many rows, in several passes where they do not fit together.',
    default: defaults.rowsPerStep,
    min: 1,
    max: 4096,
    unit: 'rows',
    section: 'Steps',
  }),
  tokensAtOnce: field.integer({
    title: 'Tokens at once',
    help: 'So many tokens at most go through the model in one pass. Fewer need less memory, and change nothing in what is learnt.',
    default: 512,
    min: 16,
    max: 65_536,
    unit: 'tokens',
    section: 'Steps',
  }),
  weightDecay: field.number({
    title: 'Weight decay',
    help: 'Draws what is learnt towards zero, as AdamW does.',
    default: 0.01,
    min: 0,
    max: 1,
    step: 0.01,
    section: 'Steps',
  }),
  clipNorm: field.optionalNumber({
    title: 'Gradient clipping',
    help: 'Gradients together are made no longer than this. Empty: never.',
    min: 0.000001,
    section: 'Steps',
  }),
  pack: field.switch({
    title: 'Packing',
    help: 'Several rows share a line and do not see each other: faster where rows are much shorter than the tokens at once.',
    default: false,
    section: 'Steps',
  }),
  seed: field.integer({
    title: 'Seed',
    help: 'Another number begins elsewhere and takes the rows in another order.',
    default: 1,
    min: 0,
    section: 'Steps',
  }),
});
export const deviceField = field.choice({
  title: 'Device',
  help: 'Automatic takes the graphics processor where one works, else the processor.',
  choices: { auto: 'automatic', cpu: 'the processor', gpu: 'the graphics processor' },
  default: 'auto',
  section: 'Machine',
});

interface TrainingParams {
  epochs: number;
  learningRate: number;
  schedule: 'cosine' | 'linear' | 'constant';
  warmUp: number;
  rowsPerStep: number;
  tokensAtOnce: number;
  weightDecay: number;
  clipNorm: number | null;
  pack: boolean;
  seed: number;
}

/** The same as the engine wants it. @param rows that are trained on */
export function decoderSettings(p: TrainingParams, rows: number) {
  const steps = p.epochs * Math.ceil(rows / p.rowsPerStep);
  return {
    epochs: p.epochs,
    rowsPerStep: p.rowsPerStep,
    tokensAtOnce: p.tokensAtOnce,
    pack: p.pack,
    rate: { peak: p.learningRate, shape: p.schedule, warmUp: Math.min(p.warmUp, Math.ceil(steps / 10)), final: 0.1 },
    weightDecay: p.weightDecay,
    clipNorm: p.clipNorm,
    seed: p.seed,
  };
}
