import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { typeFamily } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'prepare.impute',
  version: 1,
  computes: 1,
  title: 'Impute',
  about:
    'Fills missing values with what the training rows teach: the median, the mean, the most frequent value, or a constant.',
  keywords: [
    'missing',
    'fillna',
    'SimpleImputer',
    'NaN',
    'null',
    'replace missing',
    'median',
    'mean',
    'imputer',
    'imputation',
    'fill missing values',
    'fill gaps',
    'mode',
  ],
  icon: 'paint-bucket',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Filled rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'Which columns are filled. The target is never picked by a rule.',
      families: ['number', 'text', 'boolean', 'time'],
    }),
    strategy: field.choice({
      title: 'Fill with',
      help: 'Median and mean are for numbers; under them texts and yes/no columns get their most frequent value, and dates their median.',
      choices: {
        median: 'the median',
        mean: 'the mean',
        'most-frequent': 'the most frequent value',
        constant: 'a constant',
      },
      default: 'median',
    }),
    constant: field.text({
      title: 'Constant',
      help: 'The value to fill in. Empty means 0 for numbers, "missing" for texts, no for yes/no columns and 1970-01-01 for dates.',
      when: { param: 'strategy', is: ['constant'] },
    }),
    flag: field.switch({
      title: 'Add missing indicator',
      help: 'Adds a yes/no column "<name>_missing" for each filled column, so that a model can learn from the gap itself.',
      default: false,
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ columns, strategy, constant }) =>
    `fill ${sayColumns(columns)} with ${strategy === 'constant' ? (constant === '' ? 'a constant' : constant) : `the ${strategy.replace('-', ' ')}${strategy === 'most-frequent' ? ' value' : ''}`}`,
  check: ({ params, inputs }) => {
    const schema = inputs['rows'];
    if (!schema) return [];
    const findings: Finding[] = absentColumns(params.columns, schema.columns);
    if (params.strategy !== 'constant' || params.constant === '') return findings;
    for (const column of pickColumns(params.columns, schema.columns, ['number', 'text', 'boolean', 'time'])) {
      const problem = unsuited(params.constant, typeFamily(column.type));
      if (problem)
        findings.push({
          code: 'impute.constant',
          message: `"${params.constant}" is ${problem}, so it cannot fill "${column.name}".`,
          mend: 'Pick only columns of one kind, and give a value of that kind.',
          param: 'constant',
          column: column.name,
        });
    }
    return findings;
  },
  columns: (params, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    const filled = pickColumns(params.columns, columns, ['number', 'text', 'boolean', 'time']);
    const averaged = new Set(
      params.strategy === 'median' || params.strategy === 'mean'
        ? filled.filter((c) => typeFamily(c.type) === 'number').map((c) => c.name)
        : [],
    );
    const flags = params.flag
      ? uniqueNames(
          filled.map((c) => `${c.name}_missing`),
          columns.map((c) => c.name),
        )
      : [];
    return [
      ...columns.map((c) => (averaged.has(c.name) ? { ...c, type: 'DOUBLE' } : c)),
      ...flags.map((name) => ({ name, type: 'BOOLEAN' })),
    ];
  },
});

function unsuited(constant: string, family: string): string | undefined {
  if (family === 'number')
    return constant.trim() === '' || !Number.isFinite(Number(constant)) ? 'no number' : undefined;
  if (family === 'boolean')
    return ['true', 'false'].includes(constant.toLowerCase()) ? undefined : 'neither true nor false';
  if (family === 'time') return Number.isNaN(Date.parse(constant)) ? 'no date' : undefined;
  return undefined;
}
