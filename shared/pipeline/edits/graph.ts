/** Edits of nodes and wires, as changes of a pipeline that a command performs. All keep the file valid. */
import { append, largest, smallest } from '../../append.ts';
import { cardHeight, cardWidth, columnPx } from '../arrange.ts';
import { formatWire, type PipelineFile, type WireLink } from '../file.ts';
import type { KindFacts } from '../../kind/define-spec.ts';
import { dropEmptyGroups } from './groups.ts';
import { newNodeId } from './node-id.ts';
import { linksOf, portsOf, type Specs } from './ports.ts';

export type Point = readonly [x: number, y: number];
/** Positions fall on this grid. */
export const gridPx = 20;
export const snap = (at: Point): [number, number] => [
  Math.round(at[0] / gridPx) * gridPx,
  Math.round(at[1] / gridPx) * gridPx,
];

export interface NewNode {
  id: string;
  spec: KindFacts;
  at: Point;
  params?: PipelineFile['nodes'][string]['params'];
  title?: string;
}

export const freeId = (file: PipelineFile, title: string): string =>
  newNodeId(title, (id) => Object.hasOwn(file.nodes, id));

/** @param standing the cards that are there, as large as they are drawn; none: of the usual size */
export function addNode(file: PipelineFile, node: NewNode, standing: readonly Box[] = usualBoxes(file)): void {
  file.nodes[node.id] = {
    kind: node.spec.kind,
    version: node.spec.version,
    params: node.params ?? {},
    ...(node.title === undefined ? {} : { title: node.title }),
  };
  const ports = Math.max(Object.keys(node.spec.inputs).length, Object.keys(node.spec.outputs).length);
  const [x, y] = snap(node.at);
  const card = { x, y, width: cardWidth, height: cardHeight(ports) };
  const [dx, dy] = freeShift([card], standing);
  file.layout[node.id] = [x + dx, y + dy];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** Between a card and its neighbour: shadows and ports want air. */
const airPx = 12;

export const isFree = (card: Box, standing: readonly Box[]): boolean =>
  standing.every(
    (other) =>
      card.x >= other.x + other.width + airPx ||
      other.x >= card.x + card.width + airPx ||
      card.y >= other.y + other.height + airPx ||
      other.y >= card.y + card.height + airPx,
  );

/** Of cards that nobody has drawn yet: three ports, which most have not. */
const usualBoxes = (file: Pick<PipelineFile, 'layout'>): Box[] =>
  Object.values(file.layout).map(([x, y]) => ({ x, y, width: cardWidth, height: cardHeight(3) }));

/** In the order in which they are tried: nearest first, below rather than beside, and back only last. */
const shifts: readonly Point[] = [-2, -1, 0, 1, 2]
  .flatMap((column) => Array.from({ length: 61 }, (_, i): Point => [column * columnPx, (i - 20) * gridPx]))
  .sort((a, b) => effort(a) - effort(b));
function effort([dx, dy]: Point): number {
  return Math.abs(dx) * (dx < 0 ? 3 : 1.2) + Math.abs(dy) * (dy < 0 ? 4 : 1);
}

/** How far cards that are put somewhere step aside, all together, so that none lies on another. */
export function freeShift(cards: readonly Box[], standing: readonly Box[]): Point {
  const fits = ([dx, dy]: Point): boolean => cards.every((c) => isFree({ ...c, x: c.x + dx, y: c.y + dy }, standing));
  const found = shifts.find(fits);
  if (found !== undefined) return found;
  const bottom = largest(standing.map(({ y, height }) => y + height));
  return [0, Math.ceil((bottom + airPx - smallest(cards.map(({ y }) => y))) / gridPx) * gridPx];
}

export function addWire(file: PipelineFile, wire: WireLink, specs: Specs): void {
  const text = formatWire(wire);
  if (file.wires.includes(text)) return;
  const port = portsOf(file, wire.to.node, specs).inputs[wire.to.port];
  const kept =
    port?.many === true ? file.wires : file.wires.filter((w) => !w.endsWith(` -> ${wire.to.node}.${wire.to.port}`));
  file.wires = [...kept, text];
}

export function removeWires(file: PipelineFile, texts: readonly string[]): void {
  file.wires = file.wires.filter((w) => !texts.includes(w));
}

/** Removes nodes with their wires. With `heal`, what fed a removed node feeds what it fed, where the wires fit. */
export function removeNodes(file: PipelineFile, ids: readonly string[], specs: Specs, heal: boolean): void {
  if (heal) for (const id of ids) healAround(file, id, specs);
  const gone = new Set(ids);
  file.wires = file.wires.filter((_, i) => {
    const link = linksOf(file)[i];
    return link !== undefined && !gone.has(link.from.node) && !gone.has(link.to.node);
  });
  for (const id of ids) {
    delete file.nodes[id];
    delete file.layout[id];
  }
  for (const group of Object.values(file.groups)) group.nodes = group.nodes.filter((id) => !gone.has(id));
  dropEmptyGroups(file);
}

/** Leads each wire that left `id` back to the first wire of the same type that came in. */
function healAround(file: PipelineFile, id: string, specs: Specs): void {
  const ports = portsOf(file, id, specs);
  const links = linksOf({ wires: [...file.wires] });
  const incoming = links.filter((l) => l.to.node === id);
  const bridges: WireLink[] = [];
  for (const out of links.filter((l) => l.from.node === id)) {
    const wire = ports.outputs[out.from.port]?.wire;
    const source = incoming.find((l) => ports.inputs[l.to.port]?.wire === wire);
    if (wire !== undefined && source !== undefined && source.from.node !== out.to.node)
      bridges.push({ from: source.from, to: out.to });
  }
  removeWires(file, links.filter((l) => l.to.node === id || l.from.node === id).map(formatWire));
  for (const bridge of bridges) addWire(file, bridge, specs);
}

/** Puts a node that is in the file already into a wire: in through its first fitting input, out through its first fitting output. */
export function insertOnWire(file: PipelineFile, node: string, wire: WireLink, specs: Specs): boolean {
  const ports = portsOf(file, node, specs);
  const type = portsOf(file, wire.from.node, specs).outputs[wire.from.port]?.wire;
  const input = Object.entries(ports.inputs).find(([, p]) => p.wire === type)?.[0];
  const output = Object.entries(ports.outputs).find(([, p]) => p.wire === type)?.[0];
  if (input === undefined || output === undefined) return false;
  removeWires(file, [formatWire(wire)]);
  addWire(file, { from: wire.from, to: { node, port: input } }, specs);
  addWire(file, { from: { node, port: output }, to: wire.to }, specs);
  return true;
}

export function moveNodes(file: PipelineFile, positions: Readonly<Record<string, Point>>): void {
  for (const [id, at] of Object.entries(positions))
    if (Object.hasOwn(file.nodes, id)) file.layout[id] = [Math.round(at[0]), Math.round(at[1])];
}

/** Sets a node that was put into a wire clear of what feeds it, in its row when near, and pushes what it feeds to the right as far as needed. */
export function makeRoom(file: PipelineFile, node: string): void {
  const links = linksOf({ wires: [...file.wires] });
  const own = file.layout[node];
  const source = file.layout[links.find((l) => l.to.node === node)?.from.node ?? ''];
  if (own !== undefined && source !== undefined && Math.abs(own[1] - source[1]) < 80 && own[0] > source[0] - columnPx)
    file.layout[node] = [Math.max(own[0], source[0] + columnPx), source[1]];
  const x = file.layout[node]?.[0] ?? 0;
  const next = links
    .filter((l) => l.from.node === node)
    .map((l) => l.to.node)
    .filter((id) => (file.layout[id]?.[0] ?? 0) >= x - columnPx);
  const nearest = smallest(next.map((id) => file.layout[id]?.[0] ?? Infinity));
  const push = Math.ceil((x + columnPx - nearest) / gridPx) * gridPx;
  if (next.length > 0 && push > 0) pushRight(file, next, push);
  stepAside(file, [node]);
}

/** Moves nodes, and all that they feed further to the right, by so much; what goes on in another line stays. */
export function pushRight(file: PipelineFile, nodes: readonly string[], push: number): void {
  const links = linksOf({ wires: [...file.wires] });
  const before = { ...file.layout };
  const moved = new Set<string>();
  const next = [...nodes];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    const at = before[id];
    if (moved.has(id) || at === undefined) continue;
    moved.add(id);
    file.layout[id] = [at[0] + push, at[1]];
    append(
      next,
      links
        .filter((l) => l.from.node === id)
        .map((l) => l.to.node)
        .filter((to) => (before[to]?.[0] ?? 0) > at[0]),
    );
  }
  stepAside(file, [...moved]);
}

