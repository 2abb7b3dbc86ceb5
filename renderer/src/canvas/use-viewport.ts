/** Where the canvas stands: remembered for each pipeline on this computer, never in its file. */
import { useReactFlow, type OnMove, type Viewport } from '@xyflow/react';
import { useEffect, useMemo, type RefObject } from 'react';
import { firstView } from './first-view.ts';
import { activeDocument, useActive } from '../state/documents.ts';
import { useKept } from '../state/view.ts';
import { wheelMeans } from './wheel.ts';

export interface ViewportProps {
  defaultViewport: Viewport;
  onInit: () => void;
  onMoveStart: OnMove;
  onMoveEnd: OnMove;
}
/** How many pipelines' views are kept. */
const mostViews = 50;

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
        const layout = activeDocument()?.file.layout;
        const frame = box.current;
        if (kept === undefined && layout !== undefined && frame !== null)
          void flow.setViewport(firstView(Object.values(layout), [frame.clientWidth, frame.clientHeight]));
      },
      onMoveStart: () => box.current?.setAttribute('data-moving', ''),
      onMoveEnd: (_event, viewport) => {
        box.current?.removeAttribute('data-moving');
        useKept.setState((s) => {
          const { [name]: _old, ...others } = s.viewports;
          return { viewports: { ...Object.fromEntries(Object.entries(others).slice(-mostViews)), [name]: viewport } };
        });
      },
    }),
    [box, flow, kept, name],
  );
}
