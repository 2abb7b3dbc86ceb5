import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardHeight, cardWidth } from '../arrange.ts';
import { validate } from '../parse.ts';
import { fragmentText, parseFragment, pasteFragment, planPaste, takeFragment } from './clipboard.ts';
import { applyFix } from './fixes.ts';
import { addNode, addWire, freeShift, insertOnWire, isFree, makeRoom, removeNodes, renameNode } from './graph.ts';
import { newNodeId } from './node-id.ts';
import { linksOf } from './ports.ts';
import { smallSpecs } from '../../../test/support/small-specs.ts';
import { possibleEnds, replacedWire, whyNotConnect, wireFault } from './why-not-connect.ts';

const node = (kind: string) => ({ kind });
const chain = () =>
  validate({
    flowyard: 1,
    nodes: {
      read: node('read.csv'),
      keep: node('clean.filter'),
      boost: node('train.boosting'),
      score: node('evaluate.score'),
      all: node('combine.append'),
    },
    wires: [
      'read.rows -> keep.rows',
      'keep.rows -> boost.rows',
      'boost.model -> score.model',
      'keep.rows -> score.rows',
    ],
    layout: { read: [0, 0], keep: [240, 0], boost: [480, 0], score: [720, 0], all: [240, 200] },
    groups: { g: { title: 'G', nodes: ['keep', 'boost'] } },
  });
const end = (text: string) => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' });
const why = (from: string, to: string) => whyNotConnect(chain(), smallSpecs, end(from), end(to));

describe('whether a wire may be drawn', () => {
  it('a table goes to a table, taken or not', () => {
    expect(why('read.rows', 'all.rows')).toBeNull();
    expect(why('read.rows', 'boost.rows')).toBeNull();
    expect(replacedWire(chain(), smallSpecs, end('boost.rows'))).toEqual({
      from: end('keep.rows'),
      to: end('boost.rows'),
    });
    expect(replacedWire(chain(), smallSpecs, end('all.rows'))).toBeUndefined();
  });
  it('other types, loops, the same node, an equal wire and absent ports are refused, each with its reason', () => {
    expect(why('read.rows', 'score.model')).toEqual({ code: 'wire-types', from: 'table', to: 'model' });
    expect(why('all.rows', 'all.rows')).toEqual({ code: 'same-node' });
    expect(why('keep.rows', 'boost.rows')).toEqual({ code: 'exists' });
    expect(why('read.model', 'score.model')).toEqual({ code: 'no-port', node: 'read', port: 'model' });
    const file = chain();
    addWire(file, { from: end('keep.rows'), to: end('all.rows') }, smallSpecs);
    expect(whyNotConnect(file, smallSpecs, end('all.rows'), end('keep.rows'))).toEqual({
      code: 'cycle',
      from: 'all',
      to: 'keep',
    });
  });
  it('a wire whose port is gone has a fault, one at a kind that is not installed has none', () => {
    const file = chain();
    file.nodes['keep'] = { kind: 'train.boosting', version: 1, params: {} };
    expect(wireFault(file, smallSpecs, { from: end('keep.rows'), to: end('score.rows') })).toEqual({
      code: 'no-port',
      node: 'keep',
      port: 'rows',
    });
    file.nodes['keep'] = { kind: 'clean.from-elsewhere', version: 1, params: {} };
    expect(wireFault(file, smallSpecs, { from: end('keep.rows'), to: end('score.rows') })).toBeNull();
  });
  it('the list of possible ends goes from left to right', () => {
    expect(possibleEnds(chain(), smallSpecs, end('read.rows'), 'output').map((e) => `${e.node}.${e.port}`)).toEqual([
      'all.rows',
      'boost.rows',
      'score.rows',
    ]);
    expect(possibleEnds(chain(), smallSpecs, end('score.model'), 'input')).toEqual([]);
  });
});

