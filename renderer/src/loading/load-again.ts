/** Parts of the window that could not be loaded wait for this: a press, or a connection that is back. */
import { useApp } from '../state/window/app-info.ts';

const waiting = new Set<() => void>();

export function onLoadAgain(again: () => void): () => void {
  waiting.add(again);
  return () => void waiting.delete(again);
}

export function loadAgain(): void {
  for (const again of [...waiting]) again();
}

export function watchConnection(): () => void {
  return useApp.subscribe((now, before) => {
    if (now.connection === 'ready' && before.connection !== 'ready') loadAgain();
  });
}
