import { toProblem } from '../../../shared/errors.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { bringDropped, type Dropped } from '../state/files/dropped.ts';
import { openDocument } from '../state/documents/documents.ts';
import { openPath } from '../state/files/files.ts';
import { useOverlay } from '../state/window/overlay.ts';
import { toast, toastProblem } from '../state/window/toasts.ts';
import { showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';

export const isPipelineName = (name: string): boolean => /\.(pipeline\.json|flowyard)$/i.test(name);

/** From the desktop: a pipeline opens, inert; data goes into the workspace and asks what to predict; a folder gets its reader. */
export async function openDropped(dropped: Dropped): Promise<void> {
  try {
    if (dropped.kind === 'folder' || /\.zip$/i.test(dropped.file.name)) return await openFolder(dropped);
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

/** A folder, or an archive of one. */
async function openFolder(dropped: Dropped): Promise<void> {
  const [{ readerForDropped }, { openReader }] = await Promise.all([
    import('./reader-for-dropped.ts'),
    import('./open-reader.ts'),
  ]);
  const reader = await readerForDropped(dropped);
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
