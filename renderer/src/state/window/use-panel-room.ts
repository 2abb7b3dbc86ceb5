/** The panels of the pipeline's screen in this window, with what is selected and what a person chose. */
import { useSyncExternalStore } from 'react';
import { usePreviewTarget } from './preview-target.ts';
import { selection, useKept, useSelection, useView, type DrawerTab } from './view.ts';
import { panelRoom, type PanelRoom } from './panel-room.ts';

/** What shows one output: without a selection there is none. The others notify of the whole pipeline. */
const ofOneOutput: readonly DrawerTab[] = ['preview', 'profile', 'charts', 'changes', 'schema', 'code'];
export const isOfOneOutput = (tab: DrawerTab): boolean => ofOneOutput.includes(tab);

const onResize = (notify: () => void): (() => void) => {
  window.addEventListener('resize', notify);
  return () => window.removeEventListener('resize', notify);
};

export function usePanelRoom(): PanelRoom {
  const width = useSyncExternalStore(onResize, () => window.innerWidth);
  const height = useSyncExternalStore(onResize, () => window.innerHeight);
  const selected = useSelection((s) => s.nodes.length + s.wires.length > 0);
  const palette = useKept((s) => s.paletteOpen);
  const inspector = useKept((s) => s.inspectorOpen);
  const drawerPx = useKept((s) => s.drawerHeight);
  const tab = useView((s) => s.drawerTab);
  const hasTarget = usePreviewTarget() !== null;
  return panelRoom({ width, height, selected, palette, inspector, drawerPx, filled: hasTarget || !isOfOneOutput(tab) });
}

/** The same for a command that turns a panel over. */
export const panelsNow = (): PanelRoom => {
  const { paletteOpen, inspectorOpen, drawerHeight } = useKept.getState();
  const { nodes, wires } = selection();
  return panelRoom({
    width: window.innerWidth,
    height: window.innerHeight,
    selected: nodes.length + wires.length > 0,
    palette: paletteOpen,
    inspector: inspectorOpen,
    drawerPx: drawerHeight,
    filled: true,
  });
};
