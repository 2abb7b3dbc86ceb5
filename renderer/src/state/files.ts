/** Opening and saving pipelines. Nothing open is ever replaced by opening another; nothing unsaved is lost. */
import { toProblem } from '../../../shared/errors.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { pipelineFile } from '../../../shared/pipeline/file.ts';
import { host } from '../rpc/host.ts';
import { t } from '../text/t.ts';
import {
  activeDocument,
  closeDocument,
  documentOf,
  edit,
  isDirty,
  lastStepId,
  openDocument,
  patchDocument,
  useDocuments,
  type OpenDocument,
} from './documents.ts';
import { closeOverlay, useOverlay } from './overlay.ts';
import { adoptRunning, forgetRun, forgetRunsBeforeSaving, runsBeforeSaving } from './followed-run.ts';
import { beginSave, endSave, failSave } from './save-state.ts';
import { toast, toastProblem } from './toasts.ts';
import { showScreen } from './view.ts';

export const emptyPipeline = (title = ''): PipelineFile => pipelineFile.parse({ flowyard: 1, title });

/** What the tab and the window's title say. */
export const documentTitle = (document: Pick<OpenDocument, 'path' | 'file'>): string =>
  document.path?.split('/').at(-1) ?? (document.file.title || t('common.untitled'));

export function blankPipeline(): void {
  openDocument(emptyPipeline(), { path: null, unsaved: false });
  showScreen({ name: 'pipeline' });
}

/** Opens a file of the workspace, or an example (`example:penguins`), which opens as a copy without a file. */
export async function openPath(path: string): Promise<string | undefined> {
  try {
    const opened = await host()['pipelines.open']({ path });
    const draft = openDocument(opened.file, {
      path: opened.path,
      baseHash: opened.path === null ? null : opened.hash,
      trusted: opened.trusted,
    });
    showScreen({ name: 'pipeline' });
    if (opened.journal !== null && opened.path !== null)
      useOverlay.setState({ open: { name: 'recover', draft, timeMs: opened.journal.time_ms } });
    if (opened.journal !== null) journals.set(draft, opened.journal.file);
    void adoptRunning(draft).catch(() => undefined);
    return draft;
  } catch (thrown) {
    toastProblem(toProblem(thrown));
    return undefined;
  }
}

/** Unsaved work that was found beside an opened file, until the person chooses. */
const journals = new Map<string, PipelineFile>();

export function restoreJournal(draft: string): void {
  const file = journals.get(draft);
  if (file !== undefined) patchDocument(draft, { file, past: [], future: [], savedStep: -1 });
  journals.delete(draft);
  closeOverlay();
}
export async function discardJournal(draft: string): Promise<void> {
  journals.delete(draft);
  closeOverlay();
  const document = documentOf(draft);
  await host()['pipelines.journal']({ path: document?.path ?? null, draft, file: null, savedHash: null });
}

/** Brings back a draft that a crash left. */
export function restoreDraft(found: { draft: string; path: string | null; file: PipelineFile }): void {
  openDocument(found.file, { path: found.path, draft: found.draft, unsaved: true });
  showScreen({ name: 'pipeline' });
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

/** Writes the file. When it changed on disk since it was opened, the person decides. */
export async function saveTo(draft: string, path: string, overwrite: boolean): Promise<boolean> {
  const document = documentOf(draft);
  if (document === undefined) return false;
  const step = lastStepId(document);
  beginSave(draft, document.file);
  try {
    const samePlace = document.path === path;
    const { hash } = await host()['pipelines.save']({
      path,
      file: document.file,
      baseHash: samePlace ? document.baseHash : null,
      overwrite,
      runs: [...runsBeforeSaving(draft)],
    });
    forgetRunsBeforeSaving(draft);
    patchDocument(draft, { path, baseHash: hash, savedStep: step, savedMs: Date.now(), trusted: true });
    endSave(draft);
    await forgetJournal(draft, path);
    toast({ tone: 'ok', title: t('app.toast.saved', { path }) });
    return true;
  } catch (thrown) {
    const problem = toProblem(thrown);
    failSave(draft, document.file, problem);
    if (problem.code === 'pipeline.changed-on-disk') useOverlay.setState({ open: { name: 'conflict', draft } });
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
    edit({ label: t('app.conflict.reload'), edit: (file) => replaceAll(file, opened.file) }, draft);
    const now = documentOf(draft);
    if (now === undefined) return;
    patchDocument(draft, { baseHash: opened.hash, trusted: opened.trusted, savedStep: lastStepId(now) });
    await forgetJournal(draft, document.path);
    closeOverlay();
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

function replaceAll(file: PipelineFile, next: PipelineFile): void {
  for (const key of Object.keys(file)) if (!Object.hasOwn(next, key)) Reflect.deleteProperty(file, key);
  Object.assign(file, next);
}

/** A pipeline in front that somebody else saved meanwhile: said once for each of its states, with the way to take it. */
export async function lookOnDisk(): Promise<void> {
  const document = activeDocument();
  if (document === undefined || document.path === null || document.baseHash === null) return;
  const { draft, path, baseHash } = document;
  const opened = await host()['pipelines.open']({ path });
  // It may have been saved here while we asked.
  if (documentOf(draft)?.baseHash !== baseHash || opened.hash === baseHash || toldHash === opened.hash) return;
  toldHash = opened.hash;
  toast({
    tone: 'warn',
    title: t('app.toast.changedOnDisk', { path }),
    detail: t(isDirty(document) ? 'app.toast.changedBoth' : 'app.toast.changedThere'),
    action: { title: t('app.conflict.reload'), run: () => void reloadFromDisk(draft) },
  });
}
let toldHash: string | undefined;

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

/** Closes a tab; with unsaved changes it asks first, and says so. `next` are closed after it. */
export function requestClose(draft: string, next: readonly string[] = []): boolean {
  const document = documentOf(draft);
  if (document === undefined) return false;
  if (isDirty(document) && Object.keys(document.file.nodes).length > 0) {
    useOverlay.setState({ open: { name: 'close', draft, next } });
    return true;
  }
  void closeNow(draft);
  return false;
}

/** Closes without asking, and forgets the journal: the person said so, or there is nothing to lose. */
export async function closeNow(draft: string): Promise<void> {
  const document = documentOf(draft);
  closeDocument(draft);
  forgetRun(draft);
  if (useDocuments.getState().order.length === 0) showScreen({ name: 'start' });
  if (document !== undefined) await forgetJournal(draft, document.path).catch(() => undefined);
}

const forgetJournal = (draft: string, path: string | null): Promise<unknown> =>
  host()['pipelines.journal']({ path, draft, file: null, savedHash: null });
