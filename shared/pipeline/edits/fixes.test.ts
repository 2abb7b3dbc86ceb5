import { expect, it } from 'vitest';
import { validate } from '../parse.ts';
import { applyFix } from './fixes.ts';
import { smallSpecs } from '../../../test/support/small-specs.ts';

const chain = () =>
  validate({
    flowyard: 1,
    nodes: { read: { kind: 'read.csv' }, boost: { kind: 'train.boosting' } },
    wires: ['read.rows -> boost.rows'],
    layout: { read: [0, 0], boost: [220, 0] },
  });

it.each([
  { side: 'after' as const, node: 'read' },
  { side: 'before' as const, node: 'boost' },
])('a node put $side another stands in the row, and what follows steps aside', ({ side, node }) => {
  const file = chain();
  const fix = { do: 'insert' as const, title: 'Keep rows', kind: 'clean.filter', params: {}, node, side, port: 'rows' };
  applyFix(file, fix, smallSpecs);
  const made = Object.keys(file.nodes).find((id) => id !== 'read' && id !== 'boost') ?? '';
  expect(file.wires).toEqual([`read.rows -> ${made}.rows`, `${made}.rows -> boost.rows`]);
  expect([file.layout['read'], file.layout[made], file.layout['boost']]).toEqual([
    [0, 0],
    [220, 0],
    [440, 0],
  ]);
});

it('a wire that is offered is drawn', () => {
  const file = chain();
  file.wires = [];
  applyFix(file, { do: 'wire', title: 'Wire it', wire: 'read.rows -> boost.rows' }, smallSpecs);
  expect(file.wires).toEqual(['read.rows -> boost.rows']);
});

it('a wire that is offered never runs backwards: what it ends in steps to the right', () => {
  const file = chain();
  file.wires = [];
  file.layout = { read: [280, 0], boost: [280, 120] };
  applyFix(file, { do: 'wire', title: 'Wire it', wire: 'read.rows -> boost.rows' }, smallSpecs);
  expect(file.layout).toEqual({ read: [280, 0], boost: [500, 120] });
});
