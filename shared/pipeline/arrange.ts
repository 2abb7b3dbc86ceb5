/**
 * Where cards stand when nobody has placed them: from left to right in lines as wide as the canvas, the next line below, branches below each other. Each card
 * has a place of a grid, so that the lanes between columns and lines are free for wires.
 */
import { largest, smallest } from '../append.ts';

export type Place = readonly [x: number, y: number];
export interface ArrangedCard {
  id: string;
  heightPx: number;
}
export interface ArrangedLink {
  from: string;
  to: string;
}

/** 176 px hold "Gradient boosting" with its icon and state in 12 px. */
export const cardWidth = 176;
/** How far apart the left edges of neighbours stand at least: a lane of 44 px holds a wire's number of rows. */
export const columnPx = 220;
const laneRowPx = 26;
const gridPx = 20;
/** What a window of 1280 × 720 has for cards, with its panels folded: no line is wider, so that a file looks the same on every machine. */
export const readingFrame: Place = [5 * columnPx, 500];

/** Below it a card's face does not go: title, two lines, footer. */
const leastHeightPx = 99;
const portsTopPx = 46;
const portStepPx = 24;
const underPortsPx = 38;
/** The height of a card before it is drawn. */
export const cardHeight = (ports: number): number =>
  Math.max(leastHeightPx, portsTopPx + portStepPx * (ports - 1) + underPortsPx);

/** Layouts are tried with at most so many cards below each other. */
const mostRows = 8;

interface Graph {
  cards: readonly ArrangedCard[];
  heights: ReadonlyMap<string, number>;
  links: readonly ArrangedLink[];
  before: ReadonlyMap<string, readonly string[]>;
  after: ReadonlyMap<string, readonly string[]>;
  /** How many cards follow at most one after the other. */
  depths: ReadonlyMap<string, number>;
}
/** Cards by column, each with its row. */
type Columns = readonly (readonly { id: string; row: number }[])[];

/** @param frame the room in px at a zoom of 100 %; a line is no wider, and as much as can be stands within its height */
export function arrange(
  cards: readonly ArrangedCard[],
  links: readonly ArrangedLink[],
  frame: Place = readingFrame,
): Record<string, Place> {
  if (cards.length === 0) return {};
  const graph = graphOf(cards, links);
  const most = Math.max(1, Math.floor((frame[0] + columnPx - cardWidth) / columnPx));
  // In a thousand cards the first guess is as good as the best, and twenty times as quick.
  const rows = cards.length > 200 ? [4, mostRows] : Array.from({ length: mostRows }, (_, i) => i + 1);
  let best: { cost: number; places: Record<string, Place> } | undefined;
  for (const width of rows) {
    const layers = layersOf(graph, width);
    for (const columns of cards.length > 200 ? [most] : [most, most - 1, most - 2].filter((n) => n > 0)) {
      const places = placeLines(graph, linesOf(layers, columns));
      const cost = costOf(graph, places, frame[1]);
      if (best === undefined || cost < best.cost) best = { cost, places };
    }
  }
  return best?.places ?? {};
}

function graphOf(cards: readonly ArrangedCard[], all: readonly ArrangedLink[]): Graph {
  const heights = new Map(cards.map((card) => [card.id, card.heightPx]));
  const links = all.filter(({ from, to }) => from !== to && heights.has(from) && heights.has(to));
  const before = new Map<string, string[]>(cards.map(({ id }) => [id, []]));
  const after = new Map<string, string[]>(cards.map(({ id }) => [id, []]));
  for (const { from, to } of links) {
    before.get(to)?.push(from);
    after.get(from)?.push(to);
  }
  return { cards, heights, links, before, after, depths: depthsOf(cards, before, after) };
}

/** From the ends backwards; what is in a loop keeps what is known of it. */
function depthsOf(
  cards: readonly ArrangedCard[],
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const depths = new Map(cards.map(({ id }) => [id, 0]));
  const left = new Map(cards.map(({ id }) => [id, after.get(id)?.length ?? 0]));
  const open = cards.map(({ id }) => id).filter((id) => left.get(id) === 0);
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const source of before.get(id) ?? []) {
      depths.set(source, Math.max(depths.get(source) ?? 0, (depths.get(id) ?? 0) + 1));
      left.set(source, (left.get(source) ?? 1) - 1);
      if (left.get(source) === 0) open.push(source);
    }
  return depths;
}

