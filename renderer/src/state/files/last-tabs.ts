/** Which saved pipelines a window had open, kept by the browser: the next one, after Flowyard was closed, offers them together. What is unsaved the host keeps and offers by itself. */
import * as z from 'zod';
import { useDocuments } from '../documents/documents.ts';
import { openPath } from './files.ts';

const place = 'flowyard.tabs';
const kept = z.object({ paths: z.array(z.string()), active: z.string().nullable() });
export type LastTabs = z.output<typeof kept>;

function read(): LastTabs | null {
  try {
    return kept.parse(JSON.parse(localStorage.getItem(place) ?? 'null'));
  } catch {
    // Kept by nobody, or not by us.
    return null;
  }
}

/** As they were when this window began; null: none. */
let found: LastTabs | null = null;
export const lastTabs = (): LastTabs | null => found;

const tabsNow = (): string => {
  const { order, documents, active } = useDocuments.getState();
  const now: LastTabs = {
    paths: order.flatMap((draft) => documents[draft]?.path ?? []),
    active: active === null ? null : (documents[active]?.path ?? null),
  };
  return JSON.stringify(now);
};

/** When what was open before a reload is open again: such a window goes on, and has no last time. From the first change on, its tabs are the last ones. */
export function keepTabs(): void {
  found = useDocuments.getState().order.length > 0 ? null : read();
  let before = tabsNow();
  useDocuments.subscribe(() => {
    const text = tabsNow();
    if (text === before) return;
    before = text;
    try {
      localStorage.setItem(place, text);
    } catch {
      // No room: they stand under Recent all the same.
    }
  });
}

/** Opens them from left to right, and brings to the front what was there. */
export async function openTabs(paths: readonly string[], active: string | null): Promise<void> {
  const drafts = new Map<string, string>();
  for (const path of paths) {
    const draft = await openPath(path);
    if (draft !== undefined) drafts.set(path, draft);
  }
  const front = active === null ? undefined : drafts.get(active);
  if (front !== undefined) useDocuments.setState({ active: front });
}
