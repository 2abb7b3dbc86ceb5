/** The curves by which the nodes of several runs learnt, as charts that lay them over each other. */
import type { ChartBlock } from '../../../shared/report.ts';
import type { RunState } from '../../../shared/run/run-state.ts';
import { isMachineFigure } from '../training/training-facts.ts';

export interface NamedRun {
  letter: string;
  state: RunState | undefined;
}

/** One chart for each node and metric that at least one run has, in the order of the first run. `step`: what stands under the axis. */
export function runCurves(runs: readonly NamedRun[], step: string): ChartBlock[] {
  const charts = new Map<string, { x: number[]; y: (number | null)[]; run: string[]; node: string; metric: string }>();
  for (const { letter, state } of runs)
    for (const [node, { curve }] of Object.entries(state?.nodes ?? {}))
      for (const [i, point] of curve.entries()) {
        if (isMachineFigure(point.name)) continue;
        const name = `${node}.${point.name}`;
        const chart = charts.get(name) ?? { x: [], y: [], run: [], node, metric: point.name };
        chart.x.push(point.step ?? i);
        chart.y.push(point.value);
        chart.run.push(letter);
        charts.set(name, chart);
      }
  return [...charts].map(([name, { x, y, run, node, metric }]) => ({
    type: 'chart',
    title: name,
    mark: 'line',
    x: { field: 'step', title: step, scale: 'linear' },
    y: { field: metric, title: metric, scale: 'linear' },
    color: 'run',
    data: { step: x, [metric]: y, run },
    caption: `${metric} of ${node} by ${step}, one line a run`,
  }));
}