/** Cards in steps from left to right, none beside or before what feeds it, at most `width` in a step: the longest ways first. */
function layersOf(graph: Graph, width: number): string[][] {
  const missing = new Map(graph.cards.map(({ id }) => [id, graph.before.get(id)?.length ?? 0]));
  /** The place of the first card that feeds it: a branch goes on where it began. */
  const origin = new Map<string, number>();
  const layers: string[][] = [];
  let ready = graph.cards.map(({ id }) => id).filter((id) => missing.get(id) === 0);
  let placed = 0;
  while (missing.size > 0) {
    // A loop begins somewhere.
    if (ready.length === 0) ready = [...missing.keys()].slice(0, 1);
    ready.sort(
      (a, b) =>
        (graph.depths.get(b) ?? 0) - (graph.depths.get(a) ?? 0) ||
        (origin.get(a) ?? 0) - (origin.get(b) ?? 0) ||
        (a < b ? -1 : 1),
    );
    const layer = ready.slice(0, width);
    ready = ready.slice(width);
    layer.forEach((id) => missing.delete(id));
    for (const id of layer) {
      const own = placed++;
      for (const next of graph.after.get(id) ?? []) {
        if (!origin.has(next)) origin.set(next, own);
        const rest = (missing.get(next) ?? 0) - 1;
        if (!missing.has(next)) continue;
        missing.set(next, rest);
        if (rest === 0) ready.push(next);
      }
    }
    layers.push(layer);
  }
  return readersNearer(graph, layers, width);
}

/** What nothing feeds stands just before what it feeds, where there is room: a second reader beside the join, not at the far left. */
function readersNearer(graph: Graph, layers: readonly string[][], width: number): string[][] {
  const at = new Map(layers.flatMap((layer, i) => layer.map((id): [string, number] => [id, i])));
  const next = layers.map((layer) => [...layer]);
  for (const [i, layer] of layers.entries())
    for (const id of layer) {
      const fed = graph.after.get(id) ?? [];
      if ((graph.before.get(id)?.length ?? 0) > 0 || fed.length === 0 || (next[i]?.length ?? 0) < 2) continue;
      let to = smallest(fed.map((other) => at.get(other) ?? 0)) - 1;
      while (to > i && (next[to]?.length ?? 0) >= width) to--;
      if (to <= i) continue;
      next[i] = (next[i] ?? []).filter((other) => other !== id);
      next[to]?.push(id);
      at.set(id, to);
    }
  return next;
}

/** Steps put into lines of at most `most` columns, so that all lines together are as low as can be, and then as even. */
function linesOf(layers: readonly (readonly string[])[], most: number): (readonly string[])[][] {
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= layers.length; end++) {
    let found = { cost: Infinity, from: end - 1 };
    let rows = 0;
    for (let from = end - 1; from >= Math.max(0, end - most); from--) {
      rows = Math.max(rows, layers[from]?.length ?? 0);
      // A line break costs a third of a row; an uneven line a little.
      const cost = (best[from]?.cost ?? 0) + rows + 0.34 + 0.001 * (end - from) ** 2;
      if (cost < found.cost) found = { cost, from };
    }
    best.push(found);
  }
  const lines: (readonly string[])[][] = [];
  for (let end = layers.length; end > 0; end = best[end]?.from ?? 0)
    lines.unshift(layers.slice(best[end]?.from ?? 0, end).map((layer) => layer));
  return lines;
}

