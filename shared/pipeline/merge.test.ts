import { describe, expect, test } from 'vitest';
import { applyChanges, changesBetween, invert, samePipeline, type Change } from './changes.ts';
import type { PipelineFile } from './file.ts';
import { merge } from './merge.ts';
import { validate } from './parse.ts';

const base = validate({
  flowyard: 1,
  title: 'Base',
  nodes: {
    read: { kind: 'read.csv', params: { path: 'a.csv' } },
    keep: { kind: 'clean.filter', params: { expression: 'a > 1' } },
    sort: { kind: 'clean.sort' },
  },
  wires: ['read.rows -> keep.rows', 'keep.rows -> sort.rows'],
  groups: { 'group-1': { title: 'Clean', nodes: ['keep', 'sort'] } },
  layout: { read: [0, 0], keep: [10, 0], sort: [20, 0] },
});
const edited = (edit: (file: PipelineFile) => void): Change[] => {
  const file = structuredClone(base);
  edit(file);
  return changesBetween(base, file);
};
const setParam = (node: string, name: string, value: string) => (file: PipelineFile) =>
  void (file.nodes[node]!.params[name] = value);
const remove =
  (...ids: string[]) =>
  (file: PipelineFile): void => {
    for (const id of ids) {
      delete file.nodes[id];
      delete file.layout[id];
      file.wires = file.wires.filter((wire) => !wire.includes(`${id}.`));
      for (const group of Object.values(file.groups)) group.nodes = group.nodes.filter((node) => node !== id);
    }
  };
const both = (theirs: (file: PipelineFile) => void, ours: (file: PipelineFile) => void) =>
  merge(applyChanges(base, edited(theirs)), edited(ours));

describe('changes', () => {
  test('name each place that differs, give the same pipeline when done, and the old one when undone', () => {
    const changes = edited((file) => {
      remove('sort')(file);
      setParam('keep', 'expression', 'a > 2')(file);
      file.nodes['split'] = { kind: 'split.rows', version: 1, params: {} };
      file.layout['split'] = [30, 0];
      file.wires.push('keep.rows -> split.rows');
      file.description = 'New';
    });
    expect(
      changes.map((change) => ('in' in change ? [...change.in, change.item] : change.at).join(' ')).sort(),
    ).toEqual([
      'description',
      'groups group-1 nodes sort',
      'layout sort',
      'layout split',
      'nodes keep params expression',
      'nodes sort',
      'nodes split',
      'wires keep.rows -> sort.rows',
      'wires keep.rows -> split.rows',
    ]);
    const after = applyChanges(base, changes);
    expect(after.nodes['keep']?.params).toEqual({ expression: 'a > 2' });
    expect(applyChanges(after, invert(changes))).toEqual(base);
    expect(after.nodes['read']).toBe(base.nodes['read']);
  });
  test('the order of wires and of keys is no change', () => {
    const other = {
      ...base,
      wires: base.wires.toReversed(),
      nodes: Object.fromEntries(Object.entries(base.nodes).reverse()),
    };
    expect(samePipeline(base, other)).toBe(true);
  });
});

