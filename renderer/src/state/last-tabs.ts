/** Which saved pipelines a window had open, kept by the browser: the next one, after Flowyard was closed, offers them together. What is unsaved the host keeps and offers by itself. */
import * as z from 'zod';
import { useDocuments } from './documents.ts';
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

/** From the first pipeline that is opened here on, the tabs of this window are the last ones. */
export function keepTabs(): void {
  found = read();
  let before = '';
  useDocuments.subscribe(({ order, documents, active }) => {
    const pathOf = (draft: string | null): string | null => (draft === null ? null : (documents[draft]?.path ?? null));
    const paths = order.flatMap((draft) => pathOf(draft) ?? []);
    const text = JSON.stringify({ paths, active: pathOf(active) } satisfies LastTabs);
    if (text === before || (before === '' && paths.length === 0)) return;
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
