/** What can be done with tabs beside opening and closing one. */
import { t } from '../../text/t.ts';
import { documentOf, openDocument, useDocuments } from '../documents/documents.ts';
import { requestClose } from './files.ts';
import { showScreen } from '../window/view.ts';

/** A copy in a tab of its own, saved nowhere yet. */
export function duplicate(draft: string): void {
  const document = documentOf(draft);
  if (document === undefined) return;
  const title = t('app.tab.copyOf', { title: document.file.title || t('common.untitled') });
  openDocument({ ...structuredClone(document.file), title }, { path: null, unsaved: true });
  showScreen({ name: 'pipeline' });
}

/** One after the other, since each with unsaved work asks; who cancels keeps the rest. */
export function closeAll(drafts: readonly string[]): void {
  for (const [i, draft] of drafts.entries()) if (requestClose(draft, drafts.slice(i + 1))) return;
}

export const closeOthers = (draft: string): void =>
  closeAll(useDocuments.getState().order.filter((other) => other !== draft));
