import { useReactFlow, useStore, type ReactFlowInstance } from '@xyflow/react';
import { Maximize, Minus, Network, Plus, SquarePlus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { Button } from 'react-aria-components';
import { wires, type Wire } from '../../../shared/wires.ts';
import { specs } from '../../../nodes/specs.ts';
import { runAction, shortcutOf } from '../actions/registry.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { cardHeight, cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { Point } from '../edits/graph.ts';
import { activeDocument, usePipeline } from '../state/documents.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { PortGlyph } from '../theme/port-shape.tsx';
import { useCanvas } from './canvas-store.ts';
import styles from './canvas.module.css';
import { minimapSize, overlap, toolsEdge, type Rect } from './minimap-place.ts';
import { portPoint } from './port-place.ts';
import type { CardNode } from './use-flow-graph.ts';
import { cardsBehind, wireWay } from './wire-route.ts';
import { useStillCards } from './use-still-cards.ts';
import { linksOf, portsOf } from '../edits/ports.ts';

/** Zoom, fit, tidy: at the lower left of the canvas, or where they cover less. */
export function CanvasTools() {
  const percent = useStore((s) => Math.round(s.transform[2] * 100));
  const own = useRef<HTMLDivElement>(null);
  const [edge, setEdge] = useState<'bottom' | 'top'>('bottom');
  const place = useCallback((cards: readonly Rect[], frame: Pick<Rect, 'width' | 'height'>): void => {
    // Whoever presses them again and again keeps them where they are.
    if (own.current?.matches(':hover, :focus-within') !== true) setEdge(toolsEdge(cards, frame));
  }, []);
  useStillCards(place);
  return (
    <div className={styles.tools} role="toolbar" aria-label={t('app.canvas')} data-edge={edge} ref={own}>
      <Button className={styles.add ?? ''} onPress={() => runAction('add.quick')}>
        <Icon of={SquarePlus} size={14} />
        {t('canvas.addNode')}
      </Button>
      <i />
      <IconButton
        size="small"
        icon={Plus}
        iconSize={14}
        label={t('canvas.zoomIn')}
        shortcut={shortcutOf('view.zoom-in')}
        onPress={() => runAction('view.zoom-in')}
      />
      <Button
        className={styles.zoom ?? ''}
        aria-label={t('canvas.zoomReset')}
        onPress={() => runAction('view.zoom-reset')}
      >
        {percent} %
      </Button>
      <IconButton
        size="small"
        icon={Minus}
        iconSize={14}
        label={t('canvas.zoomOut')}
        shortcut={shortcutOf('view.zoom-out')}
        onPress={() => runAction('view.zoom-out')}
      />
      <i />
      <IconButton
        size="small"
        icon={Maximize}
        iconSize={14}
        label={t('canvas.fit')}
        shortcut={shortcutOf('view.fit')}
        onPress={() => runAction('view.fit')}
      />
      <IconButton
        size="small"
        icon={Network}
        iconSize={14}
        label={t('canvas.tidy')}
        shortcut={shortcutOf('edit.tidy')}
        onPress={() => runAction('edit.tidy')}
      />
      <Said />
    </div>
  );
}

const legendPx = 30;
const legendSidePx = 12;

/** Where the legend lies on nothing: below, else above; else it is left away. */
function useLegendEdge(own: RefObject<HTMLDivElement | null>): 'bottom' | 'top' | null {
  const flow = useReactFlow<CardNode>();
  const [edge, setEdge] = useState<'bottom' | 'top' | null>('bottom');
  const place = useCallback(
    (cards: readonly Rect[], frame: Pick<Rect, 'width' | 'height'>): void => {
      const file = activeDocument()?.file;
      const width = (own.current?.offsetWidth ?? 0) + 2 * legendSidePx;
      // The overview may stand between the legend and the edge.
      const x = frame.width - width - minimapSize.width - legendSidePx;
      const isBare = (y: number): boolean => {
        const place = { x, y, width: frame.width - x, height: legendPx + legendSidePx };
        return (
          cards.every((card) => overlap(card, place) === 0) &&
          (file === undefined || cardsBehindWays(wayPoints(file, flow), place) === 0)
        );
      };
      setEdge(isBare(frame.height - legendPx - legendSidePx) ? 'bottom' : isBare(0) ? 'top' : null);
    },
    [flow, own],
  );
  useStillCards(place);
  return edge;
}

/** The ways of all wires as they stand on the screen. */
function wayPoints(file: PipelineFile, flow: ReactFlowInstance<CardNode>): Point[][] {
  const { x, y, zoom } = flow.getViewport();
  const nodes = new Map(flow.getNodes().map((node) => [node.id, node]));
  const boxes = [...nodes.values()].map(({ position, measured }) => ({
    ...position,
    width: measured?.width ?? cardWidth,
    height: measured?.height ?? cardHeight(1),
  }));
  return linksOf(file).flatMap(({ from, to }) => {
    const [a, b] = [nodes.get(from.node)?.position, nodes.get(to.node)?.position];
    if (a === undefined || b === undefined) return [];
    const start = portPoint(file, from.node, 'output', from.port, [a.x, a.y]);
    const end = portPoint(file, to.node, 'input', to.port, [b.x, b.y]);
    return [wireWay(start, end, boxes).points.map(([px, py]): Point => [px * zoom + x, py * zoom + y])];
  });
}
const cardsBehindWays = (ways: readonly Point[][], place: Rect): number =>
  ways.reduce((sum, points) => sum + cardsBehind(points, [place]), 0);

/** What the view shows since it was fitted, for a moment. */
function Said() {
  const said = useCanvas((s) => s.said);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => useCanvas.setState({ said: null }), saidMs);
    return () => clearTimeout(timer);
  }, [said]);
  return said === null ? null : (
    <span className={styles.said} aria-hidden>
      {said}
    </span>
  );
}
const saidMs = 4000;

/** The signs of the wires that this pipeline uses. */
export function WireLegend() {
  const own = useRef<HTMLDivElement>(null);
  const edge = useLegendEdge(own);
  const used = usePipeline((file) => {
    const found = new Set<Wire>();
    for (const id of Object.keys(file.nodes)) {
      const ports = portsOf(file, id, specs);
      for (const port of [...Object.values(ports.inputs), ...Object.values(ports.outputs)]) found.add(port.wire);
    }
    return wires.filter((w) => found.has(w)).join(' ');
  });
  return (
    <div
      className={styles.legend}
      ref={own}
      data-edge={edge ?? undefined}
      style={edge === null ? { visibility: 'hidden' } : undefined}
      aria-hidden
    >
      {wires
        .filter((wire) => used?.split(' ').includes(wire))
        .map((wire) => (
          <span key={wire}>
            <PortGlyph wire={wire} surface="var(--canvas)" />
            {t(`canvas.wire.${wire}`)}
          </span>
        ))}
    </div>
  );
}
