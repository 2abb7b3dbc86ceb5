/** A chart block as an option of ECharts: a pure function of the block, the theme and the room there is. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { ComposeOption } from 'echarts/core';
import type {
  AriaComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from 'echarts/components';
import { unreachable } from '../../../shared/errors.ts';
import type { ChartBlock } from '../../../shared/report.ts';
import { axisOption, categoriesOf, guideLines, isCategory } from './chart-axes.ts';
import { slantOf } from './axis-names.ts';
import { boxSeries, histogramSeries, type BoxOption } from './chart-boxes.ts';
import { cellsOf, facetGrid, splitChart, type ChartCell, type ChartFacet, type ChartSeries } from './chart-series.ts';
import type { ChartTheme } from './chart-theme.ts';
import type { BarSeriesOption, ScatterSeriesOption } from 'echarts/charts';

export type SeriesOption = LineSeriesOption | BarSeriesOption | ScatterSeriesOption | CustomSeriesOption | BoxOption;
export type ChartOption = ComposeOption<
  | LineSeriesOption
  | BarSeriesOption
  | ScatterSeriesOption
  | CustomSeriesOption
  | BoxOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
  | TitleComponentOption
  | AriaComponentOption
>;

export interface ChartRoom {
  widthPx: number;
  heightPx: number;
}

/** Names beneath each other need a line each: what such a chart needs at least; 0 where any height will do. */
export const leastHeightPx = (block: ChartBlock): number =>
  isCategory(block, 'y') && block.facet === undefined ? categoriesOf(block, 'y').length * 16 + 52 : 0;

/** Below this a chart has no room for titles of axes. */
const tinyPx = 170;

export function chartOption(block: ChartBlock, theme: ChartTheme, room: ChartRoom): ChartOption {
  const facets = splitChart(block);
  const grids = placeGrids(facets, block, room);
  const isTiny = room.heightPx < tinyPx;
  const names = facets[0]?.series.map((s) => s.name) ?? [];
  const hasLegend = block.color !== undefined && names.length > 1 && names.length <= 12;
  return {
    animation: false,
    color: [...theme.series],
    textStyle: { fontFamily: theme.font, fontSize: 10, color: theme.quietInk },
    aria: { enabled: true, label: { enabled: true, description: block.caption === '' ? block.title : block.caption } },
    tooltip: tooltip(block, theme),
    ...(hasLegend ? { legend: legend(theme) } : {}),
    title:
      facets.length > 1
        ? grids.map((g) => ({
            text: g.name,
            left: g.left,
            top: g.top - 18,
            textStyle: { fontSize: 11, fontWeight: 500, color: theme.quietInk },
          }))
        : [],
    grid: grids.map(({ left, top, width, height }) => ({ left, top, width, height, containLabel: false })),
    xAxis: facets.map((_, i) =>
      axisOption(block, 'x', theme, { gridIndex: i, isTiny, isOuter: true, lengthPx: grids[i]?.width ?? 0 }),
    ),
    yAxis: facets.map((_, i) =>
      axisOption(block, 'y', theme, {
        gridIndex: i,
        isTiny,
        isOuter: i % facetGrid(facets.length).across === 0,
        lengthPx: grids[i]?.height ?? 0,
      }),
    ),
    series: facets.flatMap((facet, facetIndex) =>
      facet.series.map((series, seriesIndex): SeriesOption => ({
        ...drawSeries(block, series, { facetIndex, seriesIndex, theme, series: facet.series.length }),
        ...(seriesIndex === 0 && block.guides !== undefined ? { markLine: guideLines(block.guides, theme) } : {}),
      })),
    ),
  };
}

export interface SeriesPlace {
  facetIndex: number;
  seriesIndex: number;
  series: number;
  theme: ChartTheme;
}

