/** What a person points at in the rows becomes a step of the pipeline, right after what is looked at, and is looked at then. */
import type { Fix } from '../../../shared/errors.ts';
import type { ColumnType } from '../../../shared/kind/column-types.ts';
import { performFix } from '../state/documents/commands.ts';
import { activeDocument } from '../state/documents/documents.ts';
import type { PreviewTarget } from '../state/window/preview-target.ts';
import { revealNode } from '../state/window/view.ts';
import { t } from '../text/t.ts';

type Insert = Extract<Fix, { do: 'insert' }>;

function insertAfter({ node, port }: PreviewTarget, step: Pick<Insert, 'title' | 'kind' | 'params'>): void {
  const before = new Set(Object.keys(activeDocument()?.file.nodes ?? {}));
  performFix({ do: 'insert', ...step, node, side: 'after', port });
  const made = Object.keys(activeDocument()?.file.nodes ?? {}).find((id) => !before.has(id));
  if (made !== undefined) revealNode(made);
}

/** The filter of the view. */
export const makeFilterNode = (target: PreviewTarget, expression: string): void =>
  insertAfter(target, { title: t('preview.filterNode'), kind: 'clean.filter', params: { expression } });

/** Another type for a column. A node that sets types already sets this one too. */
export function makeTypeNode(target: PreviewTarget, column: string, type: ColumnType): void {
  const title = t('preview.typeNode');
  const node = activeDocument()?.file.nodes[target.node];
  if (node?.kind !== 'clean.types')
    return insertAfter(target, { title, kind: 'clean.types', params: { types: { [column]: type } } });
  const { types } = node.params;
  const known = typeof types === 'object' && types !== null && !Array.isArray(types) ? types : {};
  performFix({ do: 'set', title, node: target.node, param: 'types', value: { ...known, [column]: type } });
}
