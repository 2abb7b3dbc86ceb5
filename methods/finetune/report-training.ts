import type { Watch } from '../../shared/capabilities.ts';
import type { DecoderJob, DecoderSample } from '../../shared/decoder.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { checkBlock, quoteBlock, sampleBlock, sayDuration, type SaidSamples } from './tuning-report.ts';

export interface ReportedTraining extends Pick<Watch, 'progress' | 'log'> {
  metric: (name: string, value: number | null, options?: { step?: number }) => void;
  show: (block: ReportBlock) => void;
}
export interface TrainingLooks extends Omit<SaidSamples, 'samples'> {
  /** The measure that is drawn beside the loss. */
  validation: string | undefined;
}

type Callbacks = Pick<
  DecoderJob,
  'onPhase' | 'onResume' | 'onDevice' | 'onCheck' | 'onQuote' | 'onStep' | 'onMeasure' | 'onSample'
>;

/** What a training tells the run: curves by step, time left, what it computes on, what the model says by now. */
export function reportTraining(
  { progress, log, metric, show }: ReportedTraining,
  { validation, ...said }: TrainingLooks,
): Callbacks {
  const recent: number[] = [];
  const samples: DecoderSample[] = [];
  return {
    onPhase: (text, fraction) => progress(fraction === null ? null : fraction * 0.02, text),
    onResume: (step, steps) => log(`goes on after step ${step} of ${steps}, from where it was stopped`),
    onDevice: ({ name, reason }) => log(`computes on ${name}: ${reason}`),
    onCheck: (check) => {
      const { before, after, steps } = check;
      log(`one batch by heart: loss ${before.toFixed(3)} to ${after.toFixed(3)} in ${steps} steps`);
      checkBlock(check).forEach(show);
    },
    onSample: (sample) => {
      samples.push(sample);
      sampleBlock({ samples, ...said }).forEach(show);
    },
    onQuote: (quote) => {
      const { secondsInAll, secondsPerStep, steps, memoryBytes, precision, recompute } = quote;
      show(quoteBlock(quote));
      log(
        `${steps} steps of about ${secondsPerStep.toFixed(2)} s: about ${sayDuration(secondsInAll)}; ${(memoryBytes / 1e9).toFixed(1)} GB of memory${precision === 'eight-bit' ? ', weights in eight bits' : ''}${recompute ? ', layers computed again' : ''}`,
      );
    },
    onStep: ({ step, loss, rate, tokensPerSecond, seconds }, steps) => {
      metric('training_loss', loss, { step });
      metric('learning_rate', rate, { step });
      metric('tokens_per_second', tokensPerSecond, { step });
      recent.push(seconds);
      if (recent.length > 20) recent.shift();
      const each = recent.reduce((sum, one) => sum + one, 0) / recent.length;
      progress(0.02 + (0.98 * step) / steps, `step ${step} of ${steps}, ${sayDuration(each * (steps - step))} left`);
    },
    onMeasure: ({ name, step, loss }) => {
      metric(name === validation ? 'validation_loss' : `${name.replaceAll(' ', '_')}_loss`, loss, { step });
    },
  };
}
