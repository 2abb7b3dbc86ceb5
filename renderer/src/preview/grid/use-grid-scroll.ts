import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { barToTop, clampTop, createScrollScale, topToBar, topToReveal, type ScrollScale } from './scroll-scale.ts';

export interface GridScroll {
  scroller: RefObject<HTMLDivElement | null>;
  scale: ScrollScale;
  topPx: number;
  leftPx: number;
  viewWidthPx: number;
  onScroll: () => void;
  goTo: (topPx: number) => void;
  goLeft: (leftPx: number) => void;
  revealRow: (row: number) => void;
}

/** A line of a mouse wheel that reports lines and not pixels. */
const lineOfWheelPx = 40;

/** Where a grid stands. While the table fits into an element the browser scrolls; beyond that, wheel and keys move by real pixels and the bar follows. */
// Over 80 lines: one scroll position, moved by wheel, bar and key.
export function useGridScroll(rows: number, rowPx: number, headPx: number): GridScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 800, height: 300 });
  const [topPx, setTop] = useState(0);
  const [leftPx, setLeft] = useState(0);
  const scale = useMemo(
    () => createScrollScale(rows, rowPx, Math.max(0, size.height - headPx)),
    [rows, rowPx, headPx, size.height],
  );
  const latest = useRef({ scale, topPx });
  useLayoutEffect(() => {
    latest.current = { scale, topPx: clampTop(scale, topPx) };
  });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void =>
      setSize((old) =>
        old.width === element.clientWidth && old.height === element.clientHeight
          ? old
          : { width: element.clientWidth, height: element.clientHeight },
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const goTo = useCallback((wantedPx: number) => {
    const { scale: s } = latest.current;
    const next = clampTop(s, wantedPx);
    latest.current.topPx = next;
    setTop(next);
    if (scroller.current) scroller.current.scrollTop = topToBar(s, next);
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    setLeft(element.scrollLeft);
    const { scale: s, topPx: top } = latest.current;
    // Our own moves come back as scroll events; within a bar pixel they say nothing new, and rounding must not undo a step of one row.
    if (s.scale > 1 && Math.abs(element.scrollTop - topToBar(s, top)) < 1.5) return;
    const next = s.scale > 1 ? barToTop(s, element.scrollTop) : element.scrollTop;
    latest.current.topPx = next;
    setTop(next);
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (element === null || scale.scale === 1) return;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit =
        event.deltaMode === WheelEvent.DOM_DELTA_LINE
          ? lineOfWheelPx
          : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
            ? scale.viewportPx
            : 1;
      element.scrollLeft += event.deltaX * unit;
      goTo(latest.current.topPx + event.deltaY * unit);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scale, goTo]);

  const goLeft = useCallback((px: number) => {
    if (scroller.current) scroller.current.scrollLeft = px;
  }, []);
  const revealRow = useCallback(
    (row: number) => goTo(topToReveal(latest.current.scale, latest.current.topPx, row)),
    [goTo],
  );

  return {
    scroller,
    scale,
    topPx: clampTop(scale, topPx),
    leftPx,
    viewWidthPx: size.width,
    onScroll,
    goTo,
    goLeft,
    revealRow,
  };
}
