import { expect, it } from 'vitest';
import { report, type ChartBlock } from '../../../shared/report.ts';
import { reportCurves } from './report-curves.ts';

const roc = (series: Record<string, number[]>): ChartBlock => ({
  type: 'chart',
  title: 'ROC curve',
  mark: 'line',
  x: { field: 'fpr', title: 'false positive rate', scale: 'linear' },
  y: { field: 'tpr', title: 'true positive rate', scale: 'linear' },
  color: 'class',
  data: {
    fpr: Object.values(series).flatMap((values) => values.map((_, i) => i)),
    tpr: Object.values(series).flat(),
    class: Object.entries(series).flatMap(([name, values]) => values.map(() => name)),
  },
  caption: `Area: ${Object.keys(series).join(', ')}.`,
});
const named = (letter: string, node: string, block: ChartBlock) => ({
  letter,
  node,
  report: report.parse({ title: 'Evaluation', blocks: [block] }),
});

it('lays the curves of one evaluation over each other, a line a run, with the figure of each', () => {
  const [curve, ...more] = reportCurves([
    named('A', 'judge', roc({ 'late (0.912)': [0, 0.8, 1] })),
    named('B', 'judge', roc({ 'late (0.934)': [0, 1] })),
    named('B', 'other', roc({ 'late (0.500)': [0, 1] })),
  ]);
  expect(more).toEqual([]);
  expect([curve?.node, curve?.differs, curve?.block.color, curve?.block.facet]).toEqual([
    'judge',
    true,
    'run',
    undefined,
  ]);
  expect(curve?.block.data['run']).toEqual([
    ...Array<string>(3).fill('A late (0.912)'),
    'B late (0.934)',
    'B late (0.934)',
  ]);
  expect(curve?.block.data['tpr']).toEqual([0, 0.8, 1, 0, 1]);
  expect(curve?.block.caption).toBe('A: Area: late (0.912). B: Area: late (0.934).');
});

it('gives each of several classes a small chart of its own', () => {
  const [curve] = reportCurves([
    named('A', 'judge', roc({ 'cat (0.900)': [0, 1], 'dog (0.800)': [0, 1] })),
    named('B', 'judge', roc({ 'cat (0.700)': [0, 1], 'dog (0.600)': [0, 1] })),
  ]);
  expect(curve?.block.facet).toBe('part');
  expect(curve?.block.data['part']).toEqual(['cat', 'cat', 'dog', 'dog', 'cat', 'cat', 'dog', 'dog']);
  expect(curve?.block.data['run']).toEqual(['A', 'A', 'A', 'A', 'B', 'B', 'B', 'B']);
});

it('keeps the guide lines that all runs have', () => {
  const guided = (from: number): ChartBlock => ({
    ...roc({ 'late (0.912)': [0, 1] }),
    guides: [{ from: [from, 0], to: [from, 1], label: 'chosen' }],
  });
  const guidesOf = (a: number, b: number) =>
    reportCurves([named('A', 'judge', guided(a)), named('B', 'judge', guided(b))])[0]?.block.guides;
  expect(guidesOf(0.5, 0.5)).toEqual(guided(0.5).guides);
  expect(guidesOf(0.5, 0.3)).toBeUndefined();
});

it('tells which curves are the same in all runs', () => {
  const same = roc({ 'late (0.912)': [0, 0.8, 1] });
  expect(reportCurves([named('A', 'judge', same), named('B', 'judge', same)])[0]?.differs).toBe(false);
});
