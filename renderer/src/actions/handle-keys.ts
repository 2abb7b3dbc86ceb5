/** A pressed key becomes an action. */
import { matchesKey } from './keys.ts';
import { actions } from './registry.ts';

/** Whether the focus is in a field, where letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select') ||
      target.closest('.cm-editor') !== null)
  );
}

/** Keys that a text field keeps for itself although they are commands elsewhere. */
const fieldKeys = /^Mod\+(Shift\+)?[acvxz]$|^Mod\+y$/i;

/** Function keys, and Alt with a digit: no letter comes of them. */
const neverTyped = /(^|\+)F\d{1,2}$|^Alt\+\d$/;

/** Does what the pressed key says; true when something was done. */
export function handleKeys(event: KeyboardEvent, scope: 'window' | 'canvas'): boolean {
  const typing = isTyping(event.target);
  if (event.defaultPrevented) return false;
  const found = actions().find(
    (action) =>
      (action.scope ?? 'window') === scope &&
      (action.keys ?? []).some(
        (key) =>
          matchesKey(event, key) && !(typing && !neverTyped.test(key) && (!key.includes('Mod') || fieldKeys.test(key))),
      ) &&
      (action.when?.() ?? true),
  );
  if (found === undefined) return false;
  found.run();
  return true;
}
