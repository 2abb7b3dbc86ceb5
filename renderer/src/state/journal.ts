/** Writes unsaved work to the host after each step, so that a crash loses nothing. */
import { toProblem } from '../../../shared/errors.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { host } from '../rpc/host.ts';
import { isDirty, useDocuments, type OpenDocument } from './documents.ts';
import { toastProblem } from './toasts.ts';

/** A burst of steps is written once. */
const settleMs = 120;
let warned = false;
const written = new Map<string, PipelineFile>();

/** Whether the host has all that was done here. */
export function isWrittenDown(draft: string): boolean {
  const document = useDocuments.getState().documents[draft];
  return document === undefined || !isDirty(document) || written.get(draft) === document.file;
}

/** Journals every document after each of its changes, until the returned function is called. */
export function watchJournal(): () => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return useDocuments.subscribe((now, before) => {
    for (const [draft, document] of Object.entries(now.documents)) {
      const old = before.documents[draft];
      if (old?.file === document.file) continue;
      clearTimeout(timers.get(draft));
      if (!isDirty(document)) {
        // Undone to what is saved: nothing is left to bring back.
        if (old !== undefined && isDirty(old)) void forget(document);
        continue;
      }
      timers.set(
        draft,
        setTimeout(() => void write(useDocuments.getState().documents[draft] ?? document), settleMs),
      );
    }
    for (const draft of Object.keys(before.documents))
      if (now.documents[draft] === undefined) clearTimeout(timers.get(draft));
  });
}

const forget = (document: OpenDocument): Promise<unknown> =>
  host()
    ['pipelines.journal']({ path: document.path, draft: document.draft, file: null, savedHash: null })
    .catch(() => undefined);

async function write(document: OpenDocument): Promise<void> {
  if (!isDirty(document)) return;
  try {
    await host()['pipelines.journal']({
      path: document.path,
      draft: document.draft,
      file: document.file,
      savedHash: document.baseHash,
    });
    written.set(document.draft, document.file);
    warned = false;
  } catch (thrown) {
    // Once is enough: the connection's own sign says the rest.
    if (!warned) toastProblem(toProblem(thrown));
    warned = true;
  }
}
