/** The curve of a wire, for drawing and for finding the wire under a point. */
import type { Point } from '../edits/graph.ts';

/** How far the handles of the curve reach: half the way, at least 24 px, more when a wire runs backwards. */
export function wireReach(from: Point, to: Point): number {
  const dx = to[0] - from[0];
  return dx >= 0 ? Math.max(24, dx / 2) : Math.max(24, Math.min(220, -dx / 2 + Math.abs(to[1] - from[1]) / 4));
}
/** `sag`: how far its handles hang down, in px; its middle hangs three quarters of that. */
export function wirePath(from: Point, to: Point, sag = 0): string {
  const reach = wireReach(from, to);
  return `M${from[0]} ${from[1]}C${from[0] + reach} ${from[1] + sag} ${to[0] - reach} ${to[1] + sag} ${to[0]} ${to[1]}`;
}
/** A wire that would run behind a card hangs below it: behind it, it would seem to begin at the card. */
export const sagPx = 130;
export function runsBehind(
  from: Point,
  to: Point,
  boxes: Iterable<{ x: number; y: number; width: number; height: number }>,
): boolean {
  // Neighbours have nothing between them, and a steep wire is seen to come and go.
  if (to[0] - from[0] < 230 || Math.abs(to[1] - from[1]) > 70) return false;
  const middle = (from[1] + to[1]) / 2;
  for (const box of boxes)
    if (box.x > from[0] + 10 && box.x + box.width < to[0] - 10 && box.y < middle && box.y + box.height > middle)
      return true;
  return false;
}
export function wirePoint(from: Point, to: Point, share: number, sag = 0): Point {
  const reach = wireReach(from, to);
  const rest = 1 - share;
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
  return [
    a * from[0] + b * (from[0] + reach) + c * (to[0] - reach) + d * to[0],
    a * from[1] + b * (from[1] + sag) + c * (to[1] + sag) + d * to[1],
  ];
}
/** The distance from a point to the curve, to within a few pixels. */
export function distanceToWire(point: Point, from: Point, to: Point): number {
  let least = Infinity;
  let [px, py] = from;
  for (let i = 1; i <= 24; i++) {
    const [x, y] = wirePoint(from, to, i / 24);
    least = Math.min(least, distanceToSegment(point, [px, py], [x, y]));
    [px, py] = [x, y];
  }
  return least;
}
function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
}
