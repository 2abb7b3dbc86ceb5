import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { featuresOf, leftOutTexts, learnerInputs, textFeaturesOf } from '../../../shared/kind/learner.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';

export const clusterColumn = 'cluster';

export const spec = defineSpec({
  kind: 'train.k-means',
  version: 1,
  computes: 1,
  title: 'K-means',
  about: 'Finds groups of rows that are alike, without a target: each row belongs to the nearest of k centres.',
  keywords: [
    'KMeans',
    'clustering',
    'cluster',
    'cluster analysis',
    'customer segmentation',
    'customer segments',
    'groups of similar rows',
    'unsupervised learning',
    'centroids',
    'k-means++',
    'Lloyd',
  ],
  icon: 'group',
  inputs: learnerInputs,
  outputs: {
    rows: { wire: 'table', title: 'Rows with their cluster' },
    model: { wire: 'model', title: 'Model' },
    report: { wire: 'report', title: 'Training report' },
  },
  params: z.strictObject({
    columns: field.columns({
      title: 'Features',
      help: 'The columns by which rows are alike: numbers, yes/no columns, dates and times. A rule never picks the target, ids, groups or weights.',
      families: ['number', 'boolean', 'time'],
    }),
    clusters: field.integer({
      title: 'Clusters',
      help: 'How many groups to find (n_clusters).',
      default: 8,
      min: 1,
      max: 1000,
    }),
    init: field.choice({
      title: 'First centres',
      help: 'How the centres are drawn that it begins with (init). k-means++ draws rows that are far apart.',
      choices: { 'k-means++': 'k-means++', random: 'random rows' },
      default: 'k-means++',
    }),
    starts: field.integer({
      title: 'Starts',
      help: 'How often it begins anew from other centres (n_init); the fit of least inertia is kept.',
      default: 10,
      min: 1,
      max: 1000,
    }),
    maxIterations: field.integer({
      title: 'Max iterations',
      help: 'How often the centres are moved at most, in each start (max_iter).',
      default: 300,
      min: 1,
      max: 100_000,
    }),
    tolerance: field.number({
      title: 'Tolerance',
      help: 'It ends where the centres move by less: a share of the mean variance of the features (tol).',
      default: 1e-4,
      min: 0,
      max: 1,
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'Another number draws other first centres.',
      default: 0,
      min: 0,
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ columns, clusters }) => `${clusters} clusters by ${sayColumns(columns)}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    const [name = clusterColumn] = uniqueNames(
      [clusterColumn],
      own.map((c) => c.name),
    );
    return [...own, { name, type: 'BIGINT' }];
  },
  check: ({ params, inputs, node }) => {
    const schema = inputs['rows'];
    if (schema === undefined) return [];
    const findings = absentColumns(params.columns, schema.columns);
    const texts = textFeaturesOf(params.columns, schema.columns, '');
    if (texts.length > 0) findings.push(leftOutTexts(texts, node));
    if (featuresOf(params.columns, schema.columns, '').length === 0 && (schema.dynamic ?? []).length === 0)
      findings.push({
        code: 'train.no-features',
        message: 'There is no column to learn from.',
        mend: 'Let the rule pick at least one number, yes/no column or date.',
        param: 'columns',
      });
    return findings;
  },
});
