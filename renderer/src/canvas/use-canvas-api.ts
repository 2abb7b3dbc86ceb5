import { useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, type RefObject } from 'react';
import type { Point } from '../edits/graph.ts';
import { activeDocument } from '../state/documents.ts';
import { onReveal, selection } from '../state/view.ts';
import { setCanvasApi, useCanvas } from './canvas-store.ts';
import type { CardNode } from './use-flow-graph.ts';

const reduced = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Gives the rest of the window its hands on the canvas, and the canvas its "add here". */
export function useCanvasApi(box: RefObject<HTMLDivElement | null>): (client: Point) => void {
  const flow = useReactFlow<CardNode>();
  const openQuickAdd = useMemo(
    () =>
      ([x, y]: Point): void => {
        const frame = box.current?.getBoundingClientRect();
        const at = flow.screenToFlowPosition({ x, y });
        useCanvas.setState({
          quickAdd: { screen: [x - (frame?.left ?? 0), y - (frame?.top ?? 0)], at: [at.x, at.y - 17] },
        });
      },
    [box, flow],
  );
  useEffect(() => {
    let pointer: Point | undefined;
    const element = box.current;
    const move = (event: PointerEvent): void => {
      pointer = [event.clientX, event.clientY];
    };
    const leave = (): void => {
      pointer = undefined;
    };
    element?.addEventListener('pointermove', move);
    element?.addEventListener('pointerleave', leave);
    const center = (): Point => {
      const frame = element?.getBoundingClientRect();
      return frame ? [frame.left + frame.width / 2, frame.top + frame.height / 2] : [0, 0];
    };
    const middle = (): Point => {
      const [x, y] = center();
      const at = flow.screenToFlowPosition({ x, y });
      return [at.x - 108, at.y - 46];
    };
    const duration = (): number => (reduced() ? 0 : 200);
    const reveal = (node: string): void => {
      const found = flow.getInternalNode(node);
      const frame = element?.getBoundingClientRect();
      if (!found || !frame) return;
      const { x, y, zoom } = flow.getViewport();
      const [left, top] = [found.position.x * zoom + x, found.position.y * zoom + y];
      // No further than needed, so that what was looked at stays near.
      const margin = 24;
      const shift = (from: number, size: number, room: number): number =>
        from < margin ? margin - from : Math.min(0, room - margin - from - size);
      const [dx, dy] = [shift(left, 216 * zoom, frame.width), shift(top, 110 * zoom, frame.height)];
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: duration() });
    };
    setCanvasApi({
      focus: () => element?.focus({ preventScroll: true }),
      fit: (all = false) => {
        const nodes = all ? [] : selection().nodes;
        void flow.fitView({
          maxZoom: 1,
          padding: 0.12,
          duration: duration(),
          ...(nodes.length > 0 ? { nodes: nodes.map((id) => ({ id })) } : {}),
        });
      },
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() / 2 }),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: duration() / 2 }),
      quickAdd: () => openQuickAdd(pointer ?? center()),
      quickAddAfter: (from) => {
        const node = flow.getInternalNode(from.node);
        const frame = element?.getBoundingClientRect();
        if (!node || !frame) return openQuickAdd(center());
        const at: Point = [node.position.x + 280, node.position.y];
        const screen = flow.flowToScreenPosition({ x: at[0], y: at[1] + 28 });
        useCanvas.setState({
          drag: from,
          quickAdd: { screen: [screen.x - frame.left, screen.y - frame.top], at, from },
        });
      },
      placeForNew: () => {
        const chosen = selection().nodes.at(-1);
        const beside = chosen === undefined ? undefined : activeDocument()?.file.layout[chosen];
        return beside ? [beside[0] + 280, beside[1]] : middle();
      },
      middle,
      reveal,
      sizes: () =>
        new Map(
          flow.getNodes().map((n): [string, Point] => [n.id, [n.measured?.width ?? 216, n.measured?.height ?? 92]]),
        ),
    });
    const off = onReveal(reveal);
    return () => {
      off();
      element?.removeEventListener('pointermove', move);
      element?.removeEventListener('pointerleave', leave);
      setCanvasApi(null);
    };
  }, [box, flow, openQuickAdd]);
  return openQuickAdd;
}
