/** Where the overview lies: on as little of the cards as can be, and only while something is out of sight. */
import { smallest } from '../../../shared/append.ts';
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}
export const corners = ['bottom-right', 'top-right', 'top-left'] as const;
export type Corner = (typeof corners)[number];

export const minimapSize = { width: 168, height: 92 };
const marginPx = 12;
/** A card's edge counts as covered before it is: shadows and ports want air. */
const airPx = 8;

/**
 * @param cards their places on the screen, relative to the canvas
 * @param now where the overview is: it stays there as long as it covers no more than it must
 * @returns null when all cards are in sight
 */
export function minimapCorner(
  cards: readonly Rect[],
  frame: Pick<Rect, 'width' | 'height'>,
  now: Corner | null,
): Corner | null {
  if (cards.every((card) => isWithin(card, frame))) return null;
  const order = now === null ? corners : [now, ...corners.filter((corner) => corner !== now)];
  const covered = order.map((corner) => {
    const place = rectOf(corner, frame);
    return cards.reduce((sum, card) => sum + overlap(card, place), 0);
  });
  return order[covered.indexOf(smallest(covered))] ?? 'bottom-right';
}

const isWithin = (card: Rect, frame: Pick<Rect, 'width' | 'height'>): boolean =>
  card.x >= 0 && card.y >= 0 && card.x + card.width <= frame.width && card.y + card.height <= frame.height;

function rectOf(corner: Corner, frame: Pick<Rect, 'width' | 'height'>): Rect {
  const { width, height } = minimapSize;
  return {
    x: (corner.endsWith('left') ? marginPx : frame.width - marginPx - width) - airPx,
    y: (corner.startsWith('top') ? marginPx : frame.height - marginPx - height) - airPx,
    width: width + 2 * airPx,
    height: height + 2 * airPx,
  };
}

function overlap(a: Rect, b: Rect): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > 0 && down > 0 ? across * down : 0;
}