function placeLines(graph: Graph, lines: readonly (readonly (readonly string[])[])[]): Record<string, Place> {
  const places: Record<string, Place> = {};
  let top = 0;
  for (const line of lines) {
    const columns = rowsOf(graph, line);
    const rows = 1 + largest(columns.flatMap((column) => column.map(({ row }) => row)));
    const heights = Array.from({ length: rows }, (_, row) =>
      largest(
        columns.flatMap((column) => column.filter((c) => c.row === row).map((c) => graph.heights.get(c.id) ?? 0)),
      ),
    );
    const tops = heights.reduce<number[]>(
      (sum, height) => [...sum, onGrid((sum.at(-1) ?? 0) + height + laneRowPx)],
      [top],
    );
    for (const [i, column] of columns.entries())
      for (const { id, row } of column) places[id] = [i * columnPx, tops[row] ?? top];
    top = tops.at(-1) ?? top;
  }
  return places;
}

const onGrid = (px: number): number => Math.ceil(px / gridPx) * gridPx;

/** A row for each card of a line: beside what feeds it, and what it feeds, in an order in which few wires cross. */
function rowsOf(graph: Graph, line: readonly (readonly string[])[]): Columns {
  const most = largest(line.map((column) => column.length));
  let columns: Columns = line.map((column) => column.map((id, row) => ({ id, row })));
  let best = { crossing: Infinity, columns };
  for (let turn = 0; turn < 6; turn++) {
    const row = new Map(columns.flatMap((column) => column.map((c): [string, number] => [c.id, c.row])));
    const order = turn % 2 === 0 ? line.keys() : [...line.keys()].reverse();
    const next: { id: string; row: number }[][] = line.map(() => []);
    for (const i of order) {
      next[i] = settle(
        (columns[i] ?? []).map((card) => ({ ...card, wanted: wantedRow(graph, card.id, turn, row) ?? card.row })),
        most,
      );
      for (const card of next[i] ?? []) row.set(card.id, card.row);
    }
    columns = next;
    let crossing = 0;
    // Of the wires within the line: looking at all of the pipeline's for each line took seconds of thousands of cards.
    for (const [from, own] of row)
      for (const to of graph.after.get(from) ?? []) crossing += Math.abs(own - (row.get(to) ?? own));
    if (crossing < best.crossing) best = { crossing, columns };
  }
  return best.columns;
}

/** In turns by what comes before and by what comes after. */
function wantedRow(graph: Graph, id: string, turn: number, row: ReadonlyMap<string, number>): number | undefined {
  const sides = turn % 2 === 0 ? [graph.before, graph.after] : [graph.after, graph.before];
  for (const side of sides) {
    const rows = (side.get(id) ?? []).flatMap((other) => row.get(other) ?? []);
    if (rows.length > 0) return rows.reduce((a, b) => a + b, 0) / rows.length;
  }
  return undefined;
}

/** Each card as near to its wanted row as the others leave room, in their order. */
function settle(
  column: readonly { id: string; row: number; wanted: number }[],
  rows: number,
): { id: string; row: number }[] {
  const sorted = [...column].sort((a, b) => a.wanted - b.wanted || a.row - b.row);
  let next = 0;
  return sorted.map(({ id, wanted }, i) => {
    const row = Math.max(next, Math.min(rows - (sorted.length - i), Math.round(wanted)));
    next = row + 1;
    return { id, row };
  });
}

/** What of the pipeline is out of sight first, then the length of its wires, those that run back to a new line, and those that must go around cards. */
function costOf(graph: Graph, places: Readonly<Record<string, Place>>, heightPx: number): number {
  const all = Object.entries(places);
  const bottom = largest(all.map(([id, [, y]]) => y + (graph.heights.get(id) ?? 0)));
  let cost = 40 * Math.max(0, bottom - heightPx) + bottom / 2;
  const taken = new Set(all.map(([, [x, y]]) => `${x} ${y}`));
  for (const { from, to } of graph.links) {
    const [a, b] = [places[from] ?? [0, 0], places[to] ?? [0, 0]];
    const across = b[0] - a[0] - cardWidth;
    cost += Math.abs(across) + Math.abs(b[1] - a[1]);
    if (across < 0) cost += 160;
    for (let x = a[0] + columnPx; x < b[0]; x += columnPx) if (taken.has(`${x} ${a[1]}`)) cost += 80;
  }
  return cost;
}