describe('edits of the graph', () => {
  it('a new wire on a taken input replaces the old one, on an input for many it joins', () => {
    const file = chain();
    addWire(file, { from: end('read.rows'), to: end('boost.rows') }, smallSpecs);
    addWire(file, { from: end('read.rows'), to: end('all.rows') }, smallSpecs);
    addWire(file, { from: end('keep.rows'), to: end('all.rows') }, smallSpecs);
    expect(file.wires.filter((w) => w.endsWith('boost.rows') || w.endsWith('all.rows'))).toEqual([
      'read.rows -> boost.rows',
      'read.rows -> all.rows',
      'keep.rows -> all.rows',
    ]);
  });
  it('deleting heals the gap where the wires fit', () => {
    const file = chain();
    removeNodes(file, ['keep'], smallSpecs, true);
    expect([...file.wires].sort()).toEqual([
      'boost.model -> score.model',
      'read.rows -> boost.rows',
      'read.rows -> score.rows',
    ]);
    expect(Object.keys(file.layout).sort()).toEqual(['all', 'boost', 'read', 'score']);
    expect(file.groups['g']?.nodes).toEqual(['boost']);
  });
  it('deleting without healing leaves the ends open', () => {
    const file = chain();
    removeNodes(file, ['keep'], smallSpecs, false);
    expect(file.wires).toEqual(['boost.model -> score.model']);
  });
  it('deleting two neighbours heals across both', () => {
    const file = chain();
    addNode(file, { id: 'more', spec: smallSpecs.get('clean.filter') ?? never(), at: [300, 0] });
    insertOnWire(file, 'more', { from: end('keep.rows'), to: end('boost.rows') }, smallSpecs);
    removeNodes(file, ['keep', 'more'], smallSpecs, true);
    expect(file.wires).toContain('read.rows -> boost.rows');
  });
  it('a node dropped on a wire stands in it, one that does not fit stays beside', () => {
    const file = chain();
    addNode(file, { id: 'more', spec: smallSpecs.get('clean.filter') ?? never(), at: [300, 0] });
    expect(insertOnWire(file, 'more', { from: end('read.rows'), to: end('keep.rows') }, smallSpecs)).toBe(true);
    expect(insertOnWire(file, 'boost', { from: end('read.rows'), to: end('more.rows') }, smallSpecs)).toBe(false);
    expect(file.wires.filter((w) => w.includes('more'))).toEqual(['read.rows -> more.rows', 'more.rows -> keep.rows']);
  });
  it('what a new node feeds makes room for it', () => {
    const file = chain();
    addNode(file, { id: 'more', spec: smallSpecs.get('clean.filter') ?? never(), at: [120, 360] });
    insertOnWire(file, 'more', { from: end('read.rows'), to: end('keep.rows') }, smallSpecs);
    makeRoom(file, 'more');
    expect([
      file.layout['read'],
      file.layout['more'],
      file.layout['keep'],
      file.layout['boost'],
      file.layout['score'],
      file.layout['all'],
    ]).toEqual([
      [0, 0],
      [120, 360],
      [340, 0],
      [580, 0],
      [820, 0],
      [240, 200],
    ]);
  });
  it('a node put into a short wire stands clear of what feeds it, in its row', () => {
    const file = chain();
    addNode(file, { id: 'more', spec: smallSpecs.get('clean.filter') ?? never(), at: [130, 0] });
    file.layout['more'] = [130, 20];
    insertOnWire(file, 'more', { from: end('read.rows'), to: end('keep.rows') }, smallSpecs);
    makeRoom(file, 'more');
    expect([file.layout['more'], file.layout['keep'], file.layout['boost']]).toEqual([
      [220, 0],
      [440, 0],
      [680, 0],
    ]);
  });
  it('a new id stands everywhere', () => {
    const file = chain();
    renameNode(file, 'keep', 'adults');
    expect(file.wires).toEqual([
      'read.rows -> adults.rows',
      'adults.rows -> boost.rows',
      'boost.model -> score.model',
      'adults.rows -> score.rows',
    ]);
    expect([file.layout['adults'], file.layout['keep'], file.groups['g']?.nodes]).toEqual([
      [240, 0],
      undefined,
      ['adults', 'boost'],
    ]);
  });
  it('ids are words from titles, with a number when taken', () => {
    expect(newNodeId('Gradient boosting', () => false)).toBe('gradient-boosting');
    expect(newNodeId('Überblick: 2. Teil', () => false)).toBe('überblick-2-teil');
    expect(newNodeId('2024', () => false)).toBe('node');
    expect(newNodeId('Keep rows', (id) => id === 'keep-rows' || id === 'keep-rows-2')).toBe('keep-rows-3');
  });
  it('a card that is put on another stands at the nearest free place, below rather than beside', () => {
    const file = chain();
    const spec = smallSpecs.get('clean.filter') ?? never();
    addNode(file, { id: 'more', spec, at: [250, 10] });
    expect(file.layout['more']).toEqual([260, 360]);
  });
  it('wherever nodes are put, and into whatever wire, no card lies on another', () => {
    const spec = smallSpecs.get('clean.filter') ?? never();
    const place = fc.tuple(fc.integer({ min: -300, max: 1200 }), fc.integer({ min: -200, max: 500 }));
    const step = fc.record({ at: place, into: fc.option(fc.nat(20), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const file = chain();
        // The chain as it is drawn, without an overlap of its own.
        file.layout = { read: [0, 0], keep: [220, 0], boost: [440, 0], score: [660, 0], all: [220, 200] };
        steps.forEach(({ at, into }, i) => {
          const id = `more-${i}`;
          const wire = into === undefined ? undefined : linksOf(file)[into % file.wires.length];
          addNode(file, { id, spec, at });
          if (wire !== undefined && insertOnWire(file, id, wire, smallSpecs)) makeRoom(file, id);
        });
        const cards = Object.values(file.layout).map(([x, y]) => ({ x, y, width: cardWidth, height: cardHeight(1) }));
        expect(cards.filter((card, i) => !isFree(card, cards.slice(0, i)))).toEqual([]);
      }),
    );
  });
  it('a piece that is put down keeps its form and lies on nothing', () => {
    const boxAt = ([x, y]: readonly [number, number]) => ({ x, y, width: cardWidth, height: cardHeight(1) });
    const place = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }));
    fc.assert(
      fc.property(
        fc.array(place, { maxLength: 30 }),
        fc.array(place, { minLength: 1, maxLength: 5 }),
        (there, piece) => {
          const [dx, dy] = freeShift(piece.map(boxAt), there.map(boxAt));
          for (const [x, y] of piece) expect(isFree(boxAt([x + dx, y + dy]), there.map(boxAt))).toBe(true);
        },
      ),
    );
  });
});

