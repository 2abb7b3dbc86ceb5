/** The way of a wire: a curve, and where that would run behind a card, along the lanes between cards. */
import { largest, smallest } from '../../../shared/append.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import type { Rect } from './minimap-place.ts';
import { wirePoint, wirePath } from './wire-geometry.ts';

/** A wire nearer to a card than this seems to belong to it. */
const airPx = 4;
/** The middle of the lane beside a port. */
const lanePx = 22;
const laneRowPx = 13;
const cornerPx = 8;
/** Of more cards than these only those near the wire are gone around: what is far off can be in nobody's way. */
const mostAround = 60;

export interface WireWay {
  path: string;
  /** Along the wire, close enough to measure a distance to it. */
  points: readonly Point[];
  /** Where its label is read. */
  middle: Point;
}

export function wireWay(from: Point, to: Point, cards: readonly Rect[]): WireWay {
  const curve = Array.from({ length: 25 }, (_, i) => wirePoint(from, to, i / 24));
  const near = cardsNear(curve, from, to, cards);
  if (isClear(curve, near)) return { path: wirePath(from, to), points: curve, middle: wirePoint(from, to, 0.5) };
  const points = bestWay(from, to, cardsAround(from, to, cards));
  return { path: roundedPath(points), points, middle: middleOf(points) };
}

/** The way between two ports over the cards as they come and go: the same object while it is the same way. */
export function wireKept(from: Point, to: Point): (cards: readonly Rect[]) => WireWay {
  let last: { cards: readonly Rect[]; way: WireWay } | undefined;
  return (cards) => {
    if (last?.cards === cards) return last.way;
    const way = wireWay(from, to, cards);
    last = { cards, way: last?.way.path === way.path ? last.way : way };
    return last.way;
  };
}

/** How many cards a way runs behind. */
export const cardsBehind = (points: readonly Point[], cards: readonly Rect[]): number =>
  cards.filter((card) => !isClear(points, [grown(card, -airPx)])).length;

/** With air around; less the ends, which are ports at the edges of cards. */
const grown = (card: Rect, px = 0): Rect => ({
  x: card.x - airPx - px,
  y: card.y - airPx - px,
  width: card.width + 2 * (airPx + px),
  height: card.height + 2 * (airPx + px),
});

function cardsNear(points: readonly Point[], from: Point, to: Point, cards: readonly Rect[]): Rect[] {
  const [left, right] = [smallest(points.map(([x]) => x)), largest(points.map(([x]) => x))];
  const [top, bottom] = [smallest(points.map(([, y]) => y)), largest(points.map(([, y]) => y))];
  return cards.flatMap((card) => {
    if (card.x > right + airPx || card.x + card.width < left - airPx) return [];
    if (card.y > bottom + airPx || card.y + card.height < top - airPx) return [];
    return [atEdge(card, from, to)];
  });
}

/** A card grown by its air, but not over the ports of this wire. */
function atEdge(card: Rect, from: Point, to: Point): Rect {
  const box = grown(card);
  const beside = (y: number): boolean => y >= card.y && y <= card.y + card.height;
  const right = Math.abs(card.x + card.width - from[0]) <= airPx && beside(from[1]);
  const left = Math.abs(card.x - to[0]) <= airPx && beside(to[1]);
  const x = left ? to[0] + 1 : box.x;
  const end = right ? from[0] - 1 : box.x + box.width;
  return { x, y: box.y, width: end - x, height: box.height };
}

function isClear(points: readonly Point[], boxes: readonly Rect[]): boolean {
  for (const box of boxes)
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1], points[i]];
      if (a !== undefined && b !== undefined && crosses(a, b, box)) return false;
    }
  return true;
}

/** Whether a line goes through the inside of a box (Liang and Barsky). */
function crosses([ax, ay]: Point, [bx, by]: Point, box: Rect): boolean {
  let [enter, leave] = [0, 1];
  const sides: [number, number][] = [
    [ax - bx, ax - box.x],
    [bx - ax, box.x + box.width - ax],
    [ay - by, ay - box.y],
    [by - ay, box.y + box.height - ay],
  ];
  for (const [towards, distance] of sides) {
    if (towards === 0) {
      if (distance <= 0) return false;
    } else if (towards < 0) enter = Math.max(enter, distance / towards);
    else leave = Math.min(leave, distance / towards);
  }
  return enter < leave;
}

