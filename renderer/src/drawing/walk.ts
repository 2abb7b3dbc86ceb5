/** Where the arrow keys lead: left and right along wires, up and down among the cards of one column. */
import { append } from '../../../shared/append.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';

export type Way = 'left' | 'right' | 'up' | 'down';

export function walk(file: PipelineFile, from: string | undefined, way: Way): string | undefined {
  const ids = Object.keys(file.nodes);
  const place = (id: string): readonly [number, number] => file.layout[id] ?? [0, 0];
  if (from === undefined) return [...ids].sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1])[0];
  const [x, y] = place(from);
  const nearest = (candidates: readonly string[]): string | undefined =>
    [...candidates].sort((a, b) => Math.abs(place(a)[1] - y) - Math.abs(place(b)[1] - y) || (a < b ? -1 : 1))[0];
  switch (way) {
    case 'left':
      return nearest(
        linksOf(file)
          .filter((l) => l.to.node === from)
          .map((l) => l.from.node),
      );
    case 'right':
      return nearest(
        linksOf(file)
          .filter((l) => l.from.node === from)
          .map((l) => l.to.node),
      );
    case 'up':
    case 'down': {
      const sign = way === 'down' ? 1 : -1;
      const cost = (id: string): number => Math.abs(place(id)[0] - x) * 2 + Math.abs(place(id)[1] - y);
      return ids.filter((id) => id !== from && (place(id)[1] - y) * sign > 0).sort((a, b) => cost(a) - cost(b))[0];
    }
  }
}

/** Nodes so that each stands after what feeds it; beside each other by their place from the top. For lists and readers. */
export function runOrder(file: PipelineFile): string[] {
  const links = linksOf(file);
  const place = (id: string): number => (file.layout[id]?.[1] ?? 0) + (file.layout[id]?.[0] ?? 0) * 1e-3;
  const waiting = new Map(
    Object.keys(file.nodes).map((id) => [id, new Set(links.filter((l) => l.to.node === id).map((l) => l.from.node))]),
  );
  const order: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, before]) => [...before].every((id) => !waiting.has(id))).map(([id]) => id);
    // A loop in a file that was edited by hand: take what is left as it stands.
    const next = (ready.length > 0 ? ready : [...waiting.keys()]).sort((a, b) => place(a) - place(b));
    for (const id of next) waiting.delete(id);
    append(order, next);
  }
  return order;
}
