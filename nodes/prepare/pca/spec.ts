import * as z from 'zod';
import { ruleFindings } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import type { Column } from '../../../shared/wires.ts';

/** What the components are called: `pca_1`, `pca_2`, …, beside the columns that stay. */
export const componentNames = (name: string, count: number, staying: readonly Column[]): string[] =>
  uniqueNames(
    Array.from({ length: count }, (_, i) => `${name}_${i + 1}`),
    staying.map((c) => c.name),
  );

export const spec = defineSpec({
  kind: 'prepare.pca',
  version: 1,
  computes: 1,
  title: 'PCA',
  about: 'Replaces many numbers by few components that keep most of their variance (principal component analysis).',
  keywords: [
    'principal component analysis',
    'principal components',
    'dimensionality reduction',
    'reduce dimensions',
    'fewer columns',
    'prcomp',
    'SVD',
    'TruncatedSVD',
    'factor analysis',
    'explained variance',
    'scree plot',
    'whitening',
    'decorrelate',
  ],
  icon: 'shrink',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: {
    rows: { wire: 'table', title: 'Rows with components' },
    report: { wire: 'report', title: 'Explained variance' },
  },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'The numbers that are replaced by components. The target is never picked by a rule.',
      families: ['number'],
      default: { by: 'type', type: 'number' },
    }),
    keep: field.choice({
      title: 'Keep',
      help: 'A number of components, or as many as explain a share of the variance (n_components).',
      choices: { number: 'a number of components', share: 'a share of the variance' },
      default: 'number',
    }),
    components: field.integer({
      title: 'Components',
      help: 'How many components to keep: those that explain most of the variance.',
      default: 2,
      min: 1,
      max: 1000,
      when: { param: 'keep', is: ['number'] },
    }),
    share: field.number({
      title: 'Explained variance',
      help: 'The fewest components are kept that together explain more than this share of the variance.',
      default: 0.95,
      min: 0.01,
      max: 0.9999,
      step: 0.01,
      when: { param: 'keep', is: ['share'] },
    }),
    whiten: field.switch({
      title: 'Whiten',
      help: 'Divides each component by its standard deviation, so that all weigh alike in what comes after.',
      default: false,
    }),
    name: field.text({
      title: 'Name',
      help: 'The components are called by this and their number: pca_1, pca_2.',
      default: 'pca',
    }),
    keepColumns: field.switch({
      title: 'Keep the columns',
      help: 'Leaves the columns that the components are made of beside them.',
      default: false,
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ columns, keep, components, share }) =>
    keep === 'number'
      ? `${components} ${components === 1 ? 'component' : 'components'} of ${sayColumns(columns)}`
      : `components of ${sayColumns(columns)} that explain ${Number((share * 100).toFixed(2))} % of the variance`,
  columns: ({ columns, keep, components, name, keepColumns }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    const staying = stayingColumns(pickColumns(columns, own, ['number']), own, keepColumns);
    if (keep === 'share') return staying;
    return [...staying, ...componentNames(name, components, staying).map((one) => ({ name: one, type: 'DOUBLE' }))];
  },
  dynamic: ({ keep, name, columns }, input) =>
    keep === 'share'
      ? [
          {
            pattern: `${name}_*`,
            type: 'DOUBLE',
            from: pickColumns(columns, input.columns, ['number'])[0]?.name ?? name,
          },
        ]
      : [],
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    if (schema === undefined) return [];
    const picked = pickColumns(params.columns, schema.columns, ['number']);
    const findings: Finding[] = ruleFindings({ node, param: 'columns' }, params.columns, schema, ['number']);
    const target = params.columns.by === 'names' ? picked.find((c) => c.role === 'target') : undefined;
    if (target !== undefined)
      findings.push({
        code: 'pca.target',
        message: `"${target.name}" is the target: components made of it would tell a model the answer.`,
        mend: 'Leave it out of the columns.',
        param: 'columns',
        column: target.name,
      });
    const known = (schema.dynamic ?? []).length === 0;
    if (known && params.keep === 'number' && picked.length > 0 && params.components > picked.length)
      findings.push({
        code: 'pca.too-many-components',
        message: `${params.components} components cannot be made of ${picked.length === 1 ? 'one column' : `${picked.length} columns`}.`,
        mend: 'Lower "Components", or choose more columns.',
        param: 'components',
        fixes: [
          {
            do: 'set',
            title: `Keep ${picked.length}`,
            node,
            param: 'components',
            value: picked.length,
          },
        ],
      });
    return findings;
  },
});

export function stayingColumns(
  picked: readonly { readonly name: string }[],
  all: readonly Column[],
  keepColumns: boolean,
): Column[] {
  const gone = new Set(keepColumns ? [] : picked.map((c) => c.name));
  return all.filter((c) => !gone.has(c.name));
}
