/** Where the canvas looks: at a node, at all of the pipeline, and again when the window has another size. */
import type { ReactFlowInstance } from '@xyflow/react';
import { cardHeight, cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { announce } from '../theme/announce.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { selection } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { useCanvas } from '../drawing/canvas-store.ts';
import { cardsOf } from '../drawing/card-sizes.ts';
import { firstView, wholeView, type View } from '../drawing/first-view.ts';
import { isOwnView, ownView, setOwnView } from './own-view.ts';
import type { CardNode } from './use-flow-graph.ts';

const reduced = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A little longer than it takes. */
const arrivalMs = 100;
/** As far as the canvas goes out. */
export const leastZoom = 0.08;

export interface CanvasViews {
  duration: () => number;
  reveal: (node: string) => void;
  fill: () => void;
  fit: (all?: boolean) => void;
}

export function makeCanvasViews(flow: ReactFlowInstance<CardNode>, element: HTMLElement | null): CanvasViews {
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
  const fit = (all = false): void => {
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
  };
  return { duration, reveal, fill, fit };
}
