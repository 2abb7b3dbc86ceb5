/** Where the cards stand as they are drawn, found once for each state of the canvas. */
import type { ReactFlowState } from '@xyflow/react';
import { cardHeight, cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { Rect } from './minimap-place.ts';

/** By the list of nodes, which is another whenever one of them moves or grows. */
const known = new WeakMap<ReactFlowState['nodes'], readonly Rect[]>();

export function cardBoxes(s: Pick<ReactFlowState, 'nodes' | 'nodeLookup'>): readonly Rect[] {
  const found = known.get(s.nodes);
  if (found !== undefined) return found;
  const boxes = [...s.nodeLookup.values()].map(({ internals, measured }) => ({
    ...internals.positionAbsolute,
    width: measured.width ?? cardWidth,
    height: measured.height ?? cardHeight(1),
  }));
  known.set(s.nodes, boxes);
  return boxes;
}
