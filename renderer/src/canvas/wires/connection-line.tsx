import type { ConnectionLineComponentProps } from '@xyflow/react';
import { specs } from '../../../../nodes/specs.ts';
import { replacedWire, whyNotConnect } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { sayRefusal } from '../../state/documents/say-refusal.ts';
import { t } from '../../text/t.ts';
import { wireColor } from '../../theme/category.ts';
import { useCanvas } from '../../drawing/canvas-store.ts';
import type { CardNode } from '../use-flow-graph.ts';
import { wirePath } from '../../drawing/wire-geometry.ts';

/** The wire under the pointer; over a port that it may not end in, the reason stands beside it. */
export function ConnectionLine({
  fromX,
  fromY,
  toX,
  toY,
  fromHandle,
  toHandle,
  toNode,
}: ConnectionLineComponentProps<CardNode>) {
  const drag = useCanvas((s) => s.drag);
  const forward = fromHandle.type === 'source';
  const d = forward ? wirePath([fromX, fromY], [toX, toY]) : wirePath([toX, toY], [fromX, fromY]);
  const word =
    toHandle && toNode && drag
      ? sayEnd(drag, { node: toNode.id, port: toHandle.id ?? '', type: toHandle.type })
      : undefined;
  return (
    <g style={{ pointerEvents: 'none' }}>
      <path
        d={d}
        fill="none"
        stroke={word?.bad ? 'var(--bad)' : wireColor(drag?.wire ?? 'table')}
        strokeWidth={2.2}
        strokeDasharray={word?.bad ? '5 4' : undefined}
      />
      {word && (
        <foreignObject
          x={toX + (forward ? 14 : -274)}
          y={toY + 12}
          width={260}
          height={60}
          style={{ overflow: 'visible' }}
        >
          <span
            style={{
              display: 'inline-block',
              maxWidth: 260,
              padding: '3px 7px',
              borderRadius: 5,
              background: 'var(--s3)',
              color: word.bad ? 'var(--bad)' : 'var(--t2)',
              fontSize: 11,
              lineHeight: '15px',
              boxShadow: '0 0 0 1px var(--l2), var(--sh1)',
            }}
          >
            {word.text}
          </span>
        </foreignObject>
      )}
    </g>
  );
}

function sayEnd(
  drag: { node: string; port: string; side: 'output' | 'input' },
  over: { node: string; port: string; type: 'source' | 'target' },
): { bad: boolean; text: string } | undefined {
  const file = activeDocument()?.file;
  if (file === undefined || (over.node === drag.node && over.port === drag.port)) return undefined;
  if ((over.type === 'source') === (drag.side === 'output')) return { bad: true, text: t('canvas.refuse.direction') };
  const [from, to] = drag.side === 'output' ? [drag, over] : [over, drag];
  const refusal = whyNotConnect(file, specs, { node: from.node, port: from.port }, { node: to.node, port: to.port });
  if (refusal !== null) return { bad: true, text: sayRefusal(file, refusal) };
  const old = replacedWire(file, specs, { node: to.node, port: to.port });
  return old && { bad: false, text: t('canvas.replaces', { node: titleOf(file, old.from.node) }) };
}
