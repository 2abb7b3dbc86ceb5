/** Drawing wires with the pointer: from port to port, onto a card, onto nothing (search for what fits), and moving an end elsewhere. */
import {
  useReactFlow,
  type Connection,
  type FinalConnectionState,
  type OnConnectStart,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useMemo, type MouseEvent, type RefObject } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { cardWidth } from '../../../../shared/pipeline/arrange.ts';
import { parseWire, type PipelineFile, type WireEnd } from '../../../../shared/pipeline/file.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { whyNotConnect } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { toast } from '../../state/window/toasts.ts';
import { select, selection } from '../../state/window/view.ts';
import { sayRefusal } from '../../state/documents/say-refusal.ts';
import { connectEnds, cutWire } from '../../drawing/canvas-commands.ts';
import { useCanvas, type WireDrag } from '../../drawing/canvas-store.ts';
import type { WireEdge } from '../use-flow-graph.ts';

const endsOf = (c: {
  source: string;
  sourceHandle?: string | null;
  target: string;
  targetHandle?: string | null;
}): { from: WireEnd; to: WireEnd } => ({
  from: { node: c.source, port: c.sourceHandle ?? '' },
  to: { node: c.target, port: c.targetHandle ?? '' },
});

/** Where the drawing is on the screen. */
interface CanvasPlace {
  box: RefObject<HTMLDivElement | null>;
  flow: Pick<ReactFlowInstance, 'screenToFlowPosition'>;
}

