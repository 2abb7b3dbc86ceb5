import { useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, type RefObject } from 'react';
import { cardHeight, cardWidth, columnPx } from '../../../shared/pipeline/arrange.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { onReveal, selection } from '../state/window/view.ts';
import { setCanvasApi, useCanvas } from '../drawing/canvas-store.ts';
import { roomOf } from '../drawing/first-view.ts';
import { makeCanvasViews } from './canvas-views.ts';
import { followHand } from './follow-hand.ts';
import { setOwnView } from './own-view.ts';
import type { CardNode } from './use-flow-graph.ts';

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
    const element = box.current;
    const center = (): Point => {
      const frame = element?.getBoundingClientRect();
      return frame ? [frame.left + frame.width / 2, frame.top + frame.height / 2] : [0, 0];
    };
    const middle = (): Point => {
      const [x, y] = center();
      const at = flow.screenToFlowPosition({ x, y });
      return [at.x - cardWidth / 2, at.y - 46];
    };
    const { duration, reveal, fill, fit } = makeCanvasViews(flow, element);
    const hand = followHand(element, fill);
    setCanvasApi({
      focus: () => element?.focus({ preventScroll: true }),
      fit,
      zoomBy: (factor) => {
        setOwnView(null);
        void flow.zoomTo(flow.getZoom() * factor, { duration: duration() / 2 });
      },
      zoomTo: (zoom) => {
        setOwnView(null);
        void flow.zoomTo(zoom, { duration: duration() / 2 });
      },
      quickAdd: () => openQuickAdd(hand.pointer() ?? center()),
      quickAddAfter: (from) => {
        const node = flow.getInternalNode(from.node);
        const frame = element?.getBoundingClientRect();
        if (!node || !frame) return openQuickAdd(center());
        const at: Point = [node.position.x + columnPx, node.position.y];
        const screen = flow.flowToScreenPosition({ x: at[0], y: at[1] + 28 });
        useCanvas.setState({
          drag: from,
          quickAdd: { screen: [screen.x - frame.left, screen.y - frame.top], at, from },
        });
      },
      placeForNew: () => {
        const chosen = selection().nodes.at(-1);
        const beside = chosen === undefined ? undefined : activeDocument()?.file.layout[chosen];
        if (beside !== undefined) return [beside[0] + columnPx, beside[1]];
        // After the last one, as a text goes on after its last line.
        const last = Object.values(activeDocument()?.file.layout ?? {})
          .sort((a, b) => a[1] - b[1] || a[0] - b[0])
          .at(-1);
        return last ? [last[0] + columnPx, last[1]] : middle();
      },
      middle,
      room: () => roomOf([element?.clientWidth ?? 0, element?.clientHeight ?? 0]),
      reveal,
      sizes: () =>
        new Map(
          flow
            .getNodes()
            .map((n): [string, Point] => [n.id, [n.measured?.width ?? cardWidth, n.measured?.height ?? cardHeight(1)]]),
        ),
    });
    const off = onReveal(reveal);
    return () => {
      off();
      hand.stop();
      setCanvasApi(null);
    };
  }, [box, flow, openQuickAdd]);
  return openQuickAdd;
}
