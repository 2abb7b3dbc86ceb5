import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutRun, type CutNode } from './cut-run.ts';

const bytesMoved = (nodes: readonly CutNode[], there: ReadonlySet<string>): number =>
  nodes.reduce((sum, node) => {
    const readers = nodes.filter((n) => n.inputs.includes(node.id));
    return readers.some((r) => there.has(r.id) !== there.has(node.id)) ? sum + node.bytes : sum;
  }, 0);

const graph = fc
  .array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 50 }),
      at: fc.option(fc.constantFrom('here' as const, 'there' as const), { nil: undefined, freq: 2 }),
      from: fc.array(fc.nat(7), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ bytes, at, from }, i): CutNode => ({
      id: `n${i}`,
      bytes,
      ...(at === undefined ? {} : { at }),
      inputs: i === 0 ? [] : [...new Set(from.map((n) => `n${n % i}`))],
    })),
  );

describe('the cut of a run', () => {
  it('moves no more bytes than any other', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const { there, moves } = cutRun(nodes);
        for (const node of nodes) if (node.at !== undefined) expect(there.has(node.id)).toBe(node.at === 'there');
        const moved = moves.reduce((sum, move) => sum + move.bytes, 0);
        expect(moved).toBe(bytesMoved(nodes, there));
        const free = nodes.filter((node) => node.at === undefined);
        for (let choice = 0; choice < 2 ** free.length; choice++) {
          const other = new Set([
            ...nodes.filter((node) => node.at === 'there').map((node) => node.id),
            ...free.filter((_, i) => (choice >> i) % 2 === 1).map((node) => node.id),
          ]);
          expect(moved).toBeLessThanOrEqual(bytesMoved(nodes, other));
        }
      }),
      { numRuns: 300 },
    );
  });
  it('a large file that shrinks here is cut behind where it shrank; one that is there already, nowhere', () => {
    const nodes = (fileAt: 'here' | 'there'): CutNode[] => [
      { id: 'file', bytes: 1e8, at: fileAt, inputs: [] },
      { id: 'read', bytes: 5e7, inputs: ['file'] },
      { id: 'sums', bytes: 1e4, inputs: ['read'] },
      { id: 'train', bytes: 1e6, at: 'there', inputs: ['sums'] },
    ];
    expect(cutRun(nodes('here'))).toEqual({
      there: new Set(['train']),
      moves: [{ from: 'sums', to: 'there', bytes: 1e4 }],
    });
    expect(cutRun(nodes('there'))).toEqual({ there: new Set(['file', 'read', 'sums', 'train']), moves: [] });
  });
  it('what costs the same is computed there', () => {
    const { there } = cutRun([
      { id: 'read', bytes: 10, inputs: [], at: 'here' },
      { id: 'sort', bytes: 10, inputs: ['read'] },
      { id: 'train', bytes: 1, at: 'there', inputs: ['sort'] },
    ]);
    expect(there).toEqual(new Set(['sort', 'train']));
  });
});