function cardsAround(from: Point, to: Point, cards: readonly Rect[]): Rect[] {
  const boxes = cards.map((card) => atEdge(card, from, to));
  if (cards.length <= mostAround) return boxes;
  const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const far = (box: Rect): number => Math.hypot(box.x + box.width / 2 - middle[0], box.y + box.height / 2 - middle[1]);
  return boxes.sort((a, b) => far(a) - far(b)).slice(0, mostAround);
}

/** Wires of different ports run beside each other in a lane, those of one port on each other. */
const laneOf = ([x, y]: Point): number => ((((Math.round(x / 44) + Math.round(y / 24)) % 3) + 3) % 3) * 5 - 5;

/** The shortest way of few turns that is clear; where there is none, the one behind the fewest cards. */
function bestWay(from: Point, to: Point, boxes: readonly Rect[]): Point[] {
  const [leaving, coming] = [laneOf(from), laneOf(to)];
  const [out, back] = [from[0] + lanePx + leaving, to[0] - lanePx + coming];
  const columns = [...new Set(boxes.flatMap((box) => [box.x - lanePx + airPx, box.x + box.width + lanePx - airPx]))];
  const rows = [
    ...new Set(
      boxes.flatMap((box) => [box.y - laneRowPx + airPx + leaving, box.y + box.height + laneRowPx - airPx + leaving]),
    ),
  ];
  let best: { cost: number; points: Point[] } | undefined;
  const consider = (points: Point[]): void => {
    const cost = lengthOf(points) + 24 * points.length;
    if (best !== undefined && cost >= best.cost) return;
    if (isClear(points, boxes)) best = { cost, points };
  };
  if (back >= out)
    for (const x of [out, back, (out + back) / 2, ...columns.filter((c) => c > out && c < back)])
      consider([from, [x, from[1]], [x, to[1]], to]);
  for (const y of rows) consider([from, [out, from[1]], [out, y], [back, y], [back, to[1]], to]);
  if (best === undefined) {
    // Cards by hand may leave no lane beside a port: then further out, the nearest first.
    const nearest = (x: number): number[] => [...columns].sort((a, b) => Math.abs(a - x) - Math.abs(b - x)).slice(0, 8);
    for (const a of [out, ...nearest(out).filter((x) => x > from[0])])
      for (const b of [back, ...nearest(back).filter((x) => x < to[0])])
        for (const y of rows) consider([from, [a, from[1]], [a, y], [b, y], [b, to[1]], to]);
  }
  return best?.points ?? [from, [out, from[1]], [out, to[1]], to];
}

const lengthOf = (points: readonly Point[]): number =>
  points.reduce((sum, [x, y], i) => {
    const [px, py] = points[i - 1] ?? [x, y];
    return sum + Math.abs(x - px) + Math.abs(y - py);
  }, 0);

/** The middle of its longest piece. */
function middleOf(points: readonly Point[]): Point {
  let longest: { length: number; at: Point } = { length: -1, at: points[0] ?? [0, 0] };
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1] ?? [0, 0], points[i] ?? [0, 0]];
    const length = Math.abs(bx - ax) + Math.abs(by - ay);
    if (length > longest.length) longest = { length, at: [(ax + bx) / 2, (ay + by) / 2] };
  }
  return longest.at;
}

function roundedPath(points: readonly Point[]): string {
  const [first = [0, 0]] = points;
  let path = `M${first[0]} ${first[1]}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [a, b, c] = [points[i - 1] ?? first, points[i] ?? first, points[i + 1] ?? first];
    const [p, q] = [towards(b, a), towards(b, c)];
    path += `L${p[0]} ${p[1]}Q${b[0]} ${b[1]} ${q[0]} ${q[1]}`;
  }
  const last = points.at(-1) ?? first;
  return `${path}L${last[0]} ${last[1]}`;
}
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const share = length === 0 ? 0 : Math.min(cornerPx, length / 2) / length;
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}