describe('nodes as text', () => {
  it('come back with their wires under free names', () => {
    const file = chain();
    const piece = parseFragment(fragmentText(takeFragment(file, ['keep', 'boost'])));
    if (piece === null) return never();
    pasteFragment(file, piece, planPaste(file, piece), [0, 400]);
    expect(file.wires.slice(4)).toEqual(['keep-2.rows -> boost-2.rows']);
    expect([file.layout['keep-2'], file.layout['boost-2']]).toEqual([
      [0, 400],
      [240, 400],
    ]);
  });
  it('other text is no nodes; a whole pipeline file is', () => {
    expect([parseFragment('hello'), parseFragment('{}'), parseFragment('[1]')]).toEqual([null, null, null]);
    expect(Object.keys(parseFragment(JSON.stringify(chain()))?.nodes ?? {})).toHaveLength(5);
  });
});

describe('the buttons beside a problem', () => {
  it('set a parameter', () => {
    const file = chain();
    applyFix(file, { do: 'set', title: '', node: 'keep', param: 'amount', value: 3 }, smallSpecs);
    expect(file.nodes['keep']?.params).toEqual({ amount: 3 });
  });
  it('put a node before', () => {
    const file = chain();
    applyFix(
      file,
      { do: 'insert', title: '', kind: 'prepare.scale', params: {}, node: 'boost', side: 'before', port: 'rows' },
      smallSpecs,
    );
    expect(file.wires.filter((w) => w.includes('scale'))).toEqual([
      'keep.rows -> scale-numbers.rows',
      'scale-numbers.rows -> boost.rows',
    ]);
  });
  it('move a node before another', () => {
    const file = chain();
    addNode(file, { id: 'late', spec: smallSpecs.get('clean.filter') ?? never(), at: [600, 0] });
    insertOnWire(file, 'late', { from: end('keep.rows'), to: end('boost.rows') }, smallSpecs);
    applyFix(file, { do: 'move', title: '', node: 'late', before: 'keep' }, smallSpecs);
    expect([...file.wires].sort()).toEqual([
      'boost.model -> score.model',
      'keep.rows -> boost.rows',
      'keep.rows -> score.rows',
      'late.rows -> keep.rows',
      'read.rows -> late.rows',
    ]);
  });
});

const never = (): never => {
  throw new Error('the toy kinds lack one');
};
