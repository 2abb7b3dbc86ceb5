import {
  Cable,
  ClipboardPaste,
  Copy,
  CopyPlus,
  Group,
  Network,
  Pencil,
  Plus,
  PowerOff,
  Redo2,
  Scissors,
  Trash2,
  Undo2,
  Ungroup,
} from 'lucide-react';
import {
  copySelection,
  deleteSelection,
  duplicateSelection,
  nudge,
  pasteClipboard,
  searchAfterSelection,
  selectAll,
  tidySelection,
  toggleDisabled,
} from '../../drawing/canvas-commands.ts';
import { canvasApi, useCanvas } from '../../drawing/canvas-store.ts';
import { nodeStateWord } from '../../drawing/state-word.ts';
import { walk, type Way } from '../../drawing/walk.ts';
import { gridPx } from '../../../../shared/pipeline/edits/graph.ts';
import { announce } from '../../theme/announce.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { activeDocument, redoStep, undoStep, type Moving } from '../../state/documents/documents.ts';
import { reportClashes } from '../../state/documents/report-clashes.ts';
import { select, selection, useKept, useView } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { groupSelection, ungroupSelection } from '../../drawing/group-commands.ts';
import { groupsAround } from '../../../../shared/pipeline/edits/groups.ts';
import { focusPanel } from '../../state/window/panels.ts';
import type { Action } from '../action.ts';

const onCanvas = (): boolean => activeDocument() !== undefined && useView.getState().screen.name === 'pipeline';
const anyNode = (): boolean => onCanvas() && selection().nodes.length > 0;
const anything = (): boolean => onCanvas() && selection().nodes.length + selection().wires.length > 0;
const oneNode = (): boolean => onCanvas() && selection().nodes.length === 1;

const step = (way: Way): void => {
  const file = activeDocument()?.file;
  if (file === undefined) return;
  const next = walk(file, selection().nodes.at(-1), way);
  if (next === undefined) return announce(t('canvas.announce.nothingThatWay'));
  select({ nodes: [next] });
  canvasApi()?.reveal(next);
  announce(t('canvas.announce.selected', { title: titleOf(file, next), state: nodeStateWord(next) }));
};

const walks: readonly Action[] = (['left', 'right', 'up', 'down'] as const).flatMap((way): Action[] => {
  const name = `${way[0]?.toUpperCase()}${way.slice(1)}`;
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[way] ?? [0, 0];
  const words = {
    left: ['walkLeft', 'moveLeft'],
    right: ['walkRight', 'moveRight'],
    up: ['walkUp', 'moveUp'],
    down: ['walkDown', 'moveDown'],
  } as const;
  return [
    {
      id: `edit.walk-${way}`,
      group: 'edit',
      title: () => t(`actions.${words[way][0]}`),
      keys: [`Arrow${name}`],
      scope: 'canvas',
      when: onCanvas,
      hidden: true,
      run: () => step(way),
    },
    {
      id: `edit.move-${way}`,
      group: 'edit',
      title: () => t(`actions.${words[way][1]}`),
      keys: [`Alt+Arrow${name}`],
      scope: 'canvas',
      when: anyNode,
      hidden: true,
      run: () => nudge((dx ?? 0) * gridPx, (dy ?? 0) * gridPx),
    },
  ];
});

function sayMoved(moved: Moving | undefined, words: 'app.toast.undone' | 'app.toast.redone'): void {
  const document = activeDocument();
  if (moved === undefined || document === undefined) return;
  announce(t(words, { label: moved.step.label }));
  reportClashes(document.draft, moved.clashes, document.file);
}

