/** Figures of runs side by side. */
import { largest, smallest } from '../../../../shared/append.ts';
import type { WireLink } from '../../../../shared/pipeline/file.ts';
import type { Answer } from '../../rpc/host-client.ts';

export type Run = Answer<'runs.list'>[number];

/** Whether a run's pipeline is a file of the workspace; one that was never saved has no path to open. */
export const isSaved = (pipeline: string): boolean => pipeline !== '' && !pipeline.startsWith('unsaved:');

export interface Figure {
  /** `evaluate.roc_auc` */
  name: string;
  values: (number | null | undefined)[];
  /** Indexes of the best; empty when it is not known which way is better, or all are equal. */
  best: number[];
  /** Of figures about a positive class, which one; more than one are figures about different things. */
  positives: string[];
}

export function figures(runs: readonly Pick<Run, 'metrics' | 'positives'>[]): Figure[] {
  const names = [
    ...new Set(
      runs.flatMap((run) =>
        Object.entries(run.metrics).flatMap(([node, metrics]) => Object.keys(metrics).map((name) => `${node}.${name}`)),
      ),
    ),
  ];
  return names.map((name) => {
    const dot = name.lastIndexOf('.');
    const [node, metric] = [name.slice(0, dot), name.slice(dot + 1)];
    const values = runs.map((run) => run.metrics[node]?.[metric]);
    const known = runs.flatMap((run) => (run.metrics[node]?.[metric] === undefined ? [] : (run.positives[node] ?? [])));
    const positives = ofPositiveClass.test(metric) ? [...new Set(known)] : [];
    return { name, values, best: positives.length > 1 ? [] : bestOf(metric, values), positives };
  });
}

/** What an evaluation is called beside others: with the model that it measures where several have one title. */
export function evaluationTitles(
  nodes: readonly string[],
  titleOf: (node: string) => string,
  links: readonly WireLink[],
): string[] {
  const titles = nodes.map(titleOf);
  return nodes.map((node, i) => {
    const title = titles[i] ?? node;
    if (titles.indexOf(title) === titles.lastIndexOf(title)) return title;
    const model = links.find((l) => l.to.node === node && l.to.port === 'model')?.from.node;
    return model === undefined ? `${title} (${node})` : `${title}: ${titleOf(model)}`;
  });
}

/** Figures that are about one of two classes. */
const ofPositiveClass = /^(test_)?(precision|recall|f1|average_precision|calibration_error)(_sd)?$/;
const lowerIsBetter = /loss|error|brier|mae|mse|rmse|mape|deviance/i;
const higherIsBetter = /accuracy|precision|recall|f1|auc|r2|score|kappa|coverage|matthews|^ks_/i;
export function bestOf(name: string, values: readonly (number | null | undefined)[]): number[] {
  const known = values.filter((v): v is number => typeof v === 'number');
  if (known.length < 2 || new Set(known).size < 2) return [];
  const way = lowerIsBetter.test(name) ? smallest : higherIsBetter.test(name) ? largest : undefined;
  if (way === undefined) return [];
  const best = way(known);
  return values.flatMap((v, i) => (v === best ? [i] : []));
}

/** What a training tells of itself, beside what an evaluation measures. */
const ofTraining = /^(training|validation)_/;

/** The figure that stands for a run: what its evaluations measure first, of the best of them, whichever ended first. */
export function headline(run: Pick<Run, 'metrics'>): { node: string; name: string; value: number } | undefined {
  const all = Object.entries(run.metrics)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, metrics]) =>
      Object.entries(metrics).flatMap(([name, value]) => (typeof value === 'number' ? [{ node, name, value }] : [])),
    );
  const first = all.find(({ name }) => !ofTraining.test(name)) ?? all[0];
  if (first === undefined) return undefined;
  const alike = all.filter(({ name }) => name === first.name);
  const [best] = bestOf(
    first.name,
    alike.map(({ value }) => value),
  );
  return best === undefined ? first : alike[best];
}

/** Whether a figure is not the same in all runs. */
export const differs = ({ values }: Figure): boolean => new Set(values.map((value) => value ?? null)).size > 1;

/** Three to four figures that tell, without a tail of zeros. */
export function sayFigure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en-US');
  return Math.abs(value) >= 1000
    ? value.toLocaleString('en-US', { maximumFractionDigits: 0 })
    : Math.abs(value) >= 0.001
      ? value.toFixed(Math.abs(value) >= 10 ? 1 : 3)
      : value.toExponential(2);
}
