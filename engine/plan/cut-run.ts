/**
 * Where a run is cut in two when part of it is placed elsewhere: every table that is made on one side and read on the other has to move. Of all cuts, the one
 * that moves the fewest bytes; of equal ones, the one that computes more there, since that is what was asked for. Exact: a minimum cut, by augmenting paths.
 */

/** One computation, or a file. */
import { smallest } from '../../shared/append.ts';
export interface CutNode {
  id: string;
  /** What it gives, in bytes, should it have to move. */
  bytes: number;
  /** Where it has to be; undefined: on either side. */
  at?: 'here' | 'there';
  inputs: readonly string[];
}
export interface Move {
  from: string;
  to: 'here' | 'there';
  bytes: number;
}
export interface Cut {
  there: ReadonlySet<string>;
  moves: readonly Move[];
}

interface Edge {
  to: number;
  left: number;
  /** The edge that takes back what went along this one. */
  back: Edge;
}

/** @param nodes sources before consumers */
export function cutRun(nodes: readonly CutNode[]): Cut {
  const place = new Map(nodes.map((node, i) => [node.id, i]));
  // A node, what it would send away, and what it would fetch; then the two ends.
  const [here, there] = [nodes.length * 3, nodes.length * 3 + 1];
  const edges: Edge[][] = Array.from({ length: nodes.length * 3 + 2 }, () => []);
  const join = (from: number, to: number, capacity: number): void => {
    const forward = { to, left: capacity } as Edge;
    const back: Edge = { to: from, left: 0, back: forward };
    forward.back = back;
    edges[from]?.push(forward);
    edges[to]?.push(back);
  };
  const consumers = new Map<string, number[]>();
  nodes.forEach((node, i) => {
    if (node.at === 'here') join(here, i, Infinity);
    if (node.at === 'there') join(i, there, Infinity);
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), i]);
  });
  nodes.forEach((node, i) => {
    const readers = consumers.get(node.id) ?? [];
    if (readers.length === 0) return;
    const [sent, fetched] = [nodes.length + i, 2 * nodes.length + i];
    // Made here and read there, it moves once, however many read it; and the other way round.
    join(i, sent, node.bytes);
    join(fetched, i, node.bytes);
    for (const reader of readers) {
      join(sent, reader, Infinity);
      join(reader, fetched, Infinity);
    }
  });
  while (augment(edges, here, there));
  const isHere = reached(edges, here);
  const onSide = new Set(nodes.filter((_, i) => !isHere.has(i)).map((node) => node.id));
  const moves = nodes.flatMap((node, i): Move[] => {
    const side = onSide.has(node.id);
    const moved = (consumers.get(node.id) ?? []).some((reader) => onSide.has(nodes[reader]?.id ?? '') !== side);
    return moved && place.get(node.id) === i ? [{ from: node.id, to: side ? 'here' : 'there', bytes: node.bytes }] : [];
  });
  return { there: onSide, moves };
}

/** One more shortest path with room; false: there is none. */
function augment(edges: readonly Edge[][], from: number, to: number): boolean {
  const came = new Map<number, Edge>();
  const queue = [from];
  for (const at of queue) {
    if (at === to) break;
    for (const edge of edges[at] ?? [])
      if (edge.left > 0 && edge.to !== from && !came.has(edge.to)) {
        came.set(edge.to, edge);
        queue.push(edge.to);
      }
  }
  if (!came.has(to)) return false;
  const path: Edge[] = [];
  for (let at = to; at !== from;) {
    const edge = came.get(at);
    if (edge === undefined) return false;
    path.push(edge);
    at = edge.back.to;
  }
  const room = smallest(path.map((edge) => edge.left));
  // Both ends are where they must be: no cut can part them.
  if (room === Infinity) return false;
  for (const edge of path) {
    edge.left -= room;
    edge.back.left += room;
  }
  return true;
}

function reached(edges: readonly Edge[][], from: number): Set<number> {
  const found = new Set([from]);
  for (const at of found) for (const edge of edges[at] ?? []) if (edge.left > 0) found.add(edge.to);
  return found;
}