function drawSeries(block: ChartBlock, series: ChartSeries, place: SeriesPlace): SeriesOption {
  const base = { name: series.name, xAxisIndex: place.facetIndex, yAxisIndex: place.facetIndex, color: colorOf(place) };
  const points = series.rows.map((row): [ChartCell, ChartCell] => [
    cellsOf(block, block.x.field)[row] ?? null,
    cellsOf(block, block.y.field)[row] ?? null,
  ]);
  switch (block.mark) {
    case 'line':
    case 'area':
      return {
        ...base,
        type: 'line',
        data: points.map(([x, y]) => [x === null ? Number.NaN : plain(x), y === null ? Number.NaN : plain(y)]),
        showSymbol: series.rows.length <= 12,
        symbolSize: 5,
        lineStyle: {
          width: place.seriesIndex === 0 ? 2 : 1.5,
          type:
            place.seriesIndex === 0
              ? 'solid'
              : place.seriesIndex === 1
                ? [5, 3]
                : place.seriesIndex === 2
                  ? 'dotted'
                  : 'solid',
        },
        ...(block.mark === 'area' ? { areaStyle: { opacity: 0.12 } } : {}),
        connectNulls: false,
        // A curve with more points than pixels is thinned without losing its peaks.
        sampling: 'lttb',
      };
    case 'bar':
      return {
        ...base,
        type: 'bar',
        data: barData(block, series),
        barMaxWidth: 36,
        barCategoryGap: '28%',
        itemStyle: { borderRadius: 2, opacity: 0.85 },
      };
    case 'point':
      return {
        ...base,
        type: 'scatter',
        data: points.map(([x, y]) => [x === null ? Number.NaN : plain(x), y === null ? Number.NaN : plain(y)]),
        symbolSize: series.rows.length > 400 ? 4 : 6,
        itemStyle: { opacity: series.rows.length > 400 ? 0.45 : 0.75 },
      };
    case 'box':
      return boxSeries(block, series, base);
    case 'histogram':
      return histogramSeries(block, series, base, place.series > 1);
    default:
      return unreachable(block.mark);
  }
}

/** Bars of a category axis stand (or, with names on the left, lie) at the category's index, so that a series that lacks one leaves a gap. */
function barData(block: ChartBlock, series: ChartSeries): (number | null)[] | [string | number, number][] {
  const xs = cellsOf(block, block.x.field);
  const ys = cellsOf(block, block.y.field);
  const number = (cell: ChartCell | undefined): number | null => (typeof cell === 'number' ? cell : null);
  const named = isCategory(block, 'x') ? 'x' : isCategory(block, 'y') ? 'y' : undefined;
  if (named === undefined)
    return series.rows.map((row): [string | number, number] => [plain(xs[row] ?? null), number(ys[row]) ?? 0]);
  const [names, values] = named === 'x' ? [xs, ys] : [ys, xs];
  return categoriesOf(block, named).map((category) => {
    const row = series.rows.find((r) => String(names[r] ?? '–') === category);
    return row === undefined ? null : number(values[row]);
  });
}

const plain = (cell: ChartCell): string | number =>
  typeof cell === 'boolean' || cell === null ? String(cell ?? '–') : cell;
const colorOf = ({ seriesIndex, theme }: SeriesPlace): string =>
  theme.series[seriesIndex % theme.series.length] ?? theme.ink;

interface GridPlace {
  name: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

function placeGrids(facets: readonly ChartFacet[], block: ChartBlock, room: ChartRoom): GridPlace[] {
  const { across, down } = facetGrid(facets.length);
  const isTiny = room.heightPx < tinyPx;
  const hasFacets = facets.length > 1;
  const hasLegend = block.color !== undefined && (facets[0]?.series.length ?? 0) > 1;
  const outer = {
    left: isTiny ? 36 : 52,
    right: 16,
    top: (hasLegend ? 28 : 8) + (hasFacets ? 20 : 0),
    bottom: isTiny ? 20 : 38,
  };
  const acrossGap = 28;
  const width = Math.max(20, (room.widthPx - outer.left - outer.right - acrossGap * (across - 1)) / across);
  const slant = isCategory(block, 'x') && !isTiny ? slantOf(categoriesOf(block, 'x'), width) : undefined;
  const namesPx = slant?.morePx ?? 0;
  const downGap = hasFacets ? 50 + namesPx : 0;
  const height = Math.max(20, (room.heightPx - outer.top - outer.bottom - namesPx - downGap * (down - 1)) / down);
  return facets.map((facet, i) => ({
    name: facet.name,
    left: Math.round(outer.left + (i % across) * (width + acrossGap)),
    top: Math.round(outer.top + Math.floor(i / across) * (height + downGap)),
    width: Math.round(width),
    height: Math.round(height),
  }));
}

function legend(theme: ChartTheme): LegendComponentOption {
  return {
    top: 0,
    right: 8,
    type: 'scroll',
    icon: 'roundRect',
    itemWidth: 12,
    itemHeight: 3,
    itemGap: 14,
    textStyle: { color: theme.quietInk, fontSize: 11 },
    pageTextStyle: { color: theme.quietInk },
  };
}

function tooltip(block: ChartBlock, theme: ChartTheme): TooltipComponentOption {
  return {
    trigger: block.mark === 'bar' || block.mark === 'line' || block.mark === 'area' ? 'axis' : 'item',
    confine: true,
    backgroundColor: theme.surface,
    borderColor: theme.line,
    borderWidth: 1,
    padding: [6, 8],
    textStyle: { color: theme.ink, fontSize: 11, fontFamily: theme.font },
    axisPointer: { type: 'line', lineStyle: { color: theme.axisLine, type: [2, 3] } },
  };
}
