import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const aggregates = {
  mean: 'the mean',
  median: 'the median',
  sum: 'the sum',
  min: 'the smallest',
  max: 'the largest',
  count: 'the number of rows',
} as const;

export const spec = defineSpec({
  kind: 'explore.chart',
  version: 1,
  computes: 1,
  title: 'Chart',
  about: 'Draws rows as a histogram, bars, a line, points or boxes, with colour and small charts side by side.',
  keywords: [
    'plot',
    'graph',
    'visualize',
    'histogram',
    'bar chart',
    'line chart',
    'scatter plot',
    'box plot',
    'distribution',
    'matplotlib',
    'seaborn',
    'ggplot',
    'scatterplot',
    'boxplot',
    'bar plot',
    'line plot',
    'column chart',
    'visualisation',
    'data viz',
    'plotly',
    'ggplot2',
    'distributions',
    'time plot',
  ],
  icon: 'chart-column',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { report: { wire: 'report', title: 'Chart' } },
  params: z.strictObject({
    mark: field.choice({
      title: 'Chart',
      help: 'Histogram: how one number is spread. Bars: groups. Line: along a number or time. Points: two numbers. Boxes: one number by groups.',
      choices: { histogram: 'histogram', bar: 'bars', line: 'line', scatter: 'points', box: 'boxes' },
      default: 'histogram',
    }),
    x: field.column({
      title: 'X axis',
      help: 'The number of a histogram, the groups of bars and boxes, the way along a line. Boxes need none.',
    }),
    y: field.column({
      title: 'Y axis',
      help: 'The number to show. Bars and lines without one show the number of rows.',
      families: ['number', 'boolean', 'time'],
      when: { param: 'mark', is: ['bar', 'line', 'scatter', 'box'] },
    }),
    aggregate: field.choice({
      title: 'Aggregate',
      help: 'What one bar or one place of a line shows of its rows.',
      choices: aggregates,
      default: 'mean',
      when: { param: 'mark', is: ['bar', 'line'] },
    }),
    color: field.column({
      title: 'Colour',
      help: 'One colour for each value; the eight most frequent, the others together.',
    }),
    facet: field.column({ title: 'Facet by', help: 'One chart for each value; the nine most frequent.' }),
    partition: field.choice({
      title: 'Rows',
      help: 'After Split, looking at the test rows before the end spoils them as a test.',
      choices: { all: 'all rows', train: 'training rows only' },
      default: 'all',
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ mark, x, y, color, facet }) =>
    `${{ histogram: 'histogram', bar: 'bars', line: 'line', scatter: 'points', box: 'boxes' }[mark]} of ${mark === 'histogram' ? x || '…' : `${y || 'the number of rows'}${x === '' ? '' : ` by ${x}`}`}${color === '' ? '' : `, coloured by ${color}`}${facet === '' ? '' : `, one for each ${facet}`}`,
  check: ({ node, params: p, inputs }) => {
    const schema = inputs['rows'];
    const findings: Finding[] = [
      ...columnFindings({ node, param: 'x', title: 'The column across' }, p.x, schema, {
        required: p.mark !== 'box',
        ...(p.mark === 'histogram'
          ? { families: ['number', 'boolean'] }
          : p.mark === 'scatter'
            ? { families: ['number', 'boolean', 'time'] }
            : {}),
      }),
      ...(p.mark === 'histogram'
        ? []
        : columnFindings({ node, param: 'y', title: 'The column up' }, p.y, schema, {
            required: p.mark === 'scatter' || p.mark === 'box',
            families: ['number', 'boolean', 'time'],
          })),
      ...columnFindings({ node, param: 'color' }, p.color, schema),
      ...columnFindings({ node, param: 'facet' }, p.facet, schema),
    ];
    if (p.partition === 'train' && schema?.split === false)
      findings.push({
        code: 'chart.no-split',
        severity: 'warning',
        message: 'The rows are not split, so all of them are shown.',
        mend: 'Show all rows.',
        param: 'partition',
        fixes: [{ do: 'set', title: 'Show all rows', node, param: 'partition', value: 'all' }],
      });
    return findings;
  },
});
