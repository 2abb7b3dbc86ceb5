import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { Recorder } from './recorder.ts';

it('a warning is told once at its node, by the check or by the node itself; other folds and nodes have their own', () => {
  const events: RunEvent[] = [];
  const recorder = new Recorder(
    'r',
    (event) => events.push(event),
    () => 0,
  );
  const warn = (node: string, message: string, variant?: { fold: number }): void =>
    recorder.record({
      type: 'node-warning',
      node,
      ...(variant === undefined ? {} : { variant }),
      problem: { code: 'x.y', severity: 'warning', message },
    });
  warn('a', 'one');
  warn('a', 'one');
  warn('a', 'one', { fold: 1 });
  warn('a', 'two', { fold: 1 });
  warn('a', 'two', { fold: 1 });
  warn('a', 'two', { fold: 2 });
  warn('b', 'one');
  const reported = events.flatMap((e) =>
    e.type === 'node-warning' ? [[e.node, e.problem.message, e.variant?.['fold']]] : [],
  );
  expect(reported).toEqual([
    ['a', 'one', undefined],
    ['a', 'two', 1],
    ['a', 'two', 2],
    ['b', 'one', undefined],
  ]);
  expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
});
