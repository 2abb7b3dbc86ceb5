import { task } from '../../../shared/capabilities.ts';
import type { ReportBlock } from '../../../shared/report.ts';
import { featuresOf } from '../../../shared/kind/learner.ts';
import { fitKMeans, type KMeansFit } from '../../../methods/clustering/fit-k-means.ts';
import { predictEstimator } from '../../../methods/estimators/estimator.ts';
import { form } from '../../../methods/estimators/nearest-centre/form.ts';
import { task as clustering } from '../../../methods/tasks/clustering/task.ts';
import { writeBeside } from '../../../methods/training/beside-rows.ts';
import { openFeatureSet } from '../../../methods/training/feature-set.ts';
import { longTask } from '../../../methods/training/learn-linear.ts';
import { clusterColumn, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const table = context.table('rows');
    const set = await openFeatureSet(table, featuresOf(params.columns, table.columns, ''));
    const columns = set.features.map((f) => f.name);
    const { columns: _rule, ...settings } = params;
    const fit = await fitKMeans(
      { rows: set.rows, columns, values: await set.matrix64('train') },
      settings,
      longTask(context),
    );
    if (!fit.converged)
      context.warn({
        code: 'k-means.not-converged',
        severity: 'warning',
        message: `The centres still moved after ${fit.iterations} iterations.`,
        mend: 'Raise the number of iterations, or the tolerance.',
        param: 'maxIterations',
      });
    const centres = { columns, values: fit.centres };
    const all = await set.matrix64('all');
    const { prediction } = predictEstimator(form.open(centres), clustering, all, all.length / columns.length);
    await writeBeside(
      context,
      { name: clusterColumn, type: 'BIGINT' },
      Array.from(prediction, (cluster) => (Number.isNaN(cluster) ? null : BigInt(cluster))),
    );
    const sizes = sizesOf(fit, params.clusters);
    await outputs.model('model', {
      kind: spec.kind,
      task: clustering.task,
      target: { name: clusterColumn, type: 'BIGINT' },
      features: columns,
      estimator: form.encode(centres),
      facts: {
        rows: set.rows,
        features: columns,
        clusters: params.clusters,
        inertia: fit.inertia,
        iterations: fit.iterations,
        converged: fit.converged,
        sizes,
      },
    });
    context.metric('inertia', fit.inertia);
    await outputs.report('report', {
      title: 'K-means',
      chips: [
        `trained on ${set.rows.toLocaleString('en')} rows`,
        `${params.clusters} clusters`,
        `${fit.iterations} iterations`,
      ],
      blocks: [sizeChart(sizes, set.rows), centreTable(fit.centres, columns, sizes)],
    });
  },
});

function sizesOf({ labels }: KMeansFit, clusters: number): number[] {
  const sizes = Array.from({ length: clusters }, () => 0);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
}

function sizeChart(sizes: readonly number[], rows: number): ReportBlock {
  const order = [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const [first = 0] = order;
  return {
    type: 'chart',
    title: 'Rows in each cluster',
    mark: 'bar',
    x: { field: 'rows', title: 'rows', scale: 'linear' },
    y: { field: 'cluster', title: 'cluster', scale: 'category' },
    data: { cluster: order.map(String), rows: order.map((k) => sizes[k] ?? 0) },
    caption: `The largest cluster, ${first}, has ${(((sizes[first] ?? 0) / rows) * 100).toFixed(0)} % of the training rows.`,
  };
}

const mostColumns = 30;

const centreTable = (centres: Float64Array, columns: readonly string[], sizes: readonly number[]): ReportBlock => ({
  type: 'table',
  title: 'Centres',
  columns: [
    { name: 'cluster', title: 'Cluster', align: 'right' },
    { name: 'rows', title: 'Rows', align: 'right' },
    ...columns.slice(0, mostColumns).map((title, c) => ({ name: `c${c}`, title, align: 'right' as const })),
  ],
  rows: sizes.map((size, k) => [
    k,
    size,
    ...columns.slice(0, mostColumns).map((_, c) => centres[k * columns.length + c] ?? 0),
  ]),
  ...(columns.length > mostColumns ? { caption: `The first ${mostColumns} of ${columns.length} features.` } : {}),
});
