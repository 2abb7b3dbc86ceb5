import { toProblem } from '../../../shared/errors.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { bringDropped, type Dropped } from '../state/dropped.ts';
import { openDocument } from '../state/documents.ts';
import { openPath } from '../state/files.ts';
import { useOverlay } from '../state/overlay.ts';
import { toast, toastProblem } from '../state/toasts.ts';
import { showScreen } from '../state/view.ts';
import { t } from '../text/t.ts';

export const isPipelineName = (name: string): boolean => /\.(pipeline\.json|flowyard)$/i.test(name);

/** From the desktop: a pipeline opens, inert; data goes into the workspace and asks what to predict; a folder gets its reader. */
export async function openDropped(dropped: Dropped): Promise<void> {
  try {
    if (dropped.kind === 'folder') return await openFolder(dropped);
    if (isPipelineName(dropped.file.name)) {
      const file = parsePipeline(await dropped.file.text(), dropped.file.name);
      openDocument(file, { path: null, trusted: false, unsaved: true });
      showScreen({ name: 'pipeline' });
      return;
    }
    const path = await bringDropped(dropped);
    if (path === undefined) return;
    toast({ tone: 'plain', title: t('app.toast.uploaded', { path }) });
    useOverlay.setState({ open: { name: 'target', path } });
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

async function openFolder(dropped: Extract<Dropped, { kind: 'folder' }>): Promise<void> {
  const [{ readerForFolder }, { openReader }] = await Promise.all([
    import('../palette/reader-for.ts'),
    import('./open-reader.ts'),
  ]);
  const reader = readerForFolder(dropped.files.map(({ file }) => file.name));
  if (reader === undefined) return toast({ tone: 'bad', ...sayUnread(dropped) });
  const path = await bringDropped(dropped);
  if (path !== undefined) openReader(reader, path, {});
}

/** Why nothing came of a drop, and what to do. */
export function sayUnread(dropped: Dropped): { title: string; detail: string } {
  return dropped.kind === 'folder'
    ? { title: t('start.unreadFolder', { name: dropped.name }), detail: t('start.unreadFolderMend') }
    : { title: t('start.unreadFile', { name: dropped.file.name }), detail: t('start.unreadFileMend') };
}

export async function openWorkspaceFile(path: string): Promise<void> {
  if (isPipelineName(path)) await openPath(path);
  else useOverlay.setState({ open: { name: 'target', path } });
}
