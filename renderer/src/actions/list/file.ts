import { FileInput, FilePlus, FolderOpen, Save, SaveAll, X } from 'lucide-react';
import { toProblem } from '../../../../shared/errors.ts';
import { t } from '../../text/t.ts';
import type { Action } from '../action.ts';
import { activeDocument, useDocuments } from '../../state/documents/documents.ts';
import { blankPipeline, requestClose, save } from '../../state/files/files.ts';
import { useOverlay } from '../../state/window/overlay.ts';
import { toastProblem } from '../../state/window/toasts.ts';
import { showScreen } from '../../state/window/view.ts';

const open = (): boolean => activeDocument() !== undefined;

export const fileActions: readonly Action[] = [
  {
    id: 'file.save',
    group: 'file',
    title: () => t('actions.save'),
    icon: Save,
    keys: ['Mod+S'],
    when: open,
    run: () => void save(),
  },
  {
    id: 'file.save-as',
    group: 'file',
    title: () => t('actions.saveAs'),
    icon: SaveAll,
    keys: ['Mod+Shift+S'],
    when: open,
    run: () => useOverlay.setState({ open: { name: 'save-as', draft: activeDocument()?.draft ?? '' } }),
  },
  {
    id: 'file.new',
    group: 'file',
    title: () => t('actions.newPipeline'),
    icon: FilePlus,
    keys: ['Mod+Alt+N'],
    run: blankPipeline,
  },
  {
    id: 'file.open-csv',
    group: 'file',
    title: () => t('actions.openCsv'),
    icon: FileInput,
    keys: ['Mod+O'],
    run: () => useOverlay.setState({ open: { name: 'open-data' } }),
  },
  {
    id: 'file.open',
    group: 'file',
    title: () => t('actions.openPipeline'),
    icon: FolderOpen,
    keys: ['Mod+Shift+O'],
    run: () => {
      const shell = window.flowyardShell;
      if (shell === undefined) useOverlay.setState({ open: { name: 'open-pipeline' } });
      else void shell.pickPipeline().catch((thrown: unknown) => toastProblem(toProblem(thrown)));
    },
  },
  {
    id: 'file.close',
    group: 'file',
    title: () => t('actions.closeTab'),
    icon: X,
    keys: ['Alt+W'],
    when: open,
    run: () => requestClose(activeDocument()?.draft ?? ''),
  },
  {
    id: 'file.next-tab',
    group: 'file',
    title: () => t('actions.nextTab'),
    keys: ['Alt+PageDown'],
    when: () => useDocuments.getState().order.length > 1,
    run: () => {
      useDocuments.setState((s) => ({
        active: s.order[(s.order.indexOf(s.active ?? '') + 1) % s.order.length] ?? null,
      }));
      showScreen({ name: 'pipeline' });
    },
  },
];
