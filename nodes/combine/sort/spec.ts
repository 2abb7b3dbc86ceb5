import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'combine.sort',
  version: 1,
  computes: 1,
  title: 'Sort',
  about: 'Puts rows in an order.',
  keywords: [
    'order by',
    'sorter',
    'sort_values',
    'arrange',
    'rank',
    'ascending',
    'descending',
    'order_by',
    'sort rows',
    'order rows',
    'top values',
  ],
  icon: 'arrow-down-a-z',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    keys: field.rules(
      {
        column: field.column({ title: 'Column', help: 'The column to sort by.' }),
        direction: field.choice({
          title: 'Direction',
          help: 'Smallest or largest first. Texts are compared letter by letter, capital letters before small ones.',
          choices: { ascending: 'smallest first', descending: 'largest first' },
          default: 'ascending',
        }),
      },
      {
        title: 'Sort by',
        help: 'The first column decides; where it is equal, the next one does.',
        addLabel: 'Add a column',
      },
    ),
    missing: field.choice({
      title: 'Missing values',
      help: 'Where rows without a value go, in both directions.',
      choices: { last: 'at the end', first: 'at the beginning' },
      default: 'last',
    }),
  }),
  form: 'relational',
  // Values do not change and a row depends on itself alone; only the order in which rows are shown and written does. Learners read rows in Split's order.
  rows: 'same',
  summary: (p) => {
    const said = p.keys
      .filter((k) => k.column !== '')
      .map((k) => `${k.column}${k.direction === 'descending' ? ' (largest first)' : ''}`);
    return said.length === 0 ? 'sort: by nothing yet' : `sort by ${said.join(', ')}`;
  },
  check: ({ node, params: { keys }, inputs }) => [
    ...(keys.length === 0
      ? [
          {
            code: 'param.empty',
            severity: 'warning' as const,
            message: 'It is not said yet what to sort by.',
            mend: 'Add a column.',
            param: 'keys',
          },
        ]
      : []),
    ...keys.flatMap((key, i) =>
      columnFindings({ node, param: 'keys', title: `Column ${i + 1} of the order` }, key.column, inputs['rows'], {
        required: true,
        mended: (column) => keys.with(i, { ...key, column }),
      }),
    ),
  ],
});
