/** The field of a pipeline in which things are learnt. */
import { largest, smallest } from '../../../shared/append.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** All that the given nodes feed, over any number of wires, without themselves. */
export function nodesAfter(file: Pick<PipelineFile, 'wires'>, starts: readonly string[]): string[] {
  const links = linksOf(file);
  const found = new Set<string>();
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const link of links)
      if (link.from.node === id && !found.has(link.to.node)) {
        found.add(link.to.node);
        open.push(link.to.node);
      }
  return [...found];
}

const padding = { side: 24, top: 38, bottom: 24 };

/** The frame around some of the boxes, or null: there are none, or another box stands within. */
export function frameAround(boxes: readonly (Box & { id: string })[], inside: readonly string[]): Box | null {
  const chosen = new Set(inside);
  const own = boxes.filter((b) => chosen.has(b.id));
  if (own.length === 0) return null;
  const x = smallest(own.map((b) => b.x)) - padding.side;
  const y = smallest(own.map((b) => b.y)) - padding.top;
  const width = largest(own.map((b) => b.x + b.width)) + padding.side - x;
  const height = largest(own.map((b) => b.y + b.height)) + padding.bottom - y;
  const crossed = boxes.some(
    (b) => !chosen.has(b.id) && b.x < x + width && b.x + b.width > x && b.y < y + height && b.y + b.height > y,
  );
  return crossed ? null : { x, y, width, height };
}
