import { expect, it } from 'vitest';
import { reduceRun, startRunState } from '../../../shared/run/run-state.ts';
import { runCurves } from './run-curves.ts';

const learnt = (run: string, losses: readonly number[]) =>
  losses.reduce(
    (state, value, i) =>
      reduceRun(state, { seq: i, time_ms: i, run, type: 'metric', node: 'boosting', name: 'loss', value, step: i + 1 }),
    startRunState(run),
  );

it('lays the curves of one node and metric over each other, a run without them is left out', () => {
  const [chart, ...more] = runCurves(
    [
      { letter: 'A', state: learnt('a', [0.5, 0.4]) },
      { letter: 'B', state: undefined },
      { letter: 'C', state: learnt('c', [0.6]) },
    ],
    'trees',
  );
  expect(more).toEqual([]);
  expect([chart?.title, chart?.color, chart?.x.title, chart?.data]).toEqual([
    'boosting.loss',
    'run',
    'trees',
    { step: [1, 2, 1], loss: [0.5, 0.4, 0.6], run: ['A', 'A', 'C'] },
  ]);
});
