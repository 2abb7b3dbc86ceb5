import { useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, type RefObject } from 'react';
import { cardHeight, cardWidth, columnPx } from '../../../shared/pipeline/arrange.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { announce } from '../theme/announce.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { onReveal, selection } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { setCanvasApi, useCanvas } from '../drawing/canvas-store.ts';
import { cardsOf } from '../drawing/card-sizes.ts';
import { firstView, roomOf, wholeView, type View } from '../drawing/first-view.ts';
import { isOwnView, ownView, setOwnView } from './own-view.ts';
import type { CardNode } from './use-flow-graph.ts';

const reduced = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

const settledMs = 120;
/** A little longer than it takes. */
const arrivalMs = 100;
/** As far as the canvas goes out. */
export const leastZoom = 0.08;

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
    /** From the press of a button to its release, wherever that is. */
    let isHeld = false;
    const element = box.current;
    const press = (): void => {
      isHeld = true;
    };
    const move = (event: PointerEvent): void => {
      pointer = [event.clientX, event.clientY];
    };
    const leave = (): void => {
      pointer = undefined;
    };
    element?.addEventListener('pointermove', move);
    element?.addEventListener('pointerleave', leave);
    // Before the library that draws the canvas hears of it: it keeps some presses to itself.
    element?.addEventListener('pointerdown', press, true);
    const center = (): Point => {
      const frame = element?.getBoundingClientRect();
      return frame ? [frame.left + frame.width / 2, frame.top + frame.height / 2] : [0, 0];
    };
    const middle = (): Point => {
      const [x, y] = center();
      const at = flow.screenToFlowPosition({ x, y });
      return [at.x - cardWidth / 2, at.y - 46];
    };
    const duration = (): number => (reduced() ? 0 : 200);
    /** The view from which all of a node is in sight; no further than needed, so that what was looked at stays near. */
    const withNode = (node: string, view: View): View => {
      const found = flow.getInternalNode(node);
      const frame = element?.getBoundingClientRect();
      if (!found || !frame) return view;
      const { x, y, zoom } = view;
      const [left, top] = [found.position.x * zoom + x, found.position.y * zoom + y];
      const margin = 24;
      const shift = (from: number, size: number, room: number): number =>
        from < margin ? margin - from : Math.min(0, room - margin - from - size);
      return {
        x: x + shift(left, cardWidth * zoom, frame.width),
        y: y + shift(top, cardHeight(1) * zoom, frame.height),
        zoom,
      };
    };
    const goTo = (view: View): void => {
      const own = ownView();
      const now = flow.getViewport();
      const from = own !== null && isOwnView(now) ? own.view : now;
      if (view.x === from.x && view.y === from.y && view.zoom === from.zoom) return;
      // What was only shifted is still the canvas's own view: another window may be filled anew.
      setOwnView(own !== null && isOwnView(now) ? { ...own, view } : null, duration() + arrivalMs);
      void flow.setViewport(view, { duration: duration() });
    };
    const reveal = (node: string): void => {
      const own = ownView();
      const now = flow.getViewport();
      goTo(withNode(node, own !== null && isOwnView(now) ? own.view : now));
    };
    /** In a window of another size, or beside a panel that opened: filled anew, unless a person chose the view; what is selected stays in sight. */
    const fill = (): void => {
      const own = ownView();
      const now = flow.getViewport();
      const file = activeDocument()?.file;
      const [only, ...others] = selection().nodes;
      const chosen = others.length === 0 ? only : undefined;
      if (element === null || file === undefined) return;
      const frame: Point = [element.clientWidth, element.clientHeight];
      const view =
        own === null || !isOwnView(now)
          ? now
          : own.shows === 'whole'
            ? wholeView(cardsOf(file), frame, leastZoom)
            : firstView(cardsOf(file), frame);
      goTo(chosen === undefined ? view : withNode(chosen, view));
    };
    setCanvasApi({
      focus: () => element?.focus({ preventScroll: true }),
      fit: (all = false) => {
        const frame = element;
        const chosen = all ? [] : selection().nodes;
        const nodes = flow.getNodes().filter(({ id }) => chosen.length === 0 || chosen.includes(id));
        if (frame === null || nodes.length === 0) return;
        const cards = nodes.map(({ position, measured }) => ({
          ...position,
          width: measured?.width ?? cardWidth,
          height: measured?.height ?? cardHeight(1),
        }));
        const view = wholeView(cards, [frame.clientWidth, frame.clientHeight], leastZoom);
        setOwnView(chosen.length === 0 ? { shows: 'whole', view } : null, duration() + arrivalMs);
        void flow.setViewport(view, { duration: duration() });
        const facts = { count: nodes.length, percent: Math.round(view.zoom * 100) };
        const said = chosen.length === 0 ? t('canvas.announce.fitAll', facts) : t('canvas.announce.fitChosen', facts);
        announce(said);
        useCanvas.setState({ said });
      },
      zoomBy: (factor) => {
        setOwnView(null);
        void flow.zoomTo(flow.getZoom() * factor, { duration: duration() / 2 });
      },
      zoomTo: (zoom) => {
        setOwnView(null);
        void flow.zoomTo(zoom, { duration: duration() / 2 });
      },
      quickAdd: () => openQuickAdd(pointer ?? center()),
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
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOwed = false;
    const fillOnceSettled = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // Nothing moves under a hand that draws a wire or drags a card.
        isOwed = isHeld;
        if (!isHeld) fill();
      }, settledMs);
    };
    const release = (): void => {
      isHeld = false;
      if (isOwed) fillOnceSettled();
    };
    window.addEventListener('pointerup', release, true);
    window.addEventListener('pointercancel', release, true);
    // Once the panels have found their places.
    const resized = new ResizeObserver(fillOnceSettled);
    if (element !== null) resized.observe(element);
    return () => {
      off();
      clearTimeout(timer);
      resized.disconnect();
      element?.removeEventListener('pointermove', move);
      element?.removeEventListener('pointerleave', leave);
      element?.removeEventListener('pointerdown', press, true);
      window.removeEventListener('pointerup', release, true);
      window.removeEventListener('pointercancel', release, true);
      setCanvasApi(null);
    };
  }, [box, flow, openQuickAdd]);
  return openQuickAdd;
}
