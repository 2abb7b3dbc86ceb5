import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeBudget, type Share, type Wish } from './budget.ts';

const total = { memoryBytes: 100, threads: 8 };

/** A budget, and who was served in which order. */
function open(): {
  ask: (name: string, wish: Wish) => string | undefined;
  served: string[];
  shares: Map<string, Share>;
  leave: (name: string) => void;
} {
  const budget = makeBudget(total);
  const served: string[] = [];
  const shares = new Map<string, Share>();
  const withdraws = new Map<string, () => void>();
  return {
    served,
    shares,
    ask: (name, wish) => {
      const { reason, withdraw } = budget.ask(wish, (share) => {
        served.push(name);
        shares.set(name, share);
      });
      withdraws.set(name, withdraw);
      return reason;
    },
    leave: (name) => withdraws.get(name)?.(),
  };
}

it('serves what fits, and lets the third wait with a reason until one gives back', () => {
  const { ask, served, shares } = open();
  expect(ask('a', { memoryBytes: 50 })).toBeUndefined();
  expect(ask('b', { memoryBytes: 50 })).toBeUndefined();
  expect(ask('c', { memoryBytes: 50 })).toBe('Waits for memory: 2 other runs are under way.');
  expect(served).toEqual(['a', 'b']);
  expect([...shares.values()].map((s) => s.threads)).toEqual([8, 4]);
  shares.get('a')?.release();
  shares.get('a')?.release();
  expect(served).toEqual(['a', 'b', 'c']);
});

it('gives the heavy engine to one at a time; light work beside it goes on', () => {
  const { ask, served, shares } = open();
  ask('training', { memoryBytes: 10, heavy: true });
  expect(ask('table', { memoryBytes: 10 })).toBeUndefined();
  expect(ask('network', { memoryBytes: 10, heavy: true })).toMatch(/heavy engine/);
  expect(ask('later', { memoryBytes: 10 })).toBe('Waits behind another run.');
  shares.get('training')?.release();
  expect(served).toEqual(['training', 'table', 'network', 'later']);
});

it('gives the heavy engine all threads, whatever else runs: the digits of a network follow from their number', () => {
  const { ask, shares } = open();
  ask('table', { memoryBytes: 10 });
  ask('other', { memoryBytes: 10 });
  ask('training', { memoryBytes: 10, heavy: true });
  ask('told', { memoryBytes: 10, threads: 2 });
  expect([...shares].map(([name, { threads }]) => [name, threads])).toEqual([
    ['table', 8],
    ['other', 4],
    ['training', 8],
    ['told', 2],
  ]);
});

it('whoever leaves the queue lets those behind pass', () => {
  const { ask, served, leave } = open();
  ask('a', { memoryBytes: 60 });
  ask('large', { memoryBytes: 60 });
  ask('small', { memoryBytes: 10 });
  expect(served).toEqual(['a']);
  leave('large');
  expect(served).toEqual(['a', 'small']);
});

it('never deals out more than there is, and serves everybody in order once all is given back', () => {
  const wish = fc.record({ memoryBytes: fc.integer({ min: 1, max: 150 }), heavy: fc.boolean() });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (wishes, picks) => {
      const budget = makeBudget(total);
      const held: { share: Share; heavy: boolean }[] = [];
      const served: number[] = [];
      wishes.forEach((w, i) =>
        budget.ask(w, (share) => {
          served.push(i);
          held.push({ share, heavy: w.heavy });
          expect(held.reduce((sum, h) => sum + h.share.memoryBytes, 0)).toBeLessThanOrEqual(total.memoryBytes);
          expect(held.filter((h) => h.heavy).length).toBeLessThanOrEqual(1);
        }),
      );
      while (held.length > 0) {
        const [gone] = held.splice(Number(picks.next().value) % held.length, 1);
        gone?.share.release();
      }
      expect(served).toEqual(wishes.map((_, i) => i));
    }),
  );
});
