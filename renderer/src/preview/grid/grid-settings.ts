/** Sorting and filter of each port that was looked at: they change the view alone, never the graph. */
import { create } from 'zustand';
import type { Sort } from './grid-head.tsx';

export interface GridSettings {
  sort: Sort | null;
  filter: string;
}
const plain: GridSettings = { sort: null, filter: '' };
const useSettings = create<Readonly<Record<string, GridSettings>>>()(() => ({}));

export const useGridSettings = (place: string): GridSettings => useSettings((s) => s[place] ?? plain);
export function changeGridSettings(place: string, change: Partial<GridSettings>): void {
  useSettings.setState((s) => ({ [place]: { ...(s[place] ?? plain), ...change } }));
}
