/** The one dialog or search that lies over the window. */
import { create } from 'zustand';

export type Overlay =
  | { name: 'command-search' }
  | { name: 'keys' }
  | { name: 'devices' }
  /** Beside Run. */
  | { name: 'limits' }
  | { name: 'open-data' }
  | { name: 'open-pipeline' }
  | { name: 'target'; path: string }
  | { name: 'save-as'; draft: string; thenClose?: boolean; next?: readonly string[] }
  | { name: 'conflict'; draft: string }
  | { name: 'file-gone'; draft: string }
  /** A tab with unsaved work, and those that are closed after it. */
  | { name: 'close'; draft: string; next?: readonly string[] }
  | { name: 'close-window' }
  | { name: 'recover'; draft: string; timeMs: number };
export const useOverlay = create<{ open: Overlay | null }>()(() => ({ open: null }));
export const closeOverlay = (): void => useOverlay.setState({ open: null });
