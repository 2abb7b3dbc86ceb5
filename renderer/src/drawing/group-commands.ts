/** What a person does with frames, each as one step of the history. */
import { addGroup, freeGroupId, groupsAround, type GroupColor } from '../../../shared/pipeline/edits/groups.ts';
import { moveNodes, type Point } from '../../../shared/pipeline/edits/graph.ts';
import { announce } from '../theme/announce.ts';
import { activeDocument, edit } from '../state/documents/documents.ts';
import { selection } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { useCanvas } from './canvas-store.ts';

/** A frame around the selection; its title is asked for at once. */
export function groupSelection(): void {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  if (file === undefined || nodes.length === 0) return;
  const id = freeGroupId(file);
  edit({
    label: t('canvas.steps.group', { count: nodes.length }),
    edit: (draft) => addGroup(draft, id, { title: t('canvas.group.title'), nodes, color: 'blue' }),
  });
  useCanvas.setState({ renamingGroup: id });
  announce(t('canvas.steps.group', { count: nodes.length }));
}

export function renameGroup(id: string, title: string): void {
  const text = title.trim();
  edit({
    label: t('canvas.steps.renameGroup', { title: text }),
    edit: (draft) => {
      const group = draft.groups[id];
      if (group !== undefined && text !== '') group.title = text;
    },
  });
}

export function colorGroup(id: string, color: GroupColor): void {
  edit({
    label: t('canvas.steps.colorGroup'),
    edit: (draft) => {
      const group = draft.groups[id];
      if (group !== undefined) group.color = color;
    },
  });
}

/** Takes frames away; what they held stays. */
export function removeGroups(ids: readonly string[]): void {
  edit({
    label: t('canvas.steps.ungroup'),
    edit: (draft) => {
      for (const id of ids) delete draft.groups[id];
    },
  });
}
export function ungroupSelection(): void {
  const file = activeDocument()?.file;
  if (file !== undefined) removeGroups(groupsAround(file, selection().nodes));
}

/** Moves what a frame holds; the moves of one drag are one step. */
export function moveGroup(id: string, places: Readonly<Record<string, Point>>, [dx, dy]: Point): void {
  edit({
    label: t('canvas.steps.moveGroup'),
    mergeKey: `move group ${id}`,
    edit: (draft) =>
      moveNodes(draft, Object.fromEntries(Object.entries(places).map(([node, [x, y]]) => [node, [x + dx, y + dy]]))),
  });
}
