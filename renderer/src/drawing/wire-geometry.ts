/** The curve of a wire, and the distance of a point to a wire's way. */
import type { Point } from '../../../shared/pipeline/edits/graph.ts';

/** How far the handles of the curve reach: half the way, at least 24 px, more when a wire runs backwards. */
export function wireReach(from: Point, to: Point): number {
  const dx = to[0] - from[0];
  return dx >= 0 ? Math.max(24, dx / 2) : Math.max(24, Math.min(220, -dx / 2 + Math.abs(to[1] - from[1]) / 4));
}
export function wirePath(from: Point, to: Point): string {
  const reach = wireReach(from, to);
  return `M${from[0]} ${from[1]}C${from[0] + reach} ${from[1]} ${to[0] - reach} ${to[1]} ${to[0]} ${to[1]}`;
}
export function wirePoint(from: Point, to: Point, share: number): Point {
  const reach = wireReach(from, to);
  const rest = 1 - share;
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
  return [
    a * from[0] + b * (from[0] + reach) + c * (to[0] - reach) + d * to[0],
    a * from[1] + b * from[1] + c * to[1] + d * to[1],
  ];
}
/** The distance from a point to a way, to within a few pixels. */
export function distanceToWay(point: Point, way: readonly Point[]): number {
  let least = Infinity;
  for (let i = 1; i < way.length; i++) {
    const [a, b] = [way[i - 1], way[i]];
    if (a !== undefined && b !== undefined) least = Math.min(least, distanceToSegment(point, a, b));
  }
  return least;
}
function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
}
