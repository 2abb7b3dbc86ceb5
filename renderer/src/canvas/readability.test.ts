/** What a person sees when a pipeline opens, reckoned for every example and 30 drawn graphs, at four window sizes and two zooms of the device. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { specs } from '../../../nodes/specs.ts';
import { arrange, cardHeight, cardWidth, type Place } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { canvasPx, panelRoom } from '../state/window/panel-room.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { linksOf, portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { firstView } from '../drawing/first-view.ts';
import { portY } from '../drawing/port-place.ts';
import { cardsBehind, wireWay } from '../drawing/wire-route.ts';

interface Drawn {
  name: string;
  cards: { id: string; x: number; y: number; width: number; height: number }[];
  wires: { from: Point; to: Point }[];
}
interface Seen {
  name: string;
  nodes: number;
  size: string;
  zoom: number;
  /** The smallest letters of a card, in px as they stand on the screen. */
  textPx: number;
  inSight: number;
  covered: number;
  behind: number;
  share: number;
}

const sizes: Point[] = [
  [1280, 720],
  [1440, 900],
  [1920, 1080],
  [2560, 1440],
];
const deviceZooms = [1, 1.5];

const styles = ['cards/card', 'wires/wire'].map((name) =>
  readFileSync(join(import.meta.dirname, `${name}.module.css`), 'utf8'),
);
const smallestLetters = Math.min(
  ...styles.flatMap((text) => [...text.matchAll(/font(?:-size)?:[^;]*?([\d.]+)px/g)].map((found) => Number(found[1]))),
);

