import { expect, it } from 'vitest';
import { validate } from '../parse.ts';
import { addGroup, dropEmptyGroups, freeGroupId, groupsAround } from './groups.ts';

const file = () =>
  validate({
    flowyard: 1,
    nodes: { a: { kind: 'read.csv' }, b: { kind: 'clean.filter' }, c: { kind: 'clean.filter' } },
    groups: { 'group-1': { title: 'First', nodes: ['a', 'b'] } },
  });

it('a node stands in one frame; a frame without nodes is gone', () => {
  const pipeline = structuredClone(file());
  expect(freeGroupId(pipeline)).toBe('group-2');
  addGroup(pipeline, 'group-2', { title: 'Second', nodes: ['c', 'b'], color: 'teal' });
  expect(pipeline.groups).toEqual({
    'group-1': { title: 'First', nodes: ['a'] },
    'group-2': { title: 'Second', nodes: ['b', 'c'], color: 'teal' },
  });
  expect(groupsAround(pipeline, ['c'])).toEqual(['group-2']);
  addGroup(pipeline, 'group-3', { title: 'All', nodes: ['a', 'b', 'c'], color: 'blue' });
  expect(Object.keys(pipeline.groups)).toEqual(['group-3']);
  const all = pipeline.groups['group-3'];
  if (all) all.nodes = [];
  dropEmptyGroups(pipeline);
  expect(pipeline.groups).toEqual({});
});
