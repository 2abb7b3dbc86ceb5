import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily, type TableSchema, type TypeFamily } from '../../../shared/wires.ts';

const families: TypeFamily[] = ['text', 'boolean', 'number'];

export const spec = defineSpec({
  kind: 'prepare.encode',
  version: 1,
  computes: 2,
  title: 'Encode',
  about: 'Turns categories into numbers that a model can read: one column for each, a code, or the mean of the target.',
  keywords: [
    'one-hot',
    'onehot',
    'dummies',
    'get_dummies',
    'OneHotEncoder',
    'OrdinalEncoder',
    'TargetEncoder',
    'label encoding',
    'categorical',
    'category',
    'one hot encoding',
    'continuize',
    'one to many',
    'category to number',
    'LabelEncoder',
    'factorize',
    'nominal to numerical',
    'mean encoding',
    'dummy variables',
  ],
  icon: 'binary',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Encoded rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'Which columns hold categories. The target is never picked by a rule.',
      families,
      default: { by: 'type', type: 'text' },
    }),
    method: field.choice({
      title: 'Method',
      help: 'One-hot: a yes/no column for each category. Ordinal: one whole number. Target: what the target is on average in the category.',
      choices: {
        'one-hot': 'one-hot',
        ordinal: 'ordinal',
        target: 'target',
      },
      default: 'one-hot',
    }),
    maxCategories: field.integer({
      title: 'Max categories',
      help: 'With more categories, the most frequent ones get a column and the others share one called "infrequent".',
      default: 20,
      min: 2,
      max: 1000,
      when: { param: 'method', is: ['one-hot'] },
    }),
    minRows: field.integer({
      title: 'Min frequency',
      help: 'A category with fewer training rows than this is infrequent.',
      default: 1,
      min: 1,
      unit: 'rows',
      when: { param: 'method', is: ['one-hot'] },
    }),
    drop: field.switch({
      title: 'Drop first',
      help: 'One column less for each: it follows from the others. For linear models without a penalty.',
      default: false,
      when: { param: 'method', is: ['one-hot'] },
    }),
    order: field.choice({
      title: 'Order of codes',
      help: 'Which category gets 0.',
      choices: { alphabetical: 'alphabetical', frequency: 'most frequent first' },
      default: 'alphabetical',
      when: { param: 'method', is: ['ordinal'] },
    }),
    unseenCode: field.integer({
      title: 'Unknown value',
      help: 'What a category gets that no training row has. A missing value stays missing.',
      default: -1,
      when: { param: 'method', is: ['ordinal'] },
    }),
    smoothing: field.number({
      title: 'Smoothing',
      help: 'How many rows of the overall mean are mixed into each category: the more, the less a rare category is believed.',
      default: 10,
      min: 0,
      unit: 'rows',
      when: { param: 'method', is: ['target'] },
    }),
    folds: field.integer({
      title: 'Folds',
      help: 'A training row gets its value from the other folds, so that it never sees its own target.',
      default: 5,
      min: 2,
      max: 50,
      when: { param: 'method', is: ['target'] },
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ columns, method }) =>
    `encode ${sayColumns(columns)} by ${{ 'one-hot': 'one column for each category', ordinal: 'a number', target: 'the mean of the target' }[method]}`,
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    if (!schema) return [];
    const findings: Finding[] = absentColumns(params.columns, schema.columns);
    for (const column of pickColumns(params.columns, schema.columns)) {
      if (params.columns.by === 'names' && column.role === 'target')
        findings.push({
          code: 'encode.target',
          message: `"${column.name}" is the target; trainers take its classes as they are.`,
          mend: 'Leave it out here.',
          param: 'columns',
          column: column.name,
        });
      if (params.columns.by === 'names' && !families.includes(typeFamily(column.type)))
        findings.push({
          code: 'encode.type',
          message: `"${column.name}" is ${column.type}, which holds no categories.`,
          mend: 'Derive a text or a whole number from it first.',
          param: 'columns',
          column: column.name,
        });
    }
    if (params.method !== 'target') return findings;
    if (!schema.split)
      findings.push({
        code: 'encode.needs-split',
        message: 'The mean of the target may be learned from training rows only, and these rows are not split.',
        mend: 'Put a Split before this node.',
        param: 'method',
        fixes: [
          {
            do: 'insert',
            title: 'Insert Split before',
            kind: 'split.rows',
            params: {},
            node,
            side: 'before',
            port: 'rows',
          },
        ],
      });
    else if (!schema.columns.some((c) => c.role === 'target'))
      findings.push({
        code: 'encode.no-target',
        message: 'The mean of the target needs a target.',
        mend: 'Name the target on Split.',
        param: 'method',
      });
    return findings;
  },
  columns: (params, inputs) => {
    const schema = inputs['rows'];
    if (!schema) return [];
    const picked = new Set(pickColumns(params.columns, schema.columns, families).map((c) => c.name));
    if (params.method === 'ordinal')
      return schema.columns.map((c) => (picked.has(c.name) ? { ...c, type: 'INTEGER' } : c));
    if (params.method === 'target' && hasOneMean(schema))
      return schema.columns.map((c) => (picked.has(c.name) ? { ...c, type: 'DOUBLE' } : c));
    return schema.columns.filter((c) => !picked.has(c.name));
  },
  dynamic: (params, input) => {
    if (params.method === 'ordinal' || (params.method === 'target' && hasOneMean(input))) return [];
    const picked = pickColumns(params.columns, input.columns, families);
    // Of two classes there is one mean, in the column's place; of more, one for each class.
    return picked.map((c) =>
      params.method === 'one-hot'
        ? { pattern: `${c.name}_*`, type: 'BOOLEAN', from: c.name }
        : { pattern: `${c.name}*`, type: 'DOUBLE', from: c.name },
    );
  },
});

/** Is it known before a fit that the target has one mean: a number, or yes and no? */
function hasOneMean(schema: TableSchema): boolean {
  const target = schema.columns.find((c) => c.role === 'target');
  return target !== undefined && ['number', 'boolean'].includes(typeFamily(target.type));
}
