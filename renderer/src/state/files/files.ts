/** Opening and saving pipelines. Nothing open is ever replaced by opening another; nothing unsaved is lost. */
import { toProblem } from '../../../../shared/errors.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { pipelineFile } from '../../../../shared/pipeline/file.ts';
import type { Answer } from '../../rpc/host-client.ts';
import { host } from '../../rpc/host.ts';
import { t } from '../../text/t.ts';
import {
  activeDocument,
  closeDocument,
  documentOf,
  edit,
  isDirty,
  openDocument,
  patchDocument,
  useDocuments,
  type OpenDocument,
} from '../documents/documents.ts';
import { isStored, windowId } from '../documents/live-documents.ts';
import { closeOverlay, useOverlay } from '../window/overlay.ts';
import { forgetRun } from '../runs/followed-run.ts';
import { beginSave, endSave, failSave } from '../documents/save-state.ts';
import { toast, toastProblem } from '../window/toasts.ts';
import { showScreen } from '../window/view.ts';

export const emptyPipeline = (title = ''): PipelineFile => pipelineFile.parse({ flowyard: 1, title });

/** What the tab and the window's title say. */
export const documentTitle = (document: Pick<OpenDocument, 'path' | 'file'>): string =>
  document.path?.split('/').at(-1) ?? (document.file.title || t('common.untitled'));

export function blankPipeline(): void {
  openDocument(emptyPipeline(), { path: null, unsaved: false });
  showScreen({ name: 'pipeline' });
}

/** Opens a file of the workspace as other windows have it, or an example (`example:penguins`), which opens as a copy without a file. */
export async function openPath(path: string): Promise<string | undefined> {
  try {
    const opened = await host()['pipelines.open']({ path });
    const draft = openDocument(opened.file, {
      path: opened.path,
      baseHash: opened.baseHash,
      trusted: opened.trusted,
      saved: opened.saved,
      draft: opened.draft,
      windows: opened.windows + 1,
    });
    showScreen({ name: 'pipeline' });
    if (opened.unsaved_ms !== null && opened.windows === 0)
      useOverlay.setState({ open: { name: 'recover', draft, timeMs: opened.unsaved_ms } });
    return draft;
  } catch (thrown) {
    toastProblem(toProblem(thrown));
    return undefined;
  }
}

/** Unsaved work that was found beside a file is open; the person keeps it, or goes back to the file, which can be undone. */
export const restoreJournal = (_draft: string): void => closeOverlay();
export const discardJournal = (draft: string): Promise<void> => reloadFromDisk(draft);

export type FoundDraft = Answer<'pipelines.drafts'>[number];

/** Brings back what a window left, or shows what another has open. */
export function restoreDraft({ file, draft, path, saved, savedHash, windows }: FoundDraft): void {
  openDocument(file, { path, draft, saved, baseHash: savedHash, windows: windows + 1 });
  showScreen({ name: 'pipeline' });
}

