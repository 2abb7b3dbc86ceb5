/** Nodes as text: what copy puts on the clipboard and paste reads, in another window, a chat or a file. */
import * as z from 'zod';
import { smallest } from '../../append.ts';
import { compactJson } from '../canonical.ts';
import { formatWire, parseWire, pipelineNode, wireText, type PipelineFile } from '../file.ts';
import { freeId, snap, type Point } from './graph.ts';
import { linksOf } from './ports.ts';

const fragment = z.strictObject({
  'flowyard-nodes': z.literal(1),
  nodes: z.record(z.string(), pipelineNode),
  wires: z.array(wireText),
  layout: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type Fragment = z.output<typeof fragment>;

/** The nodes with the wires among them. */
export function takeFragment(file: PipelineFile, ids: readonly string[]): Fragment {
  const chosen = new Set(ids.filter((id) => Object.hasOwn(file.nodes, id)));
  return {
    'flowyard-nodes': 1,
    nodes: Object.fromEntries([...chosen].sort().flatMap((id) => (file.nodes[id] ? [[id, file.nodes[id]]] : []))),
    wires: file.wires.filter((_, i) => {
      const link = linksOf(file)[i];
      return link !== undefined && chosen.has(link.from.node) && chosen.has(link.to.node);
    }),
    layout: Object.fromEntries([...chosen].sort().flatMap((id) => (file.layout[id] ? [[id, file.layout[id]]] : []))),
  };
}

export const fragmentText = (piece: Fragment): string => `${JSON.stringify(piece, null, 2)}\n`;

/** The nodes in a text, or null when it holds none. A whole pipeline file counts too. */
export function parseFragment(text: string): Fragment | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const direct = fragment.safeParse(json);
  if (direct.success) return withoutLooseWires(direct.data);
  if (json === null || typeof json !== 'object' || !('flowyard' in json) || !('nodes' in json)) return null;
  const { nodes, wires, layout } = { wires: [], layout: {}, ...json };
  const whole = fragment.safeParse({ 'flowyard-nodes': 1, nodes, wires, layout });
  return whole.success ? withoutLooseWires(whole.data) : null;
}

function withoutLooseWires(piece: Fragment): Fragment {
  const wires = piece.wires.filter((text) => {
    const { from, to } = parseWire(text);
    return Object.hasOwn(piece.nodes, from.node) && Object.hasOwn(piece.nodes, to.node);
  });
  return { ...piece, wires };
}

/** New ids for a fragment's nodes in this file. */
export function planPaste(file: PipelineFile, piece: Fragment): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken: Record<string, true> = {};
  for (const id of Object.keys(piece.nodes)) {
    const free = freeId(
      {
        ...file,
        nodes: {
          ...file.nodes,
          ...Object.fromEntries(Object.keys(taken).map((k) => [k, { kind: '', version: 1, params: {} }])),
        },
      },
      id.replace(/-\d+$/, ''),
    );
    const own = Object.hasOwn(file.nodes, id) || taken[id] ? free : id;
    taken[own] = true;
    ids.set(id, own);
  }
  return ids;
}

/** Adds the fragment's nodes with their wires; the top left one lands at `at`. */
export function pasteFragment(file: PipelineFile, piece: Fragment, ids: ReadonlyMap<string, string>, at: Point): void {
  const places = Object.values(piece.layout);
  const left = smallest([...places.map(([x]) => x), Infinity]);
  const top = smallest([...places.map(([, y]) => y), Infinity]);
  let stacked = 0;
  for (const [old, id] of ids) {
    const node = piece.nodes[old];
    if (node === undefined) continue;
    file.nodes[id] = pipelineNode.parse(JSON.parse(compactJson(node)));
    const place = piece.layout[old];
    file.layout[id] = snap(
      place ? [at[0] + place[0] - left, at[1] + place[1] - top] : [at[0], at[1] + 120 * stacked++],
    );
  }
  const wires = piece.wires.map((text) => {
    const { from, to } = parseWire(text);
    return formatWire({
      from: { ...from, node: ids.get(from.node) ?? from.node },
      to: { ...to, node: ids.get(to.node) ?? to.node },
    });
  });
  file.wires = [...file.wires, ...wires.filter((w) => !file.wires.includes(w))];
}
