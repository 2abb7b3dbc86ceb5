import { useStore, ViewportPortal, type ReactFlowState } from '@xyflow/react';
import { useMemo } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { cardHeight, cardWidth } from '../../../../shared/pipeline/arrange.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { usePipeline } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import styles from '../canvas.module.css';
import { distance, farTextPx } from '../../drawing/distance.ts';
import { frameAround, nodesAfter, type Box } from '../../drawing/after-split.ts';

/** The field behind the nodes that stand after a Split, with what that means. Left away where other nodes stand among them. */
export function TrainingFrame() {
  const nodes = usePipeline((file) => file.nodes);
  const wires = usePipeline((file) => file.wires);
  const split = useMemo(
    () => Object.keys(nodes ?? {}).filter((id) => specs.get(nodes?.[id]?.kind ?? '')?.category === 'split'),
    [nodes],
  );
  const after = useMemo(() => (wires === undefined ? [] : nodesAfter({ wires }, split)), [wires, split]);
  const title = usePipeline((file) => (split[0] === undefined ? '' : titleOf(file, split[0])));
  const box = useStore(
    (s) => (split.length === 1 ? frameAround(boxesOf(s), after) : null),
    (a, b) =>
      a === b ||
      (a !== null && b !== null && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height),
  );
  const far = useStore((s) => distance(s.transform[2]));
  if (box === null || far === 'block') return null;
  return (
    <ViewportPortal>
      <div
        className={styles.frame}
        style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
        aria-hidden
      >
        <span data-far={far !== 'near' || undefined} style={far === 'near' ? undefined : { fontSize: farTextPx(far) }}>
          {t('canvas.afterSplitFrame', { split: title ?? '' })}
        </span>
      </div>
    </ViewportPortal>
  );
}

const boxesOf = (s: ReactFlowState): (Box & { id: string })[] =>
  [...s.nodeLookup.values()].map((n) => ({
    id: n.id,
    x: n.internals.positionAbsolute.x,
    y: n.internals.positionAbsolute.y,
    width: n.measured.width ?? cardWidth,
    height: n.measured.height ?? cardHeight(1),
  }));
