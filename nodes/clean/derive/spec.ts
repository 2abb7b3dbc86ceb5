import * as z from 'zod';
import { clashingNames } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { looksAtOtherRows, unclosed } from '../../../shared/kind/expression-words.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { hiddenColumns } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'clean.derive',
  version: 1,
  computes: 1,
  title: 'New columns',
  about: 'Computes columns from others by a formula.',
  keywords: [
    'formula',
    'calculate',
    'compute',
    'expression',
    'mutate',
    'assign',
    'feature constructor',
    'math formula',
    'case when',
    'if',
    'string manipulation',
    'eval',
    'derived',
    'rule engine',
    'if else',
    'if then else',
    'ifelse',
    'case_when',
    'np.where',
    'concatenate strings',
    'concatenation',
    'substring',
    'calculated field',
    'calculated column',
    'computed column',
    'custom column',
    'add column',
    'find and replace',
    'replace text',
    'replace values',
    'recode',
    'map values',
    'date difference',
    'extract year',
    'round',
    'column expressions',
    'string functions',
  ],
  icon: 'square-function',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    columns: field.rules(
      {
        name: field.text({
          title: 'Name',
          help: 'The new column. The name of a column that is there replaces it.',
          placeholder: 'price_per_kg',
        }),
        expression: field.expression({
          title: 'Formula',
          help: "SQL over the columns, such as  price / weight ,  upper(city)  or  CASE WHEN age < 18 THEN 'child' ELSE 'adult' END . Names with spaces stand in double quotes.",
        }),
      },
      {
        title: 'Columns',
        help: 'Computed one after the other: a formula may use the columns above it.',
        addLabel: 'Add a column',
      },
    ),
  }),
  form: 'relational',
  // Its other formulas would be lost.
  insteadAfterSplit: { kind: 'prepare.group-statistics', title: 'Group statistics', takesItsPlace: false },
  rows: (p) => (p.columns.some(({ expression }) => looksAtOtherRows(expression)) ? 'mix' : 'same'),
  summary: (p) => {
    const said = p.columns.filter((c) => c.name !== '').map((c) => `${c.name} = ${c.expression.trim() || '…'}`);
    return said.length === 0
      ? 'compute new columns: none yet'
      : `${said.slice(0, 2).join('; ')}${said.length > 2 ? ` and ${said.length - 2} more` : ''}`;
  },
  check: ({ params: { columns } }) => [
    ...(columns.length === 0
      ? [
          {
            code: 'param.empty',
            severity: 'warning' as const,
            message: 'There is no new column yet.',
            mend: 'Add a column.',
            param: 'columns',
          },
        ]
      : []),
    ...columns.flatMap(({ name, expression }, i): Finding[] => {
      const place = { param: 'columns', ...(name === '' ? {} : { column: name }) };
      if (name.trim() === '')
        return [{ code: 'param.empty', message: `Column ${i + 1} has no name.`, mend: 'Give it a name.', ...place }];
      if (hiddenColumns.includes(name))
        return [
          {
            code: 'column.reserved',
            message: `"${name}" is a name that Flowyard keeps for itself.`,
            mend: 'Choose another name.',
            ...place,
          },
        ];
      if (expression.trim() === '')
        return [
          {
            code: 'param.empty',
            message: `"${name}" has no formula.`,
            mend: 'Write one, such as  price * 2 .',
            ...place,
          },
        ];
      const open = unclosed(expression);
      return open === undefined
        ? []
        : [
            {
              code: 'sql.syntax',
              message: `The formula of "${name}" cannot be read: ${open}.`,
              mend: 'Correct the formula.',
              ...place,
            },
          ];
    }),
    ...clashingNames(
      'columns',
      columns.map((c) => c.name).filter((name) => name !== ''),
    ),
  ],
});
