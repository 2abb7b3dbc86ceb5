import {
  Cpu,
  Keyboard,
  Maximize,
  Monitor,
  Moon,
  PanelBottom,
  PanelLeft,
  PanelRight,
  Search,
  Sun,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { focusNextPanel } from '../../state/window/panels.ts';
import { panelsNow } from '../../state/window/use-panel-room.ts';
import { canvasApi } from '../../drawing/canvas-store.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { useOverlay } from '../../state/window/overlay.ts';
import { selection, useKept, useView } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import type { Action } from '../action.ts';

const onCanvas = (): boolean => canvasApi() !== null;

export const viewActions: readonly Action[] = [
  {
    id: 'view.commands',
    group: 'view',
    title: () => t('actions.commandSearch'),
    icon: Search,
    keys: ['Mod+K'],
    hidden: true,
    run: () => useOverlay.setState({ open: { name: 'command-search' } }),
  },
  {
    id: 'view.fit',
    group: 'view',
    title: () => t('actions.fit'),
    icon: Maximize,
    keys: ['F'],
    scope: 'canvas',
    when: onCanvas,
    run: () => canvasApi()?.fit(),
  },
  {
    id: 'view.zoom-in',
    group: 'view',
    title: () => t('actions.zoomIn'),
    icon: ZoomIn,
    keys: ['+', '='],
    scope: 'canvas',
    when: onCanvas,
    run: () => canvasApi()?.zoomBy(1.25),
  },
  {
    id: 'view.zoom-out',
    group: 'view',
    title: () => t('actions.zoomOut'),
    icon: ZoomOut,
    keys: ['-'],
    scope: 'canvas',
    when: onCanvas,
    run: () => canvasApi()?.zoomBy(0.8),
  },
  {
    id: 'view.zoom-reset',
    group: 'view',
    title: () => t('actions.zoomReset'),
    keys: ['0'],
    scope: 'canvas',
    when: onCanvas,
    run: () => canvasApi()?.zoomTo(1),
  },
  {
    id: 'view.peek',
    group: 'view',
    title: () => t('actions.peek'),
    keys: ['Space'],
    scope: 'canvas',
    when: () => onCanvas() && selection().nodes.length + selection().wires.length > 0,
    run: () => {
      const shown = useKept.getState().drawerOpen && useView.getState().drawerTab === 'preview';
      useView.setState({ drawerTab: 'preview' });
      useKept.setState({ drawerOpen: !shown });
    },
  },
  {
    id: 'view.next-panel',
    group: 'view',
    title: () => t('actions.nextPanel'),
    keys: ['F6'],
    run: () => focusNextPanel(1),
  },
  {
    id: 'view.previous-panel',
    group: 'view',
    title: () => t('actions.previousPanel'),
    keys: ['Shift+F6'],
    run: () => focusNextPanel(-1),
  },
  {
    id: 'view.palette',
    group: 'view',
    title: () => t('actions.togglePalette'),
    icon: PanelLeft,
    keys: ['Mod+B'],
    run: () => useKept.setState({ paletteOpen: !panelsNow().palette }),
  },
  {
    id: 'view.inspector',
    group: 'view',
    title: () => t('actions.toggleInspector'),
    icon: PanelRight,
    keys: ['Mod+I'],
    run: () => useKept.setState({ inspectorOpen: !panelsNow().inspector }),
  },
  {
    id: 'view.drawer',
    group: 'view',
    title: () => t('actions.toggleDrawer'),
    icon: PanelBottom,
    keys: ['Mod+J'],
    when: () => activeDocument() !== undefined,
    run: () => useKept.setState((s) => ({ drawerOpen: !s.drawerOpen })),
  },
  {
    id: 'view.theme-system',
    group: 'view',
    title: () => t('actions.themeSystem'),
    icon: Monitor,
    run: () => useKept.setState({ theme: 'system' }),
  },
  {
    id: 'view.theme-light',
    group: 'view',
    title: () => t('actions.themeLight'),
    icon: Sun,
    run: () => useKept.setState({ theme: 'light' }),
  },
  {
    id: 'view.theme-dark',
    group: 'view',
    title: () => t('actions.themeDark'),
    icon: Moon,
    run: () => useKept.setState({ theme: 'dark' }),
  },
  {
    id: 'view.keys',
    group: 'view',
    title: () => t('actions.keys'),
    icon: Keyboard,
    keys: ['?', 'F1'],
    run: () => useOverlay.setState({ open: { name: 'keys' } }),
  },
  {
    id: 'view.devices',
    group: 'view',
    title: () => t('actions.devices'),
    icon: Cpu,
    run: () => useOverlay.setState({ open: { name: 'devices' } }),
  },
];
