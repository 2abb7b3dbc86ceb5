/** Which tab the drawer shows of the one that a person chose last. */
import type { Wire } from '../../../shared/wires.ts';
import type { DrawerTab } from '../state/window/view.ts';

export interface DrawerSight {
  chosen: DrawerTab;
  /** What the selected output is. */
  wire: Wire | undefined;
  selected: string | undefined;
  /** The selected node learns by steps. */
  learns: boolean;
  /** Which node was selected when Training was chosen: for that one it stays, whoever learns. */
  trainingFor: string | undefined;
}

/**
 * Of a node that does not learn, another one's training is not what it gives: its rows are shown, and the training again with the node that learns. What an
 * evaluation gives is its report: rows are looked for there in vain.
 */
export function tabOf({ chosen, wire, selected, learns, trainingFor }: DrawerSight): DrawerTab {
  const isOthersTraining = chosen === 'training' && selected !== undefined && !learns && trainingFor !== selected;
  const tab = isOthersTraining ? 'preview' : chosen;
  return tab === 'preview' && wire === 'report' ? 'report' : tab;
}
