/** Which panels a window has room for, where nobody has said which they want: the canvas comes first. */
import { readingFrame } from '../../../../shared/pipeline/arrange.ts';
import type { Point } from '../../../../shared/pipeline/edits/graph.ts';

export const barsPx = { top: 44, rail: 44, status: 24 };
export const panelPx = { palette: 224, inspector: 304, drawer: 272, drawerLow: 66, tools: 30 };
/** What a line of cards takes, with air at both ends. */
const linePx = readingFrame[0];

export interface PanelSight {
  width: number;
  height: number;
  /** Something is selected: it has settings and results. */
  selected: boolean;
  /** What a person chose, by hand. */
  palette: boolean | null;
  inspector: boolean | null;
  /** The height that a person gave the drawer. */
  drawerPx: number | null;
  /** The drawer has something to show. */
  filled: boolean;
}
export interface PanelRoom {
  palette: boolean;
  inspector: boolean;
  drawerPx: number;
}
/** What the open panels leave to the canvas. */
export const canvasPx = ({ width, height }: Pick<PanelSight, 'width' | 'height'>, room: PanelRoom): Point => [
  width - barsPx.rail - (room.palette ? panelPx.palette : 0) - (room.inspector ? panelPx.inspector : 0),
  height - barsPx.top - barsPx.status - room.drawerPx - panelPx.tools,
];

export function panelRoom({ width, height, selected, palette, inspector, drawerPx, filled }: PanelSight): PanelRoom {
  const room = width - barsPx.rail;
  const hasPalette = palette ?? room - panelPx.palette >= linePx;
  const left = room - (hasPalette ? panelPx.palette : 0);
  const most = Math.round((height - barsPx.top - barsPx.status) * 0.4);
  return {
    palette: hasPalette,
    inspector: inspector ?? (selected || left - panelPx.inspector >= linePx),
    drawerPx: filled ? (drawerPx ?? Math.min(panelPx.drawer, most)) : panelPx.drawerLow,
  };
}
