/** All actions, with the keys that a person gave them. A new one is an entry of its group's list. */
import { useKept } from '../state/window/view.ts';
import type { Action } from './action.ts';
import { sayKey } from './keys.ts';
import { editActions } from './list/edit.ts';
import { fileActions } from './list/file.ts';
import { goActions } from './list/go.ts';
import { runActions } from './list/run-actions.ts';
import { viewActions } from './list/view.ts';

const given: readonly Action[] = [...fileActions, ...editActions, ...runActions, ...viewActions, ...goActions];

let known:
  | { own: Readonly<Record<string, string>>; all: readonly Action[]; byId: ReadonlyMap<string, Action> }
  | undefined;
function table(): NonNullable<typeof known> {
  const own = useKept.getState().ownKeys;
  if (known?.own === own) return known;
  const all = given.map((action) => {
    const key = own[action.id];
    return key === undefined ? action : { ...action, keys: [key] };
  });
  known = { own, all, byId: new Map(all.map((action) => [action.id, action])) };
  return known;
}

export const actions = (): readonly Action[] => table().all;
export const actionOf = (id: string): Action | undefined => table().byId.get(id);

/** Does it, if it can be done now. */
export function runAction(id: string): void {
  const action = actionOf(id);
  if (action && (action.when?.() ?? true)) action.run();
}

/** Its first key, as people write it. */
export function shortcutOf(id: string): string | undefined {
  const key = actionOf(id)?.keys?.[0];
  return key === undefined ? undefined : sayKey(key);
}

/** Gives an action another key. Gives the action that has it already, and then changes nothing. */
export function changeKey(id: string, key: string): Action | undefined {
  const taken = actions().find((action) => action.id !== id && (action.keys ?? []).includes(key));
  if (taken === undefined) useKept.setState((s) => ({ ownKeys: { ...s.ownKeys, [id]: key } }));
  return taken;
}
export function resetKeys(): void {
  useKept.setState({ ownKeys: {} });
}
