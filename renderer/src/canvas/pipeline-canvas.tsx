import '@xyflow/react/dist/base.css';
import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, SelectionMode, useStore } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { handleKeys } from '../actions/handle-keys.ts';
import { gridPx } from '../../../shared/pipeline/edits/graph.ts';
import { useActive, usePipeline } from '../state/documents/documents.ts';
import { t } from '../text/t.ts';
import { isFocusFree } from '../state/window/panels.ts';
import { CanvasFoot } from './around/canvas-tools.tsx';
import styles from './canvas.module.css';
import { Card } from './cards/card.tsx';
import { ConnectPanel } from './around/connect-panel.tsx';
import { ContextMenu } from './around/context-menu.tsx';
import { ConnectionLine } from './wires/connection-line.tsx';
import { GroupFrames } from './around/group-frames.tsx';
import { Minimap } from './around/minimap.tsx';
import { Outline } from './around/outline.tsx';
import { PendingWire } from './wires/pending-wire.tsx';
import { QuickAddPanel } from './around/quick-add-panel.tsx';
import { TrainingFrame } from './around/training-frame.tsx';
import { leastZoom } from './canvas-views.ts';
import { useCanvasApi } from './use-canvas-api.ts';
import { useCardDrag } from './cards/use-card-drag.ts';
import { useContextMenu } from './around/use-context-menu.ts';
import { useFileDrop } from './use-file-drop.ts';
import { useFlowGraph, type CardNode, type WireEdge } from './use-flow-graph.ts';
import { useViewport } from './use-viewport.ts';
import { useWiring } from './wires/use-wiring.ts';
import { WireLine } from './wires/wire-edge.tsx';

const nodeTypes = { card: Card };
const edgeTypes = { wire: WireLine };
const grid: [number, number] = [gridPx, gridPx];

/** The canvas of the pipeline in front. One tab stop; inside it, keys walk the graph. */
export function PipelineCanvas() {
  const draft = useActive((d) => d?.draft);
  return (
    <ReactFlowProvider key={draft}>
      <Canvas />
    </ReactFlowProvider>
  );
}

// Over 80 lines: the one place where React Flow is given all that it asks for.
function Canvas() {
  const box = useRef<HTMLDivElement>(null);
  const { nodes, edges, onNodesChange } = useFlowGraph();
  const viewport = useViewport(box);
  const wiring = useWiring(box);
  const drag = useCardDrag();
  const menu = useContextMenu(box);
  const [dropping, setDropping] = useState(false);
  const drop = useFileDrop(setDropping);
  const openQuickAdd = useCanvasApi(box);
  // A pipeline that comes to the front takes the focus where nothing else has it: keys work at once.
  useEffect(() => {
    if (isFocusFree()) box.current?.focus({ preventScroll: true });
  }, []);
  const empty = usePipeline((file) => Object.keys(file.nodes).length === 0);
  return (
    <div
      className={styles.room}
      role="presentation"
      // From the tools below it, too.
      onKeyDown={(event) => {
        if (handleKeys(event.nativeEvent, 'canvas')) event.preventDefault();
      }}
    >
      <div
        ref={box}
        className={`${styles.canvas} ${dropping ? styles.dropping : ''}`}
        style={{ containerType: 'size', containerName: 'canvas' }}
        role="application"
        aria-label={t('canvas.label')}
        aria-roledescription={t('canvas.roleDescription')}
        tabIndex={0}
        data-panel="canvas"
        data-testid="canvas"
        onDoubleClick={(event) => {
          if (event.target instanceof Element && event.target.classList.contains('react-flow__pane'))
            openQuickAdd([event.clientX, event.clientY]);
        }}
        {...drop}
      >
        <ReactFlow<CardNode, WireEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={onNodesChange}
          {...viewport}
          {...wiring}
          {...drag}
          {...menu}
          connectionLineComponent={ConnectionLine}
          connectionRadius={32}
          snapToGrid
          snapGrid={grid}
          nodeDragThreshold={3}
          selectionOnDrag
          selectionMode={SelectionMode.Partial}
          selectNodesOnDrag={false}
          panOnDrag={panButtons}
          panActivationKeyCode="Space"
          zoomOnDoubleClick={false}
          multiSelectionKeyCode={multiKeys}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          disableKeyboardA11y
          nodesFocusable={false}
          edgesFocusable={false}
          elevateNodesOnSelect
          onlyRenderVisibleElements
          minZoom={leastZoom}
          maxZoom={2}
          proOptions={proOptions}
        >
          <Dots />
          <TrainingFrame />
          <GroupFrames />
          <PendingWire />
        </ReactFlow>
        {empty === true && <div className={styles.empty}>{t('canvas.empty')}</div>}
        <Minimap />
        <Outline />
        <QuickAddPanel />
        <ConnectPanel />
        <ContextMenu />
      </div>
      <CanvasFoot />
    </div>
  );
}

/** The grid, as long as its dots can be told apart. */
function Dots() {
  const isNear = useStore((s) => s.transform[2] > 0.4);
  return isNear ? <Background variant={BackgroundVariant.Dots} gap={20} size={2} color="var(--dot)" /> : null;
}

/** The middle button; the left one draws a marquee, the right one opens the menu. */
const panButtons = [1];
const multiKeys = ['Shift', 'Meta', 'Control'];
const proOptions = { hideAttribution: true };
