import { useReactFlow, ViewportPortal } from '@xyflow/react';
import { activeDocument } from '../../state/documents/documents.ts';
import { wireColor } from '../../theme/category.ts';
import { useCanvas } from '../../drawing/canvas-store.ts';
import { cardWidth } from '../../../../shared/pipeline/arrange.ts';
import { portPoint, portY } from '../../drawing/port-place.ts';
import type { CardNode } from '../use-flow-graph.ts';
import { wirePath } from '../../drawing/wire-geometry.ts';

/** The wire that waits for its other end while the search for a node is open. */
export function PendingWire() {
  const open = useCanvas((s) => s.quickAdd);
  const flow = useReactFlow<CardNode>();
  const from = open?.from;
  const file = activeDocument()?.file;
  const place = from && flow.getNode(from.node)?.position;
  if (!open || !from || !file || !place) return null;
  const port = portPoint(file, from.node, from.side, from.port, [place.x, place.y]);
  const end: readonly [number, number] =
    from.side === 'output' ? [open.at[0], open.at[1] + portY(0)] : [open.at[0] + cardWidth, open.at[1] + portY(0)];
  return (
    <ViewportPortal>
      <svg
        style={{ position: 'absolute', overflow: 'visible', pointerEvents: 'none' }}
        width={1}
        height={1}
        aria-hidden
      >
        <path
          d={from.side === 'output' ? wirePath(port, end) : wirePath(end, port)}
          fill="none"
          stroke={wireColor(from.wire)}
          strokeWidth={2.2}
        />
      </svg>
    </ViewportPortal>
  );
}
