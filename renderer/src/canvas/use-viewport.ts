/** Where the canvas stands: remembered for each pipeline on this computer, never in its file. */
import { useReactFlow, type OnMove, type Viewport } from '@xyflow/react';
import { useEffect, useMemo, type RefObject } from 'react';
import { cardsOf } from '../drawing/card-sizes.ts';
import { firstView } from '../drawing/first-view.ts';
import { isOwnView, setOwnView } from './own-view.ts';
import { activeDocument, useActive } from '../state/documents/documents.ts';
import { useKept } from '../state/window/view.ts';
import { wheelMeans } from './wheel.ts';

export interface ViewportProps {
  defaultViewport: Viewport;
  onInit: () => void;
  onMoveStart: OnMove;
  onMoveEnd: OnMove;
}
/** How many pipelines' views are kept. */
const mostViews = 50;

function showFirst(set: (view: Viewport) => unknown, frame: HTMLElement | null): void {
  const file = activeDocument()?.file;
  if (file === undefined || frame === null) return;
  const view = firstView(cardsOf(file), [frame.clientWidth, frame.clientHeight]);
  setOwnView({ shows: 'first', view });
  set(view);
}

export function useViewport(box: RefObject<HTMLDivElement | null>): ViewportProps {
  const flow = useReactFlow();
  const name = useActive((d) => d?.path ?? d?.draft ?? '');
  // Read once when a pipeline comes to the front; afterwards the canvas itself knows.
  const kept = useMemo(() => useKept.getState().viewports[name], [name]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const wheel = (event: WheelEvent): void => {
      if (wheelMeans(event) === 'zoom' || (event.target instanceof Element && event.target.closest('.nowheel'))) return;
      event.preventDefault();
      event.stopPropagation();
      setOwnView(null);
      const { x, y, zoom } = flow.getViewport();
      const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      void flow.setViewport({ x: x - dx, y: y - dy, zoom });
    };
    element.addEventListener('wheel', wheel, { capture: true, passive: false });
    return () => element.removeEventListener('wheel', wheel, { capture: true });
  }, [box, flow]);

  return useMemo(
    () => ({
      defaultViewport: kept ?? { x: 40, y: 40, zoom: 1 },
      onInit: () => {
        setOwnView(null);
        if (kept === undefined) showFirst(flow.setViewport, box.current);
      },
      onMoveStart: (event) => {
        // Without an event it is the canvas that moves.
        if (event !== null) setOwnView(null);
        box.current?.setAttribute('data-moving', '');
      },
      onMoveEnd: (_event, viewport) => {
        box.current?.removeAttribute('data-moving');
        useKept.setState((s) => {
          const { [name]: _old, ...others } = s.viewports;
          // What nobody chose is found anew in a window of another size.
          if (isOwnView(viewport)) return { viewports: others };
          return { viewports: { ...Object.fromEntries(Object.entries(others).slice(-mostViews)), [name]: viewport } };
        });
      },
    }),
    [box, flow, kept, name],
  );
}
