import { describe, expect, it } from 'vitest';
import { chartOption, leastHeightPx } from './chart-option.ts';
import { facetGrid, splitChart } from './chart-series.ts';
import type { ChartTheme } from './chart-theme.ts';
import type { ChartBlock } from '../../../shared/report.ts';

const theme: ChartTheme = {
  ink: '#111',
  quietInk: '#666',
  line: '#eee',
  axisLine: '#bbb',
  surface: '#fff',
  series: ['#00f', '#f80', '#0a0'],
  font: 'Inter',
};
const room = { widthPx: 400, heightPx: 300 };
const roc: ChartBlock = {
  type: 'chart',
  title: 'ROC curve',
  mark: 'line',
  x: { field: 'fpr', title: 'false alarms', scale: 'linear', domain: [0, 1] },
  y: { field: 'tpr', title: 'found', scale: 'linear', domain: [0, 1] },
  color: 'model',
  data: {
    fpr: [0, 0.5, 1, 0, 1],
    tpr: [0, 0.9, 1, 0, 1],
    model: ['boosting', 'boosting', 'boosting', 'linear', 'linear'],
  },
  guides: [{ from: [0, 0], to: [1, 1] }],
  caption: 'Boosting finds 90 % at half of the false alarms.',
};
type Loose = Record<string, unknown>;
const seriesOf = (option: ReturnType<typeof chartOption>): Loose[] =>
  [option.series].flat().filter((s) => s !== undefined) as unknown as Loose[];
const axesOf = (axis: unknown): Loose[] => [axis].flat() as Loose[];

describe('a curve with two models', () => {
  const option = chartOption(roc, theme, room);
  it('has one line a model, told apart by dash as well as by colour', () => {
    expect(seriesOf(option).map((s) => [s['name'], s['data'], s['color'], (s['lineStyle'] as Loose)['type']])).toEqual([
      [
        'boosting',
        [
          [0, 0],
          [0.5, 0.9],
          [1, 1],
        ],
        '#00f',
        'solid',
      ],
      [
        'linear',
        [
          [0, 0],
          [1, 1],
        ],
        '#f80',
        [5, 3],
      ],
    ]);
  });
  it('keeps its domain and names its axes', () => {
    expect(axesOf(option.xAxis).map((a) => [a['name'], a['type'], a['min'], a['max']])).toEqual([
      ['false alarms', 'value', 0, 1],
    ]);
    expect(axesOf(option.yAxis).map((a) => [a['name'], a['min'], a['max']])).toEqual([['found', 0, 1]]);
  });
  it('draws the diagonal once', () => {
    const guides = seriesOf(option).map((s) => (s['markLine'] as Loose | undefined)?.['data']);
    expect(guides).toEqual([[[{ coord: [0, 0], label: { show: false } }, { coord: [1, 1] }]], undefined]);
  });
  it('says its caption to a screen reader', () => {
    expect(option.aria).toEqual({
      enabled: true,
      label: { enabled: true, description: 'Boosting finds 90 % at half of the false alarms.' },
    });
  });
  it('drops the titles of axes where there is no room', () => {
    expect(axesOf(chartOption(roc, theme, { widthPx: 200, heightPx: 120 }).xAxis)[0]?.['name']).toBe('');
  });
});

describe('small multiples', () => {
  const faceted: ChartBlock = {
    ...roc,
    facet: 'island',
    color: undefined,
    guides: undefined,
    data: { fpr: [0, 1, 0, 1], tpr: [0, 1, 0.5, 1], island: ['Biscoe', 'Biscoe', 'Dream', 'Dream'] },
  };
  it('are one grid a facet, side by side, with one title each', () => {
    const option = chartOption(faceted, theme, room);
    expect(axesOf(option.grid).map((g) => [g['left'], g['width']])).toEqual([
      [52, 152],
      [232, 152],
    ]);
    expect(axesOf(option.title).map((t) => t['text'])).toEqual(['Biscoe', 'Dream']);
    expect(seriesOf(option).map((s) => [s['xAxisIndex'], s['data']])).toEqual([
      [
        0,
        [
          [0, 0],
          [1, 1],
        ],
      ],
      [
        1,
        [
          [0, 0.5],
          [1, 1],
        ],
      ],
    ]);
  });
  it('name the y axis only at the left', () => {
    expect(axesOf(chartOption(faceted, theme, room).yAxis).map((a) => a['name'])).toEqual(['found', '']);
  });
  it('stand as square as they can', () => {
    expect([1, 2, 3, 4, 6, 9, 12].map(facetGrid)).toEqual([
      { across: 1, down: 1 },
      { across: 2, down: 1 },
      { across: 3, down: 1 },
      { across: 2, down: 2 },
      { across: 3, down: 2 },
      { across: 3, down: 3 },
      { across: 4, down: 3 },
    ]);
  });
});

describe('bars', () => {
  const bars: ChartBlock = {
    type: 'chart',
    title: 'Rows',
    mark: 'bar',
    x: { field: 'plan', title: 'plan', scale: 'category' },
    y: { field: 'n', title: 'rows', scale: 'linear' },
    color: 'churned',
    data: { plan: ['Basic', 'Plus', 'Plus'], n: [3, 4, 5], churned: [true, true, false] },
    caption: '',
  };
  it('leave a gap where a series has no category', () => {
    expect(seriesOf(chartOption(bars, theme, room)).map((s) => [s['name'], s['data']])).toEqual([
      ['true', [3, 4]],
      ['false', [null, 5]],
    ]);
  });
  it('begin at zero', () => {
    expect(axesOf(chartOption(bars, theme, room).yAxis)[0]?.['scale']).toBe(false);
  });
});