describe('what two windows do at once', () => {
  test('in different places both stands, two parameters of one node included', () => {
    const { file, clashes } = both(setParam('keep', 'expression', 'theirs'), setParam('keep', 'other', 'ours'));
    expect([file.nodes['keep']?.params, clashes]).toEqual([{ expression: 'theirs', other: 'ours' }, []]);
  });
  test('in one place the later stands, and the clash says what it replaced', () => {
    const { file, clashes, changes } = both(
      setParam('keep', 'expression', 'theirs'),
      setParam('keep', 'expression', 'ours'),
    );
    const at = ['nodes', 'keep', 'params', 'expression'];
    expect(file.nodes['keep']?.params).toEqual({ expression: 'ours' });
    expect(clashes).toEqual([{ why: 'both', at, theirs: 'theirs' }]);
    expect(changes).toEqual([{ at, from: 'theirs', to: 'ours' }]);
  });
  test('a change of a node that the other removed is named with what it was', () => {
    const { file, clashes } = both(remove('keep'), setParam('keep', 'expression', 'ours'));
    expect(Object.keys(file.nodes)).toEqual(['read', 'sort']);
    expect(clashes).toEqual([
      {
        why: 'gone',
        at: ['nodes', 'keep', 'params', 'expression'],
        change: { at: ['nodes', 'keep', 'params', 'expression'], from: 'a > 1', to: 'ours' },
      },
    ]);
  });
  test('two nodes that were added under one name both stay, with the wires and the card of each', () => {
    const add = (kind: string, x: number) => (file: PipelineFile) => {
      file.nodes['filter'] = { kind, version: 1, params: {} };
      file.layout['filter'] = [x, 5];
      file.wires.push('read.rows -> filter.rows');
      file.groups['group-2'] = { title: kind, nodes: ['filter'] };
    };
    const { file, clashes, renamed } = both(add('clean.filter', 1), add('clean.filter', 2));
    expect(Object.keys(file.nodes)).toEqual(['read', 'keep', 'sort', 'filter', 'filter-2']);
    expect([file.layout['filter'], file.layout['filter-2']]).toEqual([
      [1, 5],
      [2, 5],
    ]);
    expect(file.wires.slice(2).sort()).toEqual(['read.rows -> filter-2.rows', 'read.rows -> filter.rows']);
    expect([file.groups['group-2']?.nodes, file.groups['group-2-2']?.nodes]).toEqual([['filter'], ['filter-2']]);
    expect([clashes, renamed.get('nodes filter')]).toEqual([[], 'filter-2']);
  });
  test('no wire leads to a node that is gone, whichever came first', () => {
    const wire = (file: PipelineFile): void => void file.wires.push('read.rows -> sort.rows');
    for (const { file, clashes } of [both(remove('sort'), wire), both(wire, remove('sort'))]) {
      expect(file.wires).toEqual(['read.rows -> keep.rows']);
      expect(clashes.map(({ at }) => at.join(' '))).toEqual(['wires read.rows -> sort.rows']);
      expect(validate(JSON.parse(JSON.stringify(file)))).toEqual(file);
    }
  });
  test('the same change twice is one', () => {
    const merged = both(setParam('keep', 'expression', 'same'), setParam('keep', 'expression', 'same'));
    expect([merged.changes, merged.clashes]).toEqual([[], []]);
  });
});

describe('taking a step back after another window went on', () => {
  const undo = (ours: (file: PipelineFile) => void, theirs: (file: PipelineFile) => void) => {
    const changes = edited(ours);
    const now = structuredClone(applyChanges(base, changes));
    theirs(now);
    return merge(now, invert(changes), 'undo');
  };
  test('takes back our places and leaves theirs', () => {
    const { file, clashes } = undo(setParam('keep', 'expression', 'ours'), setParam('keep', 'other', 'theirs'));
    expect([file.nodes['keep']?.params, clashes]).toEqual([{ expression: 'a > 1', other: 'theirs' }, []]);
  });
  test('leaves a place that they set since, and says so', () => {
    const { file, clashes } = undo(setParam('keep', 'expression', 'ours'), setParam('keep', 'expression', 'theirs'));
    expect(file.nodes['keep']?.params).toEqual({ expression: 'theirs' });
    expect(clashes).toEqual([{ why: 'since', at: ['nodes', 'keep', 'params', 'expression'] }]);
  });
  test('keeps a node that we added and they wired, with its card and our wires', () => {
    const add = (file: PipelineFile): void => {
      file.nodes['new'] = { kind: 'clean.sort', version: 1, params: {} };
      file.layout['new'] = [1, 1];
    };
    const { file, clashes } = undo(add, (now) => void now.wires.push('read.rows -> new.rows'));
    expect([Object.keys(file.nodes).includes('new'), file.layout['new']]).toEqual([true, [1, 1]]);
    expect(clashes).toEqual([{ why: 'since', at: ['nodes', 'new'] }]);
  });
});
