/** What is going on over the canvas: a wire being drawn, the search for a node, a title being typed. */
import { create } from 'zustand';
import type { WireEnd, WireLink } from '../../../shared/pipeline/file.ts';
import type { Wire } from '../../../shared/wires.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';

export interface WireDrag extends WireEnd {
  side: 'output' | 'input';
  wire: Wire;
}
export interface QuickAdd {
  /** Where the search opens, in px of the canvas. */
  screen: Point;
  /** Where the node lands. */
  at: Point;
  /** The end that the new node is to be wired to. */
  from?: WireDrag;
  /** The wire that it is to stand in. */
  into?: WireLink;
}
interface CanvasState {
  drag: WireDrag | null;
  /** The wire whose end is taken elsewhere. */
  moving: string | null;
  quickAdd: QuickAdd | null;
  /** The node whose outputs and inputs are offered in words. */
  connecting: string | null;
  renaming: string | null;
  /** The frame whose title is typed. */
  renamingGroup: string | null;
  /** The menu of the right button, in px of the canvas. */
  menu: { screen: Point; on: 'node' | 'wire' | 'pane' } | null;
  /** The wire that a dragged node would be put into. */
  hotWire: string | null;
  /** What the view shows now, said beside the tools for a moment. */
  said: string | null;
}
export const useCanvas = create<CanvasState>()(() => ({
  drag: null,
  moving: null,
  quickAdd: null,
  connecting: null,
  renaming: null,
  renamingGroup: null,
  menu: null,
  hotWire: null,
  said: null,
}));

/** What menus, keys and other panels may ask of the canvas that is on the screen. */
export interface CanvasApi {
  focus: () => void;
  /** The selection, or else everything; `all`: everything. */
  fit: (all?: boolean) => void;
  zoomBy: (factor: number) => void;
  zoomTo: (zoom: number) => void;
  /** Opens the search for a node: at the pointer, else in the middle. */
  quickAdd: () => void;
  /** The same beside a node, for what its output fits. */
  quickAddAfter: (from: WireDrag) => void;
  /** A free place for a node: beside the selection, else in the middle of what is seen. */
  placeForNew: () => Point;
  middle: () => Point;
  /** What the canvas has for cards at a zoom of 100 %. */
  room: () => Point;
  reveal: (node: string) => void;
  /** Sizes of the cards as drawn, for tidying up. */
  sizes: () => ReadonlyMap<string, Point>;
}
let api: CanvasApi | null = null;
export const canvasApi = (): CanvasApi | null => api;
export const setCanvasApi = (given: CanvasApi | null): void => {
  api = given;
};
