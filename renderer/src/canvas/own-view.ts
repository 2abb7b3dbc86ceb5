/** The view that the canvas chose by itself: it may choose anew when the window changes, until a person moves it. */
import type { View } from './first-view.ts';

export interface OwnView {
  /** The beginning of the pipeline, or all of it. */
  shows: 'first' | 'whole';
  view: View;
}
let own: OwnView | null = null;
export const ownView = (): OwnView | null => own;
export const setOwnView = (chosen: OwnView | null): void => {
  own = chosen;
};
/** Whether the view is where the canvas put it. */
export const isOwnView = (now: View): boolean =>
  own !== null &&
  Math.abs(own.view.x - now.x) < 1 &&
  Math.abs(own.view.y - now.y) < 1 &&
  Math.abs(own.view.zoom - now.zoom) < 0.001;
