import { expect, test } from 'vitest';
import { emptyNodeRun, type NodeRunState } from '../../../shared/run/run-state.ts';
import { timesOf, trainingFacts } from './training-facts.ts';

const point = (name: string, step: number, value: number | null) => ({ name, step, value, timeMs: step });
const running = (more: Partial<NodeRunState>): NodeRunState => ({
  ...emptyNodeRun,
  state: 'running',
  startedMs: 1000,
  ...more,
});

test('figures are put in order: training and validation of one measure together, the loss first, the machine apart', () => {
  const facts = trainingFacts(
    running({
      progressText: 'epoch 2 of 1,000',
      curve: [
        point('learning_rate', 1, 0.1),
        point('validation_accuracy', 1, 0.5),
        point('training_loss', 1, 2),
        point('validation_loss', 1, 2.5),
        point('steps_per_second', 1, 30),
        point('training_loss', 2, 1),
        point('validation_loss', 2, 2.25),
        point('steps_per_second', 2, 40),
        point('validation_loss', 3, null),
      ],
    }),
    5000,
  );
  expect(facts).toMatchObject({
    machine: { steps_per_second: 40 },
    best: { step: 2, value: 2.25, measure: 'loss' },
    step: 3,
    unit: 'epoch',
    steps: 1000,
  });
  expect(facts.curves.map(({ measure, series }) => [measure, series.map((s) => s.part)])).toEqual([
    ['loss', ['validation', 'training']],
    ['accuracy', ['validation']],
    ['learning_rate', ['other']],
  ]);
});

test('the time that is left leaves out what was spent in pauses', () => {
  expect(timesOf(running({ progress: 0.5 }), 11_000)).toEqual({ elapsedMs: 10_000, leftMs: 10_000 });
  expect(timesOf(running({ progress: 0.5, stoodMs: 4000 }), 11_000)).toEqual({ elapsedMs: 6000, leftMs: 6000 });
  const paused = running({ progress: 0.5, stoodMs: 4000, pausedMs: 9000 });
  expect([timesOf(paused, 11_000), timesOf(paused, 99_000)]).toEqual([
    { elapsedMs: 4000, leftMs: 4000 },
    { elapsedMs: 4000, leftMs: 4000 },
  ]);
  expect(timesOf({ ...emptyNodeRun, state: 'done', startedMs: 1, ms: 70 }, 99_000)).toEqual({ elapsedMs: 70 });
});
