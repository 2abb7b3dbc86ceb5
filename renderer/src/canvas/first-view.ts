/** Where a pipeline is first seen: all of it when its cards can still be read, else its beginning. */
import type { Point } from '../edits/graph.ts';
import { largest, smallest } from '../../../shared/append.ts';

const card: Point = [216, 110];
const marginPx = 40;
/** Below it the line on a card is too small to read. */
const readableZoom = 0.62;

export function firstView(places: readonly Point[], frame: Point): { x: number; y: number; zoom: number } {
  if (places.length === 0 || frame[0] === 0) return { x: frame[0] / 2 - 108, y: frame[1] / 2 - 60, zoom: 1 };
  const left = smallest(places.map(([x]) => x));
  const top = smallest(places.map(([, y]) => y));
  const width = largest(places.map(([x]) => x)) + card[0] - left;
  const height = largest(places.map(([, y]) => y)) + card[1] - top;
  // The tools and the overview lie along the lower edge.
  const room: Point = [frame[0] - 2 * marginPx, frame[1] - 2 * marginPx - 60];
  const fitting = Math.min(1, room[0] / width, room[1] / height);
  const zoom = Math.max(readableZoom, fitting);
  const center = (from: number, size: number, space: number): number =>
    (size * zoom <= space ? (space - size * zoom) / 2 : 0) + marginPx - from * zoom;
  return { x: center(left, width, room[0]), y: center(top, height, room[1]), zoom };
}
