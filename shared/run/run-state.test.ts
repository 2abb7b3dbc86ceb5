import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reduceRun, reduceRunEvents, startRunState } from './run-state.ts';
import type { RunEvent } from './run-events.ts';

const fact = fc.oneof(
  fc.record({
    type: fc.constant('metric' as const),
    node: fc.constantFrom('trees', 'network'),
    name: fc.constantFrom('loss', 'validation_loss'),
    value: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
    step: fc.option(fc.nat(100), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('node-progress' as const),
    node: fc.constantFrom('trees', 'network'),
    fraction: fc.constantFrom(null, 0.5),
  }),
  fc.record({ type: fc.constant('node-cancelled' as const), node: fc.constantFrom('trees', 'network') }),
);

it('folds many events to what they give one by one, those that were seen already left out', () => {
  fc.assert(
    fc.property(fc.array(fact), fc.nat(5), fc.nat(5), (facts, seen, cut) => {
      const events = facts.map((f, i): RunEvent => ({ ...f, run: 'r', seq: Math.max(0, i - seen), time_ms: i }));
      const begun = startRunState('r');
      const together = reduceRunEvents(reduceRunEvents(begun, events.slice(0, cut)), events.slice(cut));
      expect(together).toEqual(events.reduce(reduceRun, begun));
    }),
  );
});