/** Gives up what a window left; the message has the way back. */
export async function discardDraft({ draft, path, title }: FoundDraft): Promise<void> {
  const name = path ?? (title || t('common.untitled'));
  try {
    const { discarded } = await host()['pipelines.discard']({ draft, window: windowId });
    if (!discarded) return;
    const takeBack = (): void =>
      void host()
        ['pipelines.takeBack']({ draft })
        .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
    toast({
      tone: 'plain',
      title: t('start.discarded', { title: name }),
      action: { title: t('actions.undo'), run: takeBack },
    });
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

export async function save(draft = useDocuments.getState().active): Promise<boolean> {
  const document = documentOf(draft);
  if (document === undefined) return false;
  if (document.path === null) {
    useOverlay.setState({ open: { name: 'save-as', draft: document.draft } });
    return false;
  }
  return saveTo(document.draft, document.path, false);
}

/** Writes the file. When it changed on disk since it was opened, or is gone, the person decides. */
export async function saveTo(draft: string, path: string, overwrite: boolean): Promise<boolean> {
  const document = documentOf(draft);
  if (document === undefined) return false;
  const { file } = document;
  beginSave(draft, file);
  try {
    const samePlace = document.path === path;
    const { hash } = await host()['pipelines.save']({
      path,
      file,
      draft,
      baseHash: samePlace ? document.baseHash : null,
      overwrite,
    });
    patchDocument(draft, { path, baseHash: hash, saved: file, savedMs: Date.now(), trusted: true });
    endSave(draft);
    toast({ tone: 'ok', title: t('app.toast.saved', { path }) });
    return true;
  } catch (thrown) {
    const problem = toProblem(thrown);
    failSave(draft, document.file, problem);
    if (problem.code === 'pipeline.changed-on-disk') useOverlay.setState({ open: { name: 'conflict', draft } });
    else if (problem.code === 'pipeline.removed-on-disk') useOverlay.setState({ open: { name: 'file-gone', draft } });
    else toastProblem(problem);
    return false;
  }
}

/** Puts what is on disk in the place of what is open; the old state is one undo away. */
export async function reloadFromDisk(draft: string): Promise<void> {
  const document = documentOf(draft);
  if (document?.path === undefined || document.path === null) return;
  try {
    const opened = await host()['pipelines.open']({ path: document.path });
    const { file, hash } = opened.onDisk;
    edit({ label: t('app.conflict.reload'), edit: (now) => replaceAll(now, file) }, draft);
    patchDocument(draft, { baseHash: hash, trusted: opened.trusted, saved: file });
    await host()['pipelines.based']({ draft, hash, trusted: opened.trusted, file });
    closeOverlay();
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

function replaceAll(file: PipelineFile, next: PipelineFile): void {
  for (const key of Object.keys(file)) if (!Object.hasOwn(next, key)) Reflect.deleteProperty(file, key);
  Object.assign(file, next);
}

/**
 * A pipeline in front with unsaved work, whose file another program wrote meanwhile: said once for each of its states, with the way to take it.
 * Without unsaved work it follows its file by itself.
 */
export async function lookOnDisk(): Promise<void> {
  const document = activeDocument();
  if (document === undefined || document.path === null || document.baseHash === null) return;
  const { draft, path, baseHash } = document;
  const opened = await host()['pipelines.open']({ path });
  // It may have been saved here while we asked.
  const now = documentOf(draft);
  if (now?.baseHash !== baseHash || opened.onDisk.hash === baseHash || reportedHash === opened.onDisk.hash) return;
  if (!isDirty(now)) return;
  reportedHash = opened.onDisk.hash;
  toast({
    tone: 'warn',
    title: t('app.toast.changedOnDisk', { path }),
    detail: t('app.toast.changedBoth'),
    action: { title: t('app.conflict.reload'), run: () => void reloadFromDisk(draft) },
  });
}
let reportedHash: string | undefined;

/** Looks whenever the window is turned to again: that is after a `git pull`, or after work in another window. */
export function watchDisk(): () => void {
  const look = (): void => void lookOnDisk().catch(() => undefined);
  window.addEventListener('focus', look);
  return () => window.removeEventListener('focus', look);
}

export async function trust(draft: string): Promise<void> {
  const path = documentOf(draft)?.path;
  if (path === undefined || path === null) return;
  try {
    await host()['pipelines.trust']({ path });
    patchDocument(draft, { trusted: true });
    toast({ tone: 'ok', title: t('app.toast.trusted') });
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

/** Closes a tab; with unsaved changes that no other window has it asks first, and says so. `next` are closed after it. */
export function requestClose(draft: string, next: readonly string[] = []): boolean {
  const document = documentOf(draft);
  if (document === undefined) return false;
  const isElsewhere = document.windows > 1 && isStored(draft);
  if (isDirty(document) && !isElsewhere && Object.keys(document.file.nodes).length > 0) {
    useOverlay.setState({ open: { name: 'close', draft, next } });
    return true;
  }
  void closeNow(draft);
  return false;
}

/** Closes without asking, and gives up what is unsaved: the person said so, or there is nothing to lose. What another window shows stays. */
export async function closeNow(draft: string): Promise<void> {
  closeDocument(draft);
  forgetRun(draft);
  if (useDocuments.getState().order.length === 0) showScreen({ name: 'start' });
  // Without a host there is nothing to tell: the next one offers it as left.
  await host()
    ['pipelines.discard']({ draft, window: windowId })
    .catch(() => undefined);
}
