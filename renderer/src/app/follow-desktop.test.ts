import { expect, test } from 'vitest';
import { menuCommands } from '../../../shared/desktop-bridge.ts';
import { actionOf } from '../actions/registry.ts';

test('every item of the desktop menu is an action of the window', () => {
  expect(menuCommands.filter((command) => actionOf(command) === undefined)).toEqual([]);
});
