/** Histograms and boxes: marks that hold more than one number each. */
import type { BoxplotSeriesOption, CustomSeriesOption } from 'echarts/charts';
import type { ChartBlock } from '../../../shared/report.ts';
import { categoriesOf } from './chart-axes.ts';
import { cellsOf, sayCell, type ChartSeries } from './chart-series.ts';

export type BoxOption = BoxplotSeriesOption;

export interface SeriesBase {
  name: string;
  xAxisIndex: number;
  yAxisIndex: number;
  color: string;
}

const numbers = (block: ChartBlock, field: string, series: ChartSeries): number[] =>
  series.rows.map((row) => {
    const cell = cellsOf(block, field)[row];
    return typeof cell === 'number' ? cell : Number.NaN;
  });

/** `from`, `to`, `count` of each bin. */
export const binsOf = (block: ChartBlock, series: ChartSeries): [number, number, number][] => {
  const [from, to, count] = [
    numbers(block, 'from', series),
    numbers(block, 'to', series),
    numbers(block, 'count', series),
  ];
  return from.map((start, i) => [start, to[i] ?? start, count[i] ?? 0]);
};

/** Bins drawn as rectangles on a numeric axis, so that unequal bins keep their widths. */
export function histogramSeries(
  block: ChartBlock,
  series: ChartSeries,
  base: SeriesBase,
  isOverlaid: boolean,
): CustomSeriesOption {
  return {
    ...base,
    type: 'custom',
    data: binsOf(block, series),
    dimensions: ['from', 'to', 'count'],
    encode: { x: [0, 1], y: 2, tooltip: [0, 1, 2] },
    renderItem: (_params, api) => {
      const start = api.coord([api.value(0), api.value(2)]);
      const end = api.coord([api.value(1), 0]);
      const [x = 0, y = 0] = start;
      const [right = 0, bottom = 0] = end;
      return {
        type: 'rect',
        shape: {
          x: x + 0.5,
          y,
          width: Math.max(1, right - x - 1),
          height: Math.max(0, bottom - y),
          r: [1.5, 1.5, 0, 0],
        },
        style: { fill: base.color, opacity: isOverlaid ? 0.45 : 0.75 },
      };
    },
  };
}

/** `low`, `q1`, `median`, `q3`, `high` of each category. */
export function boxSeries(block: ChartBlock, series: ChartSeries, base: SeriesBase): BoxplotSeriesOption {
  const parts = ['low', 'q1', 'median', 'q3', 'high'].map((field) => numbers(block, field, series));
  const categories = categoriesOf(block, 'x');
  const data = categories.map((category) => {
    const at = series.rows.findIndex((row) => sayCell(cellsOf(block, block.x.field)[row] ?? null) === category);
    return parts.map((values) => (at < 0 ? Number.NaN : (values[at] ?? Number.NaN)));
  });
  return {
    ...base,
    type: 'boxplot',
    data,
    boxWidth: [6, 28],
    itemStyle: { borderColor: base.color, color: 'transparent', borderWidth: 1.4 },
  };
}
