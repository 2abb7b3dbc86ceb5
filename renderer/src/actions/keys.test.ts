import { describe, expect, it } from 'vitest';
import { matchesKey, sayKey } from './keys.ts';

const press = (key: string, more: Partial<Parameters<typeof matchesKey>[0]> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('keys', () => {
  it('are matched with all their modifiers', () => {
    expect(matchesKey(press('z', { ctrlKey: true }), 'Mod+Z', false)).toBe(true);
    expect(matchesKey(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Z', false)).toBe(false);
    expect(matchesKey(press('Z', { metaKey: true, shiftKey: true }), 'Mod+Shift+Z', true)).toBe(true);
    expect(matchesKey(press('z', { metaKey: true }), 'Mod+Z', false)).toBe(false);
    expect(matchesKey(press('ArrowLeft', { altKey: true }), 'Alt+ArrowLeft', false)).toBe(true);
    expect(matchesKey(press(' '), 'Space', false)).toBe(true);
  });
  it('that are signs do not mind the Shift that a keyboard needs for them', () => {
    expect(matchesKey(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesKey(press('/', { shiftKey: true }), '/', false)).toBe(true);
    expect(matchesKey(press('+', { shiftKey: true }), '+', false)).toBe(true);
  });
  it('are written as the system writes them', () => {
    expect([
      sayKey('Mod+Shift+Z', false),
      sayKey('Mod+Enter', true),
      sayKey('Alt+ArrowLeft', false),
      sayKey('+', false),
      sayKey('/', false),
    ]).toEqual(['Ctrl Shift Z', '⌘↵', 'Alt ←', '+', '/']);
  });
});
