import type { Watch } from '../../shared/capabilities.ts';
import type { DecoderJob } from '../../shared/decoder.ts';

export interface TrainingTold extends Pick<Watch, 'progress' | 'log'> {
  metric: (name: string, value: number | null, options?: { step?: number }) => void;
}

type Callbacks = Pick<DecoderJob, 'onPhase' | 'onResume' | 'onDevice' | 'onCheck' | 'onQuote' | 'onStep' | 'onMeasure'>;

/** What a training tells the run: curves by step, time left, what it computes on. @param validation the measure that is drawn beside the loss */
export function tellTraining({ progress, log, metric }: TrainingTold, validation: string | undefined): Callbacks {
  const recent: number[] = [];
  return {
    onPhase: (text, fraction) => progress(fraction === null ? null : fraction * 0.02, text),
    onResume: (step, steps) => log(`goes on after step ${step} of ${steps}, from where it was stopped`),
    onDevice: ({ name, reason }) => log(`computes on ${name}: ${reason}`),
    onCheck: ({ before, after, steps }) =>
      log(`one batch by heart: loss ${before.toFixed(3)} to ${after.toFixed(3)} in ${steps} steps`),
    onQuote: ({ secondsInAll, secondsPerStep, steps, memoryBytes, precision, recompute }) =>
      log(
        `${steps} steps of about ${secondsPerStep.toFixed(2)} s: about ${sayDuration(secondsInAll)}; ${(memoryBytes / 1e9).toFixed(1)} GB of memory${precision === 'eight-bit' ? ', weights in eight bits' : ''}${recompute ? ', layers computed again' : ''}`,
      ),
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

export function sayDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
