import { expect, it } from 'vitest';
import type { RunFact } from '../../shared/run/run-events.ts';
import { TrialTurns } from './trial-turns.ts';

const made = (node: string, wire: 'model' | 'report' = 'model'): RunFact => ({
  type: 'node-finished',
  node,
  ms: 1,
  outputs: [{ port: 'out', wire, key: `${node}/out` }],
});

it('models of later trials wait for the trials before them; nothing else waits', () => {
  const turns = new TrialTurns(['a', 'b', 'c']);
  expect(turns.holds(made('train a'), 'a')).toBe(false);
  expect(turns.holds(made('judge c', 'report'), 'c')).toBe(false);
  expect(turns.holds(made('shared'), undefined)).toBe(false);
  expect(turns.holds(made('train c'), 'c')).toBe(true);
  expect(turns.end('c')).toEqual([]);
  expect(turns.holds(made('train b'), 'b')).toBe(true);
  expect(turns.end('a')).toEqual([made('train b')]);
  expect(turns.end('b')).toEqual([made('train c')]);
});
