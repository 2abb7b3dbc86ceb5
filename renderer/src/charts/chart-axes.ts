/** Axes and guide lines of a chart. */
import type { MarkLineComponentOption } from 'echarts/components';
import type { ChartBlock } from '../../../shared/report.ts';
import { longestNamePx, slantOf } from './axis-names.ts';
import { cellsOf, distinct } from './chart-series.ts';
import type { ChartTheme } from './chart-theme.ts';

interface AxisRoom {
  gridIndex: number;
  isTiny: boolean;
  /** The outermost axis of a row of small charts names itself; the others would repeat it. */
  isOuter: boolean;
  lengthPx: number;
}

export type AxisName = 'x' | 'y';

export const categoriesOf = (block: ChartBlock, axis: AxisName): string[] =>
  distinct(cellsOf(block, block[axis].field));

/** Whether the axis holds names: declared so, or its values are texts. */
export function isCategory(block: ChartBlock, axis: AxisName): boolean {
  if (block.mark === 'histogram') return false;
  if (block.mark === 'box') return axis === 'x';
  return block[axis].scale === 'category';
}

export function axisOption(block: ChartBlock, axis: AxisName, theme: ChartTheme, room: AxisRoom) {
  const declared = block[axis];
  const common = {
    gridIndex: room.gridIndex,
    name: room.isTiny || !room.isOuter ? '' : declared.title,
    nameLocation: 'middle' as const,
    nameGap: axis === 'x' ? 24 : 38,
    nameTextStyle: { color: theme.quietInk, fontSize: 10, fontFamily: theme.font },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: theme.quietInk, fontSize: 10, fontFamily: theme.font, hideOverlap: true, margin: 6 },
    splitLine: { show: !isCategory(block, axis), lineStyle: { color: theme.line, width: 1 } },
  };
  if (isCategory(block, axis)) {
    const names = categoriesOf(block, axis);
    const slant = axis === 'x' && !room.isTiny ? slantOf(names, room.lengthPx) : undefined;
    return {
      ...common,
      type: 'category' as const,
      data: names,
      ...(slant === undefined ? {} : { nameGap: common.nameGap + slant.morePx }),
      axisLabel: {
        ...common.axisLabel,
        width: axis === 'y' ? 128 : longestNamePx,
        overflow: 'truncate' as const,
        ...(slant === undefined ? {} : { interval: 0, rotate: slant.degrees }),
      },
      // The first name stands on top, as in a list.
      ...(axis === 'y' ? { inverse: true } : {}),
    };
  }
  const splitNumber = Math.max(2, Math.min(5, Math.floor(room.lengthPx / (axis === 'x' ? 70 : 42))));
  const scale =
    declared.scale === 'log' ? ('log' as const) : declared.scale === 'time' ? ('time' as const) : ('value' as const);
  const startsAtZero = block.mark === 'bar' || block.mark === 'area' || block.mark === 'histogram';
  return {
    ...common,
    type: scale,
    splitNumber,
    // Bars lie if their axis does not begin at zero; curves and points may use all the room.
    ...(scale === 'value' ? { scale: !(startsAtZero && (axis === 'y' || isCategory(block, 'y'))) } : {}),
    // Few rows are counted whole: no half a row on the axis.
    ...(axis === 'y' && isCount(block) ? { minInterval: 1 } : {}),
    ...(declared.domain === undefined ? {} : { min: declared.domain[0], max: declared.domain[1] }),
  };
}

const isCount = (block: ChartBlock): boolean =>
  block.mark === 'histogram' && (block.data[block.y.field] ?? []).every((value) => Number.isInteger(value));

export function guideLines(guides: NonNullable<ChartBlock['guides']>, theme: ChartTheme): MarkLineComponentOption {
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: theme.axisLine, width: 1, type: [2, 3] },
    label: { color: theme.quietInk, fontSize: 10, position: 'insideStartTop' },
    data: guides.map((guide) => [
      {
        coord: [...guide.from],
        ...(guide.label === undefined
          ? { label: { show: false } }
          : { name: guide.label, label: { show: true, formatter: guide.label } }),
      },
      { coord: [...guide.to] },
    ]),
  };
}
