import { expect, it } from 'vitest';
import { tabOf, type DrawerSight } from './drawer-tab.ts';

const sight: DrawerSight = {
  chosen: 'training',
  wire: 'table',
  selected: 'split',
  learns: false,
  trainingFor: undefined,
};

it.each<[string, Partial<DrawerSight>, string]>([
  ['a node that does not learn shows its rows, not the training of another', {}, 'preview'],
  ['an evaluation shows its report', { wire: 'report' }, 'report'],
  ['the node that learns shows its training', { selected: 'network', learns: true, wire: 'model' }, 'training'],
  ['with nothing selected the training stays', { selected: undefined, wire: undefined }, 'training'],
  ['who chooses Training beside such a node sees it', { trainingFor: 'split' }, 'training'],
  ['until another is selected', { trainingFor: 'split', selected: 'join' }, 'preview'],
  ['other tabs stay as they were chosen', { chosen: 'log' }, 'log'],
])('%s', (_what, change, tab) => {
  expect(tabOf({ ...sight, ...change })).toBe(tab);
});
