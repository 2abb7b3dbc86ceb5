import { useReactFlow, useStore } from '@xyflow/react';
import { memo, useCallback, useRef, useState, type PointerEvent } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { largest, smallest } from '../../../../shared/append.ts';
import { cardHeight, cardWidth } from '../../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { usePipeline } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { categoryColor } from '../../theme/category.ts';
import styles from '../canvas.module.css';
import { minimapCorner, minimapSize, type Corner, type Rect } from '../../drawing/minimap-place.ts';
import { useStillCards } from '../cards/use-still-cards.ts';

const { width, height } = minimapSize;
const card: readonly [number, number] = [cardWidth, cardHeight(1)];

/** The whole pipeline in small, with what is seen of it; press or drag to go there. Our own: React Flow's costs 8 ms a move at 500 nodes. */
export function Minimap() {
  const nodes = usePipeline((file) => file.nodes);
  const layout = usePipeline((file) => file.layout);
  const [tx, ty, zoom] = useStore((s) => s.transform);
  const seenWidth = useStore((s) => s.width);
  const seenHeight = useStore((s) => s.height);
  const flow = useReactFlow();
  const dragging = useRef(false);
  const corner = useCorner(dragging);
  if (nodes === undefined || layout === undefined || corner === null) return null;
  const places = Object.keys(nodes).map((id): readonly [number, number] => layout[id] ?? [0, 0]);
  const seen = { x: -tx / zoom, y: -ty / zoom, width: seenWidth / zoom, height: seenHeight / zoom };
  const left = smallest([...places.map(([x]) => x), seen.x]) - 60;
  const top = smallest([...places.map(([, y]) => y), seen.y]) - 60;
  const boxWidth = largest([...places.map(([x]) => x + card[0]), seen.x + seen.width]) + 60 - left;
  const boxHeight = largest([...places.map(([, y]) => y + card[1]), seen.y + seen.height]) + 60 - top;
  const scale = Math.max(boxWidth / width, boxHeight / height);
  const offset = [left - (width * scale - boxWidth) / 2, top - (height * scale - boxHeight) / 2] as const;
  const go = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    void flow.setCenter(offset[0] + (event.clientX - box.left) * scale, offset[1] + (event.clientY - box.top) * scale, {
      zoom,
    });
  };
  return (
    <svg
      className={styles.minimap}
      data-corner={corner}
      width={width}
      height={height}
      viewBox={`${offset[0]} ${offset[1]} ${width * scale} ${height * scale}`}
      role="img"
      aria-label={t('canvas.minimap', { count: places.length })}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (dragging.current) go(event);
      }}
      onPointerUp={() => {
        dragging.current = false;
      }}
    >
      <rect className={styles.seen} x={seen.x} y={seen.y} width={seen.width} height={seen.height} rx={4 * scale} />
      <Dots nodes={nodes} layout={layout} />
    </svg>
  );
}

function useCorner(dragging: { readonly current: boolean }): Corner | null {
  const [corner, setCorner] = useState<Corner | null>(null);
  const place = useCallback(
    (cards: readonly Rect[], frame: Pick<Rect, 'width' | 'height'>): void => {
      // Whoever pulls at it keeps it.
      if (!dragging.current) setCorner((now) => minimapCorner(cards, frame, now));
    },
    [dragging],
  );
  useStillCards(place);
  return corner;
}

const Dots = memo(function Dots({ nodes, layout }: Pick<PipelineFile, 'nodes' | 'layout'>) {
  return Object.entries(nodes).map(([id, node]) => {
    const [x, y] = layout[id] ?? [0, 0];
    const spec = specs.get(node.kind);
    return (
      <rect
        key={id}
        className={styles.dot}
        x={x}
        y={y}
        width={card[0]}
        height={card[1]}
        rx={24}
        fill={spec ? categoryColor(spec.category) : 'var(--gov)'}
      />
    );
  });
});
