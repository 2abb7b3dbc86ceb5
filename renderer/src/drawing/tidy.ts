/** Cards put in order: lines as wide as the canvas, read from left to right and from top to bottom. */
import { smallest } from '../../../shared/append.ts';
import { arrange, cardWidth, type Place } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { isFree, snap, type Point } from '../../../shared/pipeline/edits/graph.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { heightOf, type DrawnSizes } from './card-sizes.ts';

/** Letters are as large as the room allows, and never smaller than they can be read. */
const zooms = [1.6, 1.4, 1.2, 1];

/** New positions of the given nodes; their top left corner stays where it was, or further down where other cards are in the way. */
export function tidy(
  file: PipelineFile,
  ids: readonly string[],
  drawn: DrawnSizes,
  room: Point,
): Record<string, Point> {
  const cards = ids.map((id) => ({ id, heightPx: heightOf(file, id, drawn) }));
  const links = linksOf(file).map(({ from, to }) => ({ from: from.node, to: to.node }));
  const places = cards.length === 0 ? {} : largestThatFits(cards, links, room);
  const old = ids.map((id): Point => file.layout[id] ?? [0, 0]);
  const [left, top] = snap([smallest(old.map(([x]) => x)), smallest(old.map(([, y]) => y))]);
  const others = Object.keys(file.nodes).filter((id) => !Object.hasOwn(places, id));
  const standing = others.flatMap((id) => (file.layout[id] ? [boxOf(file.layout[id], heightOf(file, id, drawn))] : []));
  const fits = (down: number): boolean =>
    cards.every(({ id, heightPx }) => {
      const [x, y] = places[id] ?? [0, 0];
      return isFree(boxOf([left + x, top + y + down], heightPx), standing);
    });
  let down = 0;
  while (!fits(down)) down += 20;
  return Object.fromEntries(
    Object.entries(places).map(([id, [x, y]]): [string, Point] => [id, [left + x, top + y + down]]),
  );
}

const boxOf = ([x, y]: Point, height: number) => ({ x, y, width: cardWidth, height });

function largestThatFits(
  cards: Parameters<typeof arrange>[0],
  links: Parameters<typeof arrange>[1],
  room: Point,
): Record<string, Place> {
  let places: Record<string, Place> = {};
  for (const zoom of zooms) {
    const frame: Point = [room[0] / zoom, room[1] / zoom];
    places = arrange(cards, links, frame);
    if (cards.every(({ id, heightPx }) => (places[id]?.[1] ?? 0) + heightPx <= frame[1])) return places;
  }
  return places;
}
