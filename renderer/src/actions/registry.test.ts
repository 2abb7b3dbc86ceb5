import { afterEach, expect, it } from 'vitest';
import { actionOf, actions, changeKey, resetKeys, shortcutOf } from './registry.ts';
import { places } from '../app/bars/rail-places.ts';
import { keyClashes } from './keys.ts';

afterEach(resetKeys);

it('every action has a name and a key of its own', () => {
  expect(keyClashes(actions())).toEqual([]);
  expect(new Set(actions().map((a) => a.id)).size).toBe(actions().length);
});

it('Alt and a number goes to the place that has this number in the rail', () => {
  expect(places.map(({ action }) => actionOf(action)?.keys)).toEqual(places.map((_, i) => [`Alt+${i + 1}`]));
});

it('a key can be given to another action, unless it is taken; and all as they were', () => {
  expect(changeKey('edit.tidy', 'Mod+K')?.id).toBe('view.commands');
  expect(actionOf('edit.tidy')?.keys).toEqual(['Shift+T']);
  expect(changeKey('edit.tidy', 'F7')).toBeUndefined();
  expect([shortcutOf('edit.tidy'), actionOf('edit.tidy')?.keys]).toEqual(['F7', ['F7']]);
  resetKeys();
  expect(actionOf('edit.tidy')?.keys).toEqual(['Shift+T']);
});
