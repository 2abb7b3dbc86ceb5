/** A window that is loaded anew, by itself or by its person, has open what it had: that goes through the browser's memory of this one tab. */
import * as z from 'zod';
import { pipelineFile } from '../../../../shared/pipeline/file.ts';
import { openDocument, useDocuments } from '../documents/documents.ts';
import { confirmedState, waitingWork, windowId } from '../documents/live-documents.ts';
import { handOver, unsentWork } from '../documents/unsent-work.ts';
import { showScreen, useView } from './view.ts';
import { waitUntilStored } from '../documents/wait-until-stored.ts';

const place = 'flowyard.reload';
const kept = z.object({
  window: z.string(),
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
  /** What the host had not taken of it. */
  waiting: z.array(unsentWork),
  /** Which of the documents is in front. */
  active: z.int(),
  onPipeline: z.boolean(),
});

let reloading = false;
/** Nothing is asked when the window itself wants to be loaded anew. */
export const isReloading = (): boolean => reloading;

/** A host that answers has every step within a tenth of a second. */
const patienceMs = 2000;

export function reloadWindow(): void {
  void waitUntilStored(patienceMs).then(() => {
    reloading = noteWhatIsOpen();
    location.reload();
  });
}

/** Whenever the page goes, since nobody says what comes next in this tab. */
export function keepWhatIsOpen(): void {
  window.addEventListener('pagehide', noteWhatIsOpen);
}

function noteWhatIsOpen(): boolean {
  const { documents, order, active } = useDocuments.getState();
  const open = order.flatMap((draft) => {
    const document = documents[draft];
    if (document === undefined) return [];
    const { path, baseHash, trusted, saved } = document;
    // The host's name for it: with the window its own goes.
    const { hostDraft, file } = confirmedState(document);
    return [{ draft: hostDraft, path, baseHash, trusted, file, saved }];
  });
  const note: z.input<typeof kept> = {
    window: windowId,
    documents: open,
    waiting: waitingWork(),
    active: active === null ? -1 : order.indexOf(active),
    onPipeline: useView.getState().screen.name !== 'start',
  };
  try {
    sessionStorage.setItem(place, JSON.stringify(note));
    return true;
  } catch {
    // No room: the browser asks before it leaves unsaved work, and the host has it.
    return false;
  }
}

/** At the start of a window that was loaded anew: what was open is open. */
export function openWhatWasOpen(): void {
  const text = sessionStorage.getItem(place);
  if (text === null) return;
  sessionStorage.removeItem(place);
  const { success, data } = kept.safeParse(JSON.parse(text));
  if (!success) return;
  const drafts = data.documents.map(({ file, ...options }) => openDocument(file, options));
  handOver(data.window, data.waiting);
  const active = drafts[data.active];
  if (active !== undefined) useDocuments.setState({ active });
  if (data.onPipeline && drafts.length > 0) showScreen({ name: 'pipeline' });
}
