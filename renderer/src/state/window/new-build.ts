/** Whether Flowyard was updated under this open window: its parts have other names then, and the host may speak another way. */
import { create } from 'zustand';
import { useApp } from './app-info.ts';

export const useNewBuild = create<{ isThere: boolean }>()(() => ({ isThere: false }));

/** The page names its first script by what is in it. */
const firstScriptOf = (page: Document): string | null | undefined =>
  page.querySelector('script[type="module"][src]')?.getAttribute('src');

export async function lookForNewBuild(): Promise<boolean> {
  if (useNewBuild.getState().isThere) return true;
  const own = firstScriptOf(document);
  if (own === null || own === undefined) return false;
  try {
    const response = await fetch(new URL('index.html', document.baseURI), { cache: 'no-store' });
    if (!response.ok) return false;
    const now = firstScriptOf(new DOMParser().parseFromString(await response.text(), 'text/html'));
    if (now === null || now === undefined || now === own) return false;
  } catch {
    // Nobody answers: what is there now is not known.
    return false;
  }
  useNewBuild.setState({ isThere: true });
  return true;
}

/** Looks whenever a connection is there again: who answers may be another. */
export function watchBuild(): () => void {
  return useApp.subscribe((now, before) => {
    if (now.connection === 'ready' && before.connection === 'lost') void lookForNewBuild();
  });
}