const examples = Object.entries({
  ...import.meta.glob<string>('../../../resources/examples/*.pipeline.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
  ...import.meta.glob<string>('../../../nodes/**/example.pipeline.json', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
}).map(([path, text]) => ({ name: path.replace(/^[./]*/, ''), file: parsePipeline(text, path) }));

const drawn: Drawn[] = [
  ...examples.map(({ name, file }) => fromFile(name, file)),
  ...Array.from({ length: 30 }, (_, seed) => fromChance(seed, 5 + Math.round((seed * 35) / 29))),
];

function fromFile(name: string, file: PipelineFile): Drawn {
  const ports = (id: string): number => {
    const { inputs, outputs } = portsOf(file, id, specs);
    return Math.max(Object.keys(inputs).length, Object.keys(outputs).length);
  };
  const place = (id: string): Place => file.layout[id] ?? [0, 0];
  const end = (id: string, side: 'inputs' | 'outputs', port: string): Point => {
    const index = Object.keys(portsOf(file, id, specs)[side]).indexOf(port);
    return [place(id)[0] + (side === 'outputs' ? cardWidth : 0), place(id)[1] + portY(Math.max(0, index))];
  };
  return {
    name,
    cards: Object.keys(file.nodes).map((id) => {
      const [x, y] = place(id);
      return { id, x, y, width: cardWidth, height: cardHeight(ports(id)) };
    }),
    wires: linksOf(file).map(({ from, to }) => ({
      from: end(from.node, 'outputs', from.port),
      to: end(to.node, 'inputs', to.port),
    })),
  };
}

/** Numbers below a limit, the same for the same seed. */
function chances(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Chains that branch, join and begin anew, as pipelines do. */
function fromChance(seed: number, count: number): Drawn {
  const below = chances(seed + 1);
  const ids = Array.from({ length: count }, (_, i) => `n${i}`);
  const links: { from: string; to: string; input: number }[] = [];
  ids.forEach((to, i) => {
    const isReader = i === 0 || below(12) === 0;
    const feeders = isReader ? 0 : below(5) === 0 ? 2 : 1;
    const from = new Set(Array.from({ length: feeders }, () => ids[Math.max(0, i - 1 - below(4))] ?? ''));
    [...from].forEach((one, input) => links.push({ from: one, to, input }));
  });
  const ports = (id: string): number => Math.max(1, links.filter(({ to }) => to === id).length);
  const heights = new Map(ids.map((id) => [id, cardHeight(ports(id))]));
  const places = arrange(
    ids.map((id) => ({ id, heightPx: heights.get(id) ?? 0 })),
    links,
  );
  const place = (id: string): Place => places[id] ?? [0, 0];
  return {
    name: `drawn ${seed}`,
    cards: ids.map((id) => ({ id, x: place(id)[0], y: place(id)[1], width: cardWidth, height: heights.get(id) ?? 0 })),
    wires: links.map(({ from, to, input }) => ({
      from: [place(from)[0] + cardWidth, place(from)[1] + portY(0)],
      to: [place(to)[0], place(to)[1] + portY(input)],
    })),
  };
}

function see({ name, cards, wires }: Drawn, [width, height]: Point, device: number): Seen {
  const window = { width: width / device, height: height / device };
  const byItself = { selected: false, filled: false, palette: null, inspector: null, drawerPx: null };
  const frame = canvasPx(window, panelRoom({ ...window, ...byItself }));
  const view = firstView(cards, frame);
  const shown = cards.map((card) => ({
    x: card.x * view.zoom + view.x,
    y: card.y * view.zoom + view.y,
    width: card.width * view.zoom,
    height: card.height * view.zoom,
  }));
  const inSight = shown.filter(
    (c) => c.x >= 0 && c.y >= 0 && c.x + c.width <= frame[0] && c.y + c.height <= frame[1],
  ).length;
  const bounds = (side: 'x' | 'y', size: 'width' | 'height', end: number): number =>
    Math.min(end, Math.max(...shown.map((c) => c[side] + c[size]))) -
    Math.max(0, Math.min(...shown.map((c) => c[side])));
  return {
    name,
    nodes: cards.length,
    size: `${width} × ${height} at ${device * 100} %`,
    zoom: view.zoom,
    textPx: smallestLetters * view.zoom * device,
    inSight,
    covered: cards.filter((a, i) => cards.some((b, j) => j < i && overlap(a, b))).length,
    behind: wires.reduce((sum, { from, to }) => sum + cardsBehind(wireWay(from, to, cards).points, cards), 0),
    share: (bounds('x', 'width', frame[0]) * bounds('y', 'height', frame[1])) / (frame[0] * frame[1]),
  };
}

const overlap = (a: Drawn['cards'][number], b: Drawn['cards'][number]): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const all = sizes.flatMap((size) => deviceZooms.flatMap((device) => drawn.map((one) => see(one, size, device))));
const worst = (seen: readonly Seen[]): string[] =>
  seen.map((s) => `${s.name}: ${s.inSight} of ${s.nodes} in sight, ${s.textPx.toFixed(1)} px, ${s.size}`);

describe('a pipeline that opens', () => {
  it('is read everywhere: no letters below 11 px on the screen', () => {
    expect(worst(all.filter((s) => s.textPx < 11))).toEqual([]);
  });
  it('stands whole in its window with up to 15 nodes at 1440 × 900, and 10 at 1280 × 720', () => {
    const floors = all.filter(
      (s) => (s.size === '1440 × 900 at 100 %' && s.nodes <= 15) || (s.size === '1280 × 720 at 100 %' && s.nodes <= 10),
    );
    expect(worst(floors.filter((s) => s.inSight < s.nodes))).toEqual([]);
  });
  it('has its beginning in sight in the smallest window', () => {
    expect(worst(all.filter((s) => s.inSight < Math.min(3, s.nodes)))).toEqual([]);
  });
  it('has no card on another and no wire behind a card', () => {
    expect(
      all.filter((s) => s.covered + s.behind > 0).map((s) => `${s.name}: ${s.covered} covered, ${s.behind} behind`),
    ).toEqual([]);
  });
  it('uses the room: from 10 nodes on a third of the canvas, and a large window has larger letters', () => {
    const usual = all.filter((s) => s.nodes >= 10 && s.size.endsWith('100 %'));
    expect(usual.filter((s) => s.share < 0.3).map((s) => `${s.name} ${s.size}: ${s.share.toFixed(2)}`)).toEqual([]);
    expect(worst(all.filter((s) => s.size === '2560 × 1440 at 100 %' && s.nodes <= 15 && s.zoom < 1.4))).toEqual([]);
  });
});
