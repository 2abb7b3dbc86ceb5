/** All actions. A new one is an entry of its group's list. */
import type { Action } from './action.ts';
import { sayKey } from './keys.ts';
import { editActions } from './list/edit.ts';
import { fileActions } from './list/file.ts';
import { goActions } from './list/go.ts';
import { runActions } from './list/run-actions.ts';
import { viewActions } from './list/view.ts';

const all: readonly Action[] = [...fileActions, ...editActions, ...runActions, ...viewActions, ...goActions];
export const actions = (): readonly Action[] => all;

const byId = new Map(all.map((action) => [action.id, action]));
export const actionOf = (id: string): Action | undefined => byId.get(id);

/** Does it, if it can be done now. */
export function runAction(id: string): void {
  const action = byId.get(id);
  if (action && (action.when?.() ?? true)) action.run();
}

/** Its first key, as people write it. */
export function shortcutOf(id: string): string | undefined {
  const key = byId.get(id)?.keys?.[0];
  return key === undefined ? undefined : sayKey(key);
}
