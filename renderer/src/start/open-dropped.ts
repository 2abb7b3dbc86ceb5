import { toProblem } from '../../../shared/errors.ts';
import { openPath } from '../state/files.ts';
import { openDocument } from '../state/documents.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { useOverlay } from '../state/overlay.ts';
import { toast, toastProblem } from '../state/toasts.ts';
import { uploadFile } from '../state/upload.ts';
import { showScreen } from '../state/view.ts';
import { t } from '../text/t.ts';

export const isPipelineName = (name: string): boolean => /\.(pipeline\.json|flowyard)$/i.test(name);

/** A file from the desktop: a pipeline opens, inert; data goes into the workspace and asks what to predict. */
export async function openDroppedFile(file: File, onProgress?: (fraction: number) => void): Promise<void> {
  try {
    if (isPipelineName(file.name)) {
      openDocument(parsePipeline(await file.text(), file.name), { path: null, trusted: false, unsaved: true });
      showScreen({ name: 'pipeline' });
      return;
    }
    const path = await uploadFile(file, onProgress);
    toast({ tone: 'plain', title: t('app.toast.uploaded', { path }) });
    useOverlay.setState({ open: { name: 'target', path } });
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}

export async function openWorkspaceFile(path: string): Promise<void> {
  if (isPipelineName(path)) await openPath(path);
  else useOverlay.setState({ open: { name: 'target', path } });
}
