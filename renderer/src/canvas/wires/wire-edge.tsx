import { EdgeLabelRenderer, useStore, type EdgeProps } from '@xyflow/react';
import { memo, useMemo, type CSSProperties } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { parseWire, type PipelineFile } from '../../../../shared/pipeline/file.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { wireFault } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { useCheck, useNodeProblems } from '../../state/runs/check.ts';
import { activeDocument, usePipeline } from '../../state/documents/documents.ts';
import { isRunning, useRun } from '../../state/runs/followed-run.ts';
import { sayRowsShort } from '../../text/say.ts';
import { sayRefusal } from '../../state/documents/say-refusal.ts';
import { wireColor } from '../../theme/category.ts';
import { useCanvas } from '../../drawing/canvas-store.ts';
import { cardBoxes } from '../../drawing/card-boxes.ts';
import { portReach } from '../../drawing/port-place.ts';
import { moveInWords, moveOn } from '../../drawing/wire-move.ts';
import type { WireEdge } from '../use-flow-graph.ts';
import { wireKept } from '../../drawing/wire-route.ts';
import styles from './wire.module.css';

const near = (s: { transform: [number, number, number] }): boolean => s.transform[2] >= 0.5;

/** A wire between two ports, by what it carries; with its rows, and its reason when it is wrong. */
export const WireLine = memo(function WireLine({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  selected,
}: EdgeProps<WireEdge>) {
  const { from, to } = parseWire(id);
  const wire = usePipeline((file) => portsOf(file, from.node, specs).outputs[from.port]?.wire ?? 'table') ?? 'table';
  const fault = usePipeline((file) => faultText(file, id));
  const complaint = useNodeProblems(to.node).find(
    (p) => p.severity === 'error' && p.port === to.port && p.param === undefined,
  );
  const rows = useCheck((r) => r?.nodes[from.node]?.freshness.outputs.find((o) => o.port === from.port)?.rows);
  const move = useCheck((r) => moveOn(r?.plan.placed, from.node, to.node));
  const target = useCheck((r) => r?.plan.placed?.target);
  const fresh = useCheck((r) => r?.nodes[from.node]?.freshness.state === 'fresh');
  const look = useWireLook(from.node, to.node);
  const hot = useCanvas((s) => s.hotWire === id);
  const showLabel = useStore(near);
  const bad = fault ?? complaint?.message;
  const way = useMemo(
    () => wireKept([sourceX - portReach, sourceY], [targetX + portReach, targetY]),
    [sourceX, sourceY, targetX, targetY],
  );
  // The same object as long as the way is the same: a card that moves elsewhere draws no wire anew.
  const { path, middle } = useStore((s) => way(cardBoxes(s)));
  const [x, y] = middle;
  const style: CSSProperties & { '--pc': string } = { '--pc': wireColor(wire) };
  return (
    <>
      <path
        d={path}
        className={styles.wire}
        style={style}
        data-look={bad !== undefined ? 'bad' : look}
        data-selected={selected || undefined}
        data-hot={hot || undefined}
      />
      <path d={path} className={`${styles.grip} react-flow__edge-interaction`} />
      {showLabel && (bad !== undefined ? selected : rows !== undefined || move !== undefined) && (
        <EdgeLabelRenderer>
          <span
            className={`${styles.label} ${bad === undefined ? '' : styles.reason}`}
            style={{
              transform: `translate(-50%, -50%) translate(${x}px, ${y - (bad === undefined && Math.abs(sourceY - targetY) < 8 ? 10 : 0)}px)`,
            }}
          >
            {bad ?? (rows === undefined ? undefined : `${fresh ? '' : '~'}${sayRowsShort(rows)}`)}
            {bad === undefined && move !== undefined && (
              <span
                className={styles.move}
                role="img"
                aria-label={moveInWords(move, target ?? '')}
                data-testid="wire-move"
              >
                {move}
              </span>
            )}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

const faultText = (file: PipelineFile, id: string): string | undefined => {
  const fault = wireFault(file, specs, parseWire(id));
  return fault === null ? undefined : sayRefusal(activeDocument()?.file ?? file, fault);
};

/** Flowing into a running node; off where nothing passes. */
function useWireLook(from: string, to: string): 'flow' | 'off' | undefined {
  const running = useRun(isRunning);
  const source = useRun((r) => r?.state.nodes[from]?.state);
  const target = useRun((r) => r?.state.nodes[to]?.state);
  const off = usePipeline((file) => file.nodes[to]?.disabled === true);
  if (running && target === 'running') return 'flow';
  if (off || (running && (source === 'failed' || source === 'skipped'))) return 'off';
  return undefined;
}
