/** How large cards are, drawn or not. */
import { kindFacts } from '../../../nodes/kind-facts.ts';
import { cardHeight, cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { portsOf } from '../../../shared/pipeline/edits/ports.ts';
import type { Rect } from './minimap-place.ts';

export type DrawnSizes = ReadonlyMap<string, Point>;

/** As drawn, but no lower than it will be once it has run. */
export function heightOf(file: PipelineFile, node: string, drawn: DrawnSizes): number {
  const { inputs, outputs } = portsOf(file, node, kindFacts);
  return Math.max(
    cardHeight(Math.max(Object.keys(inputs).length, Object.keys(outputs).length)),
    drawn.get(node)?.[1] ?? 0,
  );
}

export const cardsOf = (file: PipelineFile, drawn: DrawnSizes = new Map()): Rect[] =>
  Object.keys(file.nodes).flatMap((id) => {
    const place = file.layout[id];
    return place === undefined
      ? []
      : [{ x: place[0], y: place[1], width: cardWidth, height: heightOf(file, id, drawn) }];
  });
