import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect } from 'react';
import { cardHeight, cardWidth } from '../../../../shared/pipeline/arrange.ts';
import { usePipeline } from '../../state/documents/documents.ts';
import type { Rect } from '../../drawing/minimap-place.ts';
import type { CardNode } from '../use-flow-graph.ts';

/** How long the view must be still before something that lies on it may go elsewhere: nothing jumps while something moves. */
const stillMs = 150;
/** Of a card that was not drawn yet. */
const guess: readonly [number, number] = [cardWidth, cardHeight(1)];

/** Tells where the cards are on the screen, relative to the canvas, whenever the view has come to rest. `place` must not change with each drawing. */
export function useStillCards(place: (cards: Rect[], frame: Pick<Rect, 'width' | 'height'>) => void): void {
  const layout = usePipeline((file) => file.layout);
  const transform = useStore((s) => s.transform);
  const width = useStore((s) => s.width);
  const height = useStore((s) => s.height);
  const flow = useReactFlow<CardNode>();
  useEffect(() => {
    const [tx, ty, zoom] = transform;
    const timer = setTimeout(() => {
      const cards = flow.getNodes().map(({ position, measured }) => ({
        x: position.x * zoom + tx,
        y: position.y * zoom + ty,
        width: (measured?.width ?? guess[0]) * zoom,
        height: (measured?.height ?? guess[1]) * zoom,
      }));
      place(cards, { width, height });
    }, stillMs);
    return () => clearTimeout(timer);
  }, [layout, transform, width, height, flow, place]);
}
