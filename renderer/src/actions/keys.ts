/** Keys: how they are written, matched and shown. */
import type { Action } from './action.ts';

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);

interface KeyEvent {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export function matchesKey(event: KeyEvent, written: string, mac = isMac): boolean {
  const parts = written.split('+');
  const key = written === '+' || written.endsWith('++') ? '+' : (parts.at(-1) ?? '');
  const has = (name: string): boolean => parts.slice(0, -1).includes(name);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (mod !== has('Mod') || other || event.altKey !== has('Alt')) return false;
  // A sign such as "?" or "/" may need Shift on some keyboards: only letters, digits and named keys look at it.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!isSign && event.shiftKey !== has('Shift')) return false;
  if (key === 'Space') return event.key === ' ';
  return (
    event.key.toLowerCase() === key.toLowerCase() ||
    (key.length === 1 && /[a-z]/i.test(key) && event.altKey && event.code === `Key${key.toUpperCase()}`)
  );
}

const modifiers = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified']);

/** What was pressed, as keys are written; null: a modifier alone, or a key that belongs to the window (Tab, Escape). */
export function writeKey(event: KeyEvent, mac = isMac): string | null {
  if (modifiers.has(event.key) || event.key === 'Tab' || event.key === 'Escape') return null;
  if (mac ? event.ctrlKey : event.metaKey) return null;
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key;
  const key = letter === ' ' ? 'Space' : letter.length === 1 ? letter.toUpperCase() : letter;
  const isSign = key.length === 1 && !/[A-Z0-9]/.test(key);
  return [
    (mac ? event.metaKey : event.ctrlKey) ? 'Mod' : '',
    event.shiftKey && !isSign ? 'Shift' : '',
    event.altKey ? 'Alt' : '',
    key,
  ]
    .filter(Boolean)
    .join('+');
}

/** `Mod+Shift+Z` → `Ctrl Shift Z`, or `⌘⇧Z` on a Mac. */
export function sayKey(written: string, mac = isMac): string {
  const names: Record<string, string> = mac
    ? {
        Mod: '⌘',
        Shift: '⇧',
        Alt: '⌥',
        Enter: '↵',
        Backspace: '⌫',
        Delete: '⌦',
        ArrowLeft: '←',
        ArrowRight: '→',
        ArrowUp: '↑',
        ArrowDown: '↓',
        Escape: 'Esc',
      }
    : {
        Mod: 'Ctrl',
        Enter: '↵',
        Delete: 'Del',
        ArrowLeft: '←',
        ArrowRight: '→',
        ArrowUp: '↑',
        ArrowDown: '↓',
        Escape: 'Esc',
      };
  const parts =
    written === '+' ? ['+'] : written.endsWith('++') ? [...written.slice(0, -2).split('+'), '+'] : written.split('+');
  return parts.map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(mac ? '' : ' ');
}

/** One key for one action in one place: the others would never be reached. Gives the clashes. */
export function keyClashes(list: readonly Action[]): string[] {
  const seen = new Map<string, string>();
  return list.flatMap((action) =>
    (action.keys ?? []).flatMap((key) => {
      const clashes = ['window', 'canvas']
        .flatMap((scope) => seen.get(`${scope} ${key}`) ?? [])
        .map((other) => `${key}: ${other} and ${action.id}`);
      seen.set(`${action.scope ?? 'window'} ${key}`, action.id);
      return clashes;
    }),
  );
}
