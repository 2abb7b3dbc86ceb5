/** The view that the canvas chose by itself: it may choose anew when the window changes, until a person moves it. */
import type { View } from '../drawing/first-view.ts';

export interface OwnView {
  /** The beginning of the pipeline, or all of it. */
  shows: 'first' | 'whole';
  view: View;
}
let own: OwnView | null = null;
let arrivesMs = 0;
export const ownView = (): OwnView | null => own;
/** @param ms how long the canvas is on its way there */
export const setOwnView = (chosen: OwnView | null, ms = 0): void => {
  own = chosen;
  arrivesMs = performance.now() + ms;
};
/** Whether the view is where the canvas put it, or on its way there. */
export const isOwnView = (now: View): boolean =>
  own !== null &&
  (performance.now() < arrivesMs ||
    (Math.abs(own.view.x - now.x) < 1 &&
      Math.abs(own.view.y - now.y) < 1 &&
      Math.abs(own.view.zoom - now.zoom) < 0.001));
