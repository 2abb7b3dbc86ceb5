import { activeDocument } from '../state/documents.ts';
import { performFix } from '../state/commands.ts';
import type { PreviewTarget } from '../state/preview-target.ts';
import { revealNode } from '../state/view.ts';
import { t } from '../text/t.ts';

/** The filter of the view becomes a step of the pipeline, right after what it filters, and is looked at. */
export function makeFilterNode(target: PreviewTarget, expression: string): void {
  const before = new Set(Object.keys(activeDocument()?.file.nodes ?? {}));
  performFix({
    do: 'insert',
    title: t('preview.filterNode'),
    kind: 'clean.filter',
    params: { expression },
    node: target.node,
    side: 'after',
    port: target.port,
  });
  const made = Object.keys(activeDocument()?.file.nodes ?? {}).find((id) => !before.has(id));
  if (made !== undefined) revealNode(made);
}
