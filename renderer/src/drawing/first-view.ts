/** Where a pipeline is first seen: all of it where its cards can be read then, else its beginning in letters that can. */
import { largest, smallest } from '../../../shared/append.ts';
import { cardWidth, readingFrame } from '../../../shared/pipeline/arrange.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import type { Rect } from './minimap-place.ts';

export interface View {
  x: number;
  y: number;
  zoom: number;
}
const sidePx = 16;
const topPx = 10;
const bottomPx = 10;
/** The letters of a card are 11 px or more: smaller they cannot be read. */
export const readableZoom = 1;
const mostZoom = 1.6;

export const roomOf = ([width, height]: Point): Point => [width - 2 * sidePx, height - topPx - bottomPx];

/** A large window has larger letters, not more of nothing. */
export const largestZoom = (frame: Point): number => {
  const [width, height] = roomOf(frame);
  return Math.max(readableZoom, Math.min(mostZoom, width / readingFrame[0], height / readingFrame[1]));
};

export function firstView(cards: readonly Rect[], frame: Point): View {
  if (cards.length === 0 || frame[0] <= 0) return { x: frame[0] / 2 - cardWidth / 2, y: frame[1] / 2 - 60, zoom: 1 };
  return viewOf(cards, frame, readableZoom);
}

/** All of the cards, however small. */
export const wholeView = (cards: readonly Rect[], frame: Point, leastZoom: number): View =>
  viewOf(cards, frame, leastZoom);

function viewOf(cards: readonly Rect[], frame: Point, leastZoom: number): View {
  const left = smallest(cards.map(({ x }) => x));
  const top = smallest(cards.map(({ y }) => y));
  const width = largest(cards.map((card) => card.x + card.width)) - left;
  const height = largest(cards.map((card) => card.y + card.height)) - top;
  const room = roomOf(frame);
  const zoom = Math.max(leastZoom, Math.min(largestZoom(frame), room[0] / width, room[1] / height));
  // What does not fit begins where the pipeline begins: at the card furthest left.
  const begin = cards.reduce((a, b) => (b.x < a.x || (b.x === a.x && b.y < a.y) ? b : a));
  const along = (from: number, size: number, space: number, margin: number, first: number): number =>
    size * zoom <= space
      ? margin + (space - size * zoom) / 2 - from * zoom
      : margin - Math.min(from + size - space / zoom, first) * zoom;
  const beginTop = (begin.y + begin.height - top) * zoom <= room[1] ? top : begin.y;
  return {
    x: along(left, width, room[0], sidePx, left),
    y: along(top, height, room[1], topPx, beginTop),
    zoom,
  };
}