/** What moved cards lie on goes to the right of them, and so on: no card lies on another afterwards. */
function stepAside(file: PipelineFile, moved: readonly string[]): void {
  const boxOf = ([x, y]: Point): Box => ({ x, y, width: cardWidth, height: cardHeight(1) });
  const next = [...moved];
  const still = new Set(moved);
  for (let id = next.shift(); id !== undefined; id = next.shift()) {
    const own = file.layout[id];
    if (own === undefined) continue;
    for (const [other, at] of Object.entries(file.layout)) {
      // Of two that were moved together the one further to the right gives way.
      const stays = other === id || (still.has(other) && at[0] < own[0]);
      if (stays || isFree(boxOf(at), [boxOf(own)])) continue;
      file.layout[other] = [own[0] + columnPx, at[1]];
      next.push(other);
    }
  }
}

/** Renames a node everywhere it is named: wires, layout, groups. */
export function renameNode(file: PipelineFile, from: string, to: string): void {
  const node = file.nodes[from];
  if (node === undefined || from === to || Object.hasOwn(file.nodes, to)) return;
  file.wires = linksOf({ wires: [...file.wires] }).map((link) =>
    formatWire({
      from: { ...link.from, node: link.from.node === from ? to : link.from.node },
      to: { ...link.to, node: link.to.node === from ? to : link.to.node },
    }),
  );
  delete file.nodes[from];
  file.nodes[to] = node;
  const at = file.layout[from];
  if (at !== undefined) {
    delete file.layout[from];
    file.layout[to] = at;
  }
  for (const group of Object.values(file.groups)) group.nodes = group.nodes.map((id) => (id === from ? to : id));
}
