/** Loads the window anew without losing what is open: the pipelines go through the browser's memory of this one tab. */
import * as z from 'zod';
import { pipelineFile } from '../../../shared/pipeline/file.ts';
import { openDocument, useDocuments } from './documents.ts';
import { showScreen, useView } from './view.ts';
import { writtenDown } from './written-down.ts';

const place = 'flowyard.reload';
const kept = z.object({
  documents: z.array(
    z.object({
      draft: z.string(),
      path: z.string().nullable(),
      baseHash: z.string().nullable(),
      trusted: z.boolean(),
      file: pipelineFile,
      saved: pipelineFile.nullable(),
    }),
  ),
  active: z.string().nullable(),
  onPipeline: z.boolean(),
});

let reloading = false;
/** Nothing is asked when the window itself wants to be loaded anew. */
export const isReloading = (): boolean => reloading;

/** A host that answers has every step within a tenth of a second; without one, the browser keeps what was not taken. */
const patienceMs = 2000;

export function reloadWindow(): void {
  void writtenDown(patienceMs).then(reloadNow);
}

function reloadNow(): void {
  const { documents, order, active } = useDocuments.getState();
  const open = order.flatMap((draft) => {
    const document = documents[draft];
    if (document === undefined) return [];
    const { path, baseHash, trusted, file, saved } = document;
    return [{ draft, path, baseHash, trusted, file, saved }];
  });
  const note: z.input<typeof kept> = {
    documents: open,
    active,
    onPipeline: useView.getState().screen.name !== 'start',
  };
  try {
    sessionStorage.setItem(place, JSON.stringify(note));
    reloading = true;
  } catch {
    // No room: the browser asks before it leaves unsaved work, and the host has it.
  }
  location.reload();
}

/** At the start of a window that was loaded anew: what was open is open. */
export function openWhatWasOpen(): void {
  const text = sessionStorage.getItem(place);
  if (text === null) return;
  sessionStorage.removeItem(place);
  const { success, data } = kept.safeParse(JSON.parse(text));
  if (!success) return;
  for (const { file, ...options } of data.documents) openDocument(file, options);
  if (data.active !== null) useDocuments.setState({ active: data.active });
  if (data.onPipeline && data.documents.length > 0) showScreen({ name: 'pipeline' });
}