describe('histograms and boxes', () => {
  it('a histogram keeps the edges of its bins', () => {
    const histogram: ChartBlock = {
      type: 'chart',
      title: 'Age',
      mark: 'histogram',
      x: { field: 'age', title: 'age', scale: 'linear' },
      y: { field: 'count', title: 'rows', scale: 'linear' },
      data: { from: [0, 10], to: [10, 25], count: [3, 7] },
      caption: '',
    };
    expect(seriesOf(chartOption(histogram, theme, room)).map((s) => [s['type'], s['data']])).toEqual([
      [
        'custom',
        [
          [0, 10, 3],
          [10, 25, 7],
        ],
      ],
    ]);
  });
  it('a box has its five numbers at its category', () => {
    const box: ChartBlock = {
      type: 'chart',
      title: 'Mass',
      mark: 'box',
      x: { field: 'species', title: 'species', scale: 'category' },
      y: { field: 'mass', title: 'g', scale: 'linear' },
      data: { species: ['A', 'B'], low: [1, 2], q1: [2, 3], median: [3, 4], q3: [4, 5], high: [5, 6] },
      caption: '',
    };
    const option = chartOption(box, theme, room);
    expect(seriesOf(option).map((s) => s['data'])).toEqual([
      [
        [1, 2, 3, 4, 5],
        [2, 3, 4, 5, 6],
      ],
    ]);
    expect(axesOf(option.xAxis)[0]?.['data']).toEqual(['A', 'B']);
  });
});

it('a null in the colour field is a series of its own', () => {
  expect(
    splitChart({ ...roc, data: { fpr: [0, 1], tpr: [0, 1], model: ['a', null] } })[0]?.series.map((s) => s.name),
  ).toEqual(['a', '–']);
});

describe('bars with their names on the left', () => {
  const option = chartOption(
    {
      type: 'chart',
      title: 'Coefficients',
      mark: 'bar',
      x: { field: 'value', title: 'coefficient', scale: 'linear' },
      y: { field: 'feature', title: '', scale: 'category' },
      data: { feature: ['age', 'price', 'items'], value: [0.9, -0.5, 0.3] },
      caption: '',
    },
    theme,
    room,
  );
  it('lie each beside its name, the first on top, and begin at zero', () => {
    expect(seriesOf(option).map((s) => s['data'])).toEqual([[0.9, -0.5, 0.3]]);
    expect(axesOf(option.yAxis).map((axis) => [axis['data'], axis['inverse']])).toEqual([
      [['age', 'price', 'items'], true],
    ]);
    expect(axesOf(option.xAxis).map((axis) => axis['scale'])).toEqual([false]);
  });
});

describe('bars of many names', () => {
  const bars = (count: number): ChartBlock => ({
    type: 'chart',
    title: 'Coefficients',
    mark: 'bar',
    x: { field: 'value', title: '', scale: 'linear' },
    y: { field: 'feature', title: '', scale: 'category' },
    data: { feature: Array.from({ length: count }, (_, i) => `f${i}`), value: Array.from({ length: count }, () => 1) },
    caption: '',
  });
  it('get a line for each name; a curve is as high as its place', () => {
    expect([bars(3), bars(20), roc].map(leastHeightPx)).toEqual([100, 372, 0]);
  });
});

describe('names below the bars', () => {
  const names = Array.from({ length: 16 }, (_, i) => `Neighbourhood ${i}`);
  const bars: ChartBlock = {
    type: 'chart',
    title: 'Rows by neighbourhood',
    mark: 'bar',
    x: { field: 'name', title: 'neighbourhood', scale: 'category' },
    y: { field: 'rows', title: 'rows', scale: 'linear' },
    data: { name: names, rows: names.map((_, i) => i) },
    caption: '',
  };
  const gridOf = (option: ReturnType<typeof chartOption>): Loose => axesOf(option.grid)[0] ?? {};
  it('are all there, slanted where they do not fit side by side, with room for them and the title below', () => {
    const option = chartOption(bars, theme, { widthPx: 1000, heightPx: 500 });
    const [x] = axesOf(option.xAxis);
    expect(x).toMatchObject({ axisLabel: { interval: 0, rotate: 40 } });
    const bottom = 500 - Number(gridOf(option)['top']) - Number(gridOf(option)['height']);
    expect(bottom).toBeGreaterThan(Number(x?.['nameGap']) + 10);
  });
  it('stand level where they fit', () => {
    const [x] = axesOf(chartOption(bars, theme, { widthPx: 2400, heightPx: 500 }).xAxis);
    expect(x?.['axisLabel']).not.toHaveProperty('rotate');
  });
  it('are thinned out where even slanted ones would lie on each other', () => {
    const [x] = axesOf(chartOption(bars, theme, { widthPx: 240, heightPx: 300 }).xAxis);
    expect(x?.['axisLabel']).not.toHaveProperty('interval');
  });
});
