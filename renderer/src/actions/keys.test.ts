import { describe, expect, it } from 'vitest';
import { matchesKey, sayKey, writeKey } from './keys.ts';

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
  it('that are pressed are written so that they match, and modifiers alone are none', () => {
    const pressed = [
      press('k', { ctrlKey: true }),
      press('Z', { ctrlKey: true, shiftKey: true }),
      press('?', { shiftKey: true }),
      press(' '),
      press('å', { altKey: true, code: 'KeyA' }),
      press('ArrowLeft', { altKey: true }),
      press('F7'),
    ];
    const written = pressed.map((event) => writeKey(event, false));
    expect(written).toEqual(['Mod+K', 'Mod+Shift+Z', '?', 'Space', 'Alt+A', 'Alt+ArrowLeft', 'F7']);
    expect(pressed.map((event, i) => matchesKey(event, written[i] ?? '', false))).toEqual(pressed.map(() => true));
    expect(
      [press('Shift', { shiftKey: true }), press('Tab'), press('Escape')].map((event) => writeKey(event, false)),
    ).toEqual([null, null, null]);
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
