import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { clashingNames, columnFindings, listFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { aggregateName, familiesOf, functions, needsColumn, needsOrder } from './aggregate-functions.ts';

const params = z.strictObject({
  by: field.columnList({
    title: 'Group by',
    help: 'One row comes out for each combination of values. Without any: one row for the whole table. Missing values are a group of their own.',
  }),
  aggregates: field.rules(
    {
      function: field.choice({
        title: 'Compute',
        help: 'What is computed from the rows of a group. Missing values are left out, except by "rows".',
        choices: Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, f.title])) as {
          [F in keyof typeof functions]: string;
        },
        default: 'rows',
      }),
      column: field.column({ title: 'Of', help: 'The column to compute from. "Rows" needs none.' }),
      as: field.text({
        title: 'As',
        help: 'The name of the new column. Empty: made from the two, such as mean_price.',
      }),
      quantile: field.number({
        title: 'Quantile',
        help: '0.5 is the median, 0.9 the value that nine tenths stay below.',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
      }),
      order: field.column({ title: 'Order by', help: 'For first and last: which row comes first.' }),
    },
    { title: 'Values', help: 'The columns that come out beside the groups.', addLabel: 'Add a value' },
  ),
});
type Params = z.output<typeof params>;

export const spec = defineSpec({
  kind: 'combine.aggregate',
  version: 1,
  computes: 3,
  title: 'Aggregate',
  about: 'One row for each group, with counts, sums, means and more.',
  keywords: [
    'group by',
    'groupby',
    'summarize',
    'summarise',
    'count',
    'sum',
    'average',
    'mean',
    'median',
    'total',
    'statistics',
    'roll up',
    'value_counts',
    'sumif',
    'countif',
    'averageif',
    'countifs',
    'agg',
    'aggregation',
    'min',
    'max',
    'standard deviation',
    'tally',
    'subtotal',
    'counts by group',
  ],
  icon: 'sigma',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Groups' } },
  params,
  form: 'relational',
  insteadAfterSplit: { kind: 'prepare.group-statistics', title: 'Group statistics', takesItsPlace: true },
  rows: 'mix',
  summary: (p) => {
    const names = p.aggregates.map((a) =>
      a.function === 'rows' ? 'number of rows' : `${functions[a.function].title} of ${a.column || '…'}`,
    );
    const what =
      names.length === 0
        ? p.by.length === 0
          ? 'number of rows'
          : 'distinct values'
        : `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
    return p.by.length === 0
      ? `${what}, of the whole table`
      : `${what}${names.length === 0 ? ' of' : ' for each'} ${p.by.join(', ')}`;
  },
  check,
});

function check({ node, params: p, inputs }: CheckContext<Params>): Finding[] {
  const schema = inputs['rows'];
  const findings = [
    ...listFindings({ node, param: 'by' }, p.by, schema),
    ...p.aggregates.flatMap((_, i) => aggregateFindings(node, p, schema, i)),
  ];
  if (p.by.length === 0 && p.aggregates.length === 0)
    findings.push({
      code: 'param.empty',
      severity: 'warning',
      message: 'Neither groups nor values are chosen, so only the number of rows comes out.',
      mend: 'Choose what to group by and what to compute.',
      param: 'aggregates',
    });
  append(findings, clashingNames('aggregates', [...new Set(p.by), ...p.aggregates.map(aggregateName)]));
  return findings;
}

function aggregateFindings(
  node: string,
  { aggregates }: Params,
  schema: CheckContext<Params>['inputs'][string],
  i: number,
): Finding[] {
  const aggregate = aggregates[i];
  if (aggregate === undefined) return [];
  const place = { node, param: 'aggregates', title: `The column of value ${i + 1}` };
  const families = familiesOf(aggregate.function);
  const findings = columnFindings(place, aggregate.column, schema, {
    required: needsColumn(aggregate.function),
    mended: (column) => aggregates.with(i, { ...aggregate, column }),
    ...(families === undefined ? {} : { families }),
  });
  if (needsOrder(aggregate.function)) {
    const ordered = { ...place, title: `What ${aggregate.function} is ordered by (value ${i + 1})` };
    append(
      findings,
      columnFindings(ordered, aggregate.order, schema, {
        required: true,
        mended: (order) => aggregates.with(i, { ...aggregate, order }),
      }),
    );
  }
  const type = schema?.columns.find((c) => c.name === aggregate.column)?.type;
  if (
    type !== undefined &&
    typeFamily(type) === 'other' &&
    (aggregate.function === 'minimum' || aggregate.function === 'maximum')
  )
    findings.push({
      code: 'column.family',
      severity: 'warning',
      message: `"${aggregate.column}" holds lists or structures, which have no clear order.`,
      mend: 'Choose another column.',
      param: 'aggregates',
      column: aggregate.column,
    });
  return findings;
}