export const editActions: readonly Action[] = [
  {
    id: 'edit.undo',
    group: 'edit',
    title: () => {
      const label = activeDocument()?.past.at(-1)?.label;
      return label === undefined ? t('actions.undo') : t('actions.undoStep', { label });
    },
    icon: Undo2,
    keys: ['Mod+Z'],
    when: () => (activeDocument()?.past.length ?? 0) > 0,
    run: () => {
      sayMoved(undoStep(), 'app.toast.undone');
    },
  },
  {
    id: 'edit.redo',
    group: 'edit',
    title: () => {
      const label = activeDocument()?.future[0]?.label;
      return label === undefined ? t('actions.redo') : t('actions.redoStep', { label });
    },
    icon: Redo2,
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    when: () => (activeDocument()?.future.length ?? 0) > 0,
    run: () => {
      sayMoved(redoStep(), 'app.toast.redone');
    },
  },
  {
    id: 'edit.copy',
    group: 'edit',
    title: () => t('actions.copy'),
    icon: Copy,
    keys: ['Mod+C'],
    scope: 'canvas',
    when: anyNode,
    run: () => void copySelection(),
  },
  {
    id: 'edit.cut',
    group: 'edit',
    title: () => t('actions.cut'),
    icon: Scissors,
    keys: ['Mod+X'],
    scope: 'canvas',
    when: anyNode,
    run: () => {
      void copySelection();
      deleteSelection(true);
    },
  },
  // Pasting by keys comes as the window's paste event, which needs no permission; the menu asks for it.
  {
    id: 'edit.paste',
    group: 'edit',
    title: () => t('actions.paste'),
    icon: ClipboardPaste,
    when: onCanvas,
    run: () => void pasteClipboard(),
  },
  {
    id: 'edit.duplicate',
    group: 'edit',
    title: () => t('actions.duplicate'),
    icon: CopyPlus,
    keys: ['Mod+D'],
    scope: 'canvas',
    when: anyNode,
    run: duplicateSelection,
  },
  {
    id: 'edit.delete',
    group: 'edit',
    title: () => t('actions.delete'),
    icon: Trash2,
    keys: ['Delete', 'Backspace'],
    scope: 'canvas',
    when: anything,
    run: () => deleteSelection(true),
  },
  {
    id: 'edit.delete-apart',
    group: 'edit',
    title: () => t('actions.deleteApart'),
    keys: ['Alt+Delete', 'Alt+Backspace'],
    scope: 'canvas',
    when: anything,
    run: () => deleteSelection(false),
  },
  {
    id: 'edit.select-all',
    group: 'edit',
    title: () => t('actions.selectAll'),
    keys: ['Mod+A'],
    scope: 'canvas',
    when: onCanvas,
    run: selectAll,
  },
  {
    id: 'edit.deselect',
    group: 'edit',
    title: () => t('actions.deselect'),
    keys: ['Escape'],
    scope: 'canvas',
    when: anything,
    hidden: true,
    run: () => select({}),
  },
  {
    id: 'edit.settings',
    group: 'edit',
    title: () => t('actions.openSettings'),
    keys: ['Enter'],
    scope: 'canvas',
    when: oneNode,
    run: () => {
      useKept.setState({ inspectorOpen: true });
      // Once the panel is there.
      requestAnimationFrame(() => void focusPanel('settings'));
    },
  },
  {
    id: 'edit.rename',
    group: 'edit',
    title: () => t('actions.rename'),
    icon: Pencil,
    keys: ['F2'],
    scope: 'canvas',
    when: oneNode,
    run: () => useCanvas.setState({ renaming: selection().nodes[0] ?? null }),
  },
  {
    id: 'edit.disable',
    group: 'edit',
    title: () => t('actions.disable'),
    icon: PowerOff,
    keys: ['D'],
    scope: 'canvas',
    when: anyNode,
    run: toggleDisabled,
  },
  {
    id: 'edit.group',
    group: 'edit',
    title: () => t('actions.group'),
    icon: Group,
    keys: ['Mod+G'],
    scope: 'canvas',
    when: anyNode,
    run: groupSelection,
  },
  {
    id: 'edit.ungroup',
    group: 'edit',
    title: () => t('actions.ungroup'),
    icon: Ungroup,
    when: () => {
      const file = activeDocument()?.file;
      return anyNode() && file !== undefined && groupsAround(file, selection().nodes).length > 0;
    },
    run: ungroupSelection,
  },
  {
    id: 'add.quick',
    group: 'add',
    title: () => t('actions.quickAdd'),
    icon: Plus,
    keys: ['/'],
    scope: 'canvas',
    when: onCanvas,
    run: () => canvasApi()?.quickAdd(),
  },
  {
    id: 'add.after',
    group: 'add',
    title: () => t('actions.addAfter'),
    keys: ['A'],
    scope: 'canvas',
    when: onCanvas,
    run: searchAfterSelection,
  },
  {
    id: 'add.connect',
    group: 'add',
    title: () => t('actions.connect'),
    icon: Cable,
    keys: ['C'],
    scope: 'canvas',
    when: oneNode,
    run: () => useCanvas.setState({ connecting: selection().nodes[0] ?? null }),
  },
  {
    id: 'edit.tidy',
    group: 'edit',
    title: () => t('actions.tidy'),
    icon: Network,
    keys: ['Shift+T'],
    scope: 'canvas',
    when: onCanvas,
    run: () => tidySelection(),
  },
  ...walks,
];
