import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import type { ChartBlock } from '../../../shared/report.ts';
import { onLoadAgain } from '../loading/load-again.ts';
import { t } from '../text/t.ts';
import { chartOption } from './chart-option.ts';
import { rowsOf } from './chart-series.ts';
import { readChartTheme } from './chart-theme.ts';
import styles from './chart-view.module.css';
import type { Chart } from './echarts.ts';
import { watchTheme } from './watch-theme.ts';

export interface ChartHandle {
  /** The chart as an SVG document, on the page's surface. */
  svg: () => string | undefined;
}

/** More marks than this are drawn on a canvas: that many elements would make the page heavy. */
const mostSvgMarks = 4000;

/** Draws one chart block; the library comes when the first chart is seen. */
export function ChartView({ block, handle }: { block: ChartBlock; handle?: Ref<ChartHandle> }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => (failure === null ? undefined : onLoadAgain(() => setFailure(null))), [failure]);
  const isHeavy = rowsOf(block) > mostSvgMarks;
  // A curve that grows draws its new points on the chart that is there.
  const shown = useRef(block);
  const redraw = useRef<() => void>(() => undefined);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isGone = false;
    const draw = (): void => {
      const { clientWidth: widthPx, clientHeight: heightPx } = element;
      if (chart.current === null || widthPx === 0 || heightPx === 0) return;
      chart.current.resize({ width: widthPx, height: heightPx });
      const option = chartOption(shown.current, readChartTheme(element), { widthPx, heightPx });
      chart.current.setOption(option, { notMerge: true });
    };
    redraw.current = draw;
    const resized = new ResizeObserver(draw);
    const stopWatching = watchTheme(draw);
    import('./echarts.ts')
      .then(({ init }) => {
        if (isGone) return;
        chart.current = init(element, undefined, {
          renderer: isHeavy ? 'canvas' : 'svg',
          width: Math.max(1, element.clientWidth),
          height: Math.max(1, element.clientHeight),
        });
        draw();
        resized.observe(element);
      })
      .catch((thrown: unknown) => setFailure(toProblem(thrown).message));
    return () => {
      isGone = true;
      resized.disconnect();
      stopWatching();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [isHeavy, failure]);

  useEffect(() => {
    shown.current = block;
    redraw.current();
  }, [block]);

  useImperativeHandle(handle, () => ({ svg: () => (isHeavy ? undefined : chart.current?.renderToSVGString()) }), [
    isHeavy,
  ]);
  if (failure !== null) return <div className={styles.failed}>{`${t('report.chartFailed')} ${failure}`}</div>;
  return <div ref={box} className={styles.chart} />;
}