export function useWiring(box: RefObject<HTMLDivElement | null>) {
  const flow = useReactFlow();
  return useMemo(() => {
    const canvas: CanvasPlace = { box, flow };
    return {
      onConnectStart,
      onConnectEnd: (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void =>
        endDrag(canvas, event, state),
      onConnect: (connection: Connection): void => {
        const { from, to } = endsOf(connection);
        connectEnds(from, to);
      },
      isValidConnection: isValid,
      onReconnectStart: (_event: MouseEvent, edge: WireEdge): void => {
        useCanvas.setState({ moving: edge.id });
      },
      onReconnect: (edge: WireEdge, connection: Connection): void => {
        const { from, to } = endsOf(connection);
        connectEnds(from, to, edge.id);
      },
      onReconnectEnd: endMove,
      onEdgeClick: clickWire,
      onEdgeDoubleClick: (event: MouseEvent, edge: WireEdge): void => addInto(canvas, event, edge),
      onPaneClick: (): void => select({}),
      reconnectRadius: 14,
    };
  }, [box, flow]);
}

/** The wire that is moved to another port. */
const moving = (): string | null => useCanvas.getState().moving;

const onConnectStart: OnConnectStart = (_event, { nodeId, handleId, handleType }) => {
  const file = activeDocument()?.file;
  if (file === undefined || nodeId === null || handleId === null) return;
  const side = handleType === 'target' ? 'input' : 'output';
  const wire = portsOf(file, nodeId, specs)[side === 'input' ? 'inputs' : 'outputs'][handleId]?.wire;
  if (wire !== undefined) useCanvas.setState({ drag: { node: nodeId, port: handleId, side, wire } });
};

/** What is under the pointer decides: a port says why it does not fit, a card takes what fits, nothing opens the search. */
function endDrag(canvas: CanvasPlace, event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void {
  const { drag } = useCanvas.getState();
  useCanvas.setState({ drag: null });
  const point = pointOf(event);
  if (drag === null || state.isValid === true || moving() !== null || point === undefined) return;
  const file = activeDocument()?.file;
  if (file === undefined) return;
  if (state.toHandle && !(state.toHandle.nodeId === drag.node && state.toHandle.id === drag.port))
    return sayWhyNot(file, drag, { node: state.toHandle.nodeId, port: state.toHandle.id ?? '' });
  const under = document.elementFromPoint(...point);
  const card = under?.closest('.react-flow__node')?.getAttribute('data-id');
  if (card !== null && card !== undefined) {
    if (card !== drag.node) dropOnCard(drag, card);
  } else if (under?.closest('.react-flow__pane') || under?.closest('.react-flow__edge')) {
    openSearch(canvas, drag, point);
  }
}

function openSearch({ box, flow }: CanvasPlace, drag: WireDrag, [x, y]: readonly [number, number]): void {
  const frame = box.current?.getBoundingClientRect();
  const at = flow.screenToFlowPosition({ x, y });
  useCanvas.setState({
    drag,
    quickAdd: {
      screen: [x - (frame?.left ?? 0), y - (frame?.top ?? 0) - 18],
      at: drag.side === 'output' ? [at.x, at.y - 46] : [at.x - cardWidth, at.y - 46],
      from: drag,
    },
  });
}

function sayWhyNot(file: PipelineFile, drag: WireDrag, other: WireEnd): void {
  const refusal =
    drag.side === 'output'
      ? whyNotConnect(file, specs, bare(drag), other)
      : whyNotConnect(file, specs, other, bare(drag));
  if (refusal !== null && refusal.code !== 'same-node') toast({ tone: 'warn', title: sayRefusal(file, refusal) });
}

function isValid(connection: Connection | WireEdge): boolean {
  const file = activeDocument()?.file;
  const { from, to } = endsOf(connection);
  return (
    file !== undefined &&
    whyNotConnect(
      moving() === null ? file : { ...file, wires: file.wires.filter((w) => w !== moving()) },
      specs,
      from,
      to,
    ) === null
  );
}

function endMove(
  event: globalThis.MouseEvent | TouchEvent,
  edge: WireEdge,
  _handle: unknown,
  state: FinalConnectionState,
): void {
  useCanvas.setState({ moving: null, drag: null });
  const point = pointOf(event);
  // Pulled off and dropped on nothing: the wire is gone.
  if (state.isValid !== true && point && document.elementFromPoint(...point)?.closest('.react-flow__pane'))
    cutWire(edge.id);
}

function clickWire(event: MouseEvent, edge: WireEdge): void {
  if (event.altKey) cutWire(edge.id);
  else if (event.shiftKey) select({ ...selection(), wires: [...new Set([...selection().wires, edge.id])] });
  else select({ wires: [edge.id] });
}

/** The search for what stands between both ends of a wire. */
function addInto({ box, flow }: CanvasPlace, event: MouseEvent, edge: WireEdge): void {
  const frame = box.current?.getBoundingClientRect();
  const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  useCanvas.setState({
    quickAdd: {
      screen: [event.clientX - (frame?.left ?? 0), event.clientY - (frame?.top ?? 0)],
      at: [at.x - 108, at.y - 46],
      into: parseWire(edge.id),
    },
  });
}

const bare = ({ node, port }: WireEnd): WireEnd => ({ node, port });

/** Onto a card's body: its only or best port, free ones first. */
function dropOnCard(drag: WireDrag, card: string): void {
  const file = activeDocument()?.file;
  if (file === undefined) return;
  const names = Object.keys(portsOf(file, card, specs)[drag.side === 'output' ? 'inputs' : 'outputs']);
  const ends = (port: string): { from: WireEnd; to: WireEnd } =>
    drag.side === 'output'
      ? { from: bare(drag), to: { node: card, port } }
      : { from: { node: card, port }, to: bare(drag) };
  const possible = names.filter((port) => whyNotConnect(file, specs, ends(port).from, ends(port).to) === null);
  const taken = (port: string): boolean =>
    drag.side === 'output' && file.wires.some((w) => w.endsWith(` -> ${card}.${port}`));
  const best = possible.find((port) => !taken(port)) ?? possible[0];
  if (best !== undefined) {
    connectEnds(ends(best).from, ends(best).to);
    return;
  }
  const first = names[0];
  const refusal = first === undefined ? null : whyNotConnect(file, specs, ends(first).from, ends(first).to);
  if (refusal !== null) toast({ tone: 'warn', title: sayRefusal(file, refusal) });
}

function pointOf(event: globalThis.MouseEvent | TouchEvent): readonly [number, number] | undefined {
  const at = 'clientX' in event ? event : event.changedTouches[0];
  return at && [at.clientX, at.clientY];
}
