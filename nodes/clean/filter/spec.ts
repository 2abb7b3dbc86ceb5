import * as z from 'zod';
import {
  comparesText,
  needsValue,
  operators,
  sayCondition,
  unfitValue,
  valuesOf,
} from '../../../shared/kind/conditions.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily } from '../../../shared/wires.ts';

const params = z.strictObject({
  rules: field.rules(
    {
      column: field.column({ title: 'Column', help: 'The column to look at.' }),
      operator: field.choice({ title: 'Is', help: 'How to compare.', choices: operators, default: 'equals' }),
      value: field.text({
        title: 'Value',
        help: 'What to compare with. Several values are separated by commas; a value with a comma stands in double quotes. Dates are written 2024-12-31.',
      }),
    },
    {
      title: 'Conditions',
      help: 'What a row must fulfil. A missing value fulfils only "is missing", "is not", "is none of" and "does not contain".',
      addLabel: 'Add a condition',
    },
  ),
  combine: field.choice({
    title: 'A row fits when',
    help: 'Whether all conditions must hold or one is enough.',
    choices: { all: 'all conditions hold', any: 'any condition holds' },
    default: 'all',
  }),
  expression: field.expression({
    title: 'Or an expression',
    help: "SQL that is true or false for a row, such as  price > 10 AND city LIKE 'B%' . With conditions above, it counts as one more.",
  }),
  action: field.choice({
    title: 'Rows that fit',
    help: 'Keep them, or leave them out. A row whose condition is neither true nor false (a missing value) does not fit.',
    choices: { keep: 'are kept', drop: 'are left out' },
    default: 'keep',
  }),
  trainingOnly: field.switch({
    title: 'Training rows only',
    help: 'Matters after Split. On: only training rows are filtered, test rows stay, and the model knows nothing of it. Off: everyone is filtered, also in the served model, which then gives no prediction for a row that does not fit.',
    default: true,
  }),
});

export const spec = defineSpec({
  kind: 'clean.filter',
  version: 1,
  computes: 1,
  title: 'Filter rows',
  about: 'Keeps or drops rows by conditions.',
  keywords: [
    'where',
    'row filter',
    'subset',
    'query',
    'condition',
    'remove rows',
    'select rows',
    'if',
    'exclude',
    'keep',
    'where clause',
    'having',
    'row splitter',
    'rule-based row filter',
    'criteria',
    'boolean indexing',
    'loc',
    'drop rows',
    'filter records',
    'between',
    'slice',
    'keep if',
  ],
  icon: 'funnel',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params,
  form: 'relational',
  rows: 'fewer',
  trainingOnly: (p) => p.trainingOnly,
  summary: (p) => {
    const said = [...p.rules.map(sayCondition), ...(p.expression.trim() === '' ? [] : [p.expression.trim()])];
    if (said.length === 0) return 'keep all rows: no condition yet';
    return `${p.action} rows where ${said.slice(0, 3).join(p.combine === 'all' ? ' and ' : ' or ')}${said.length > 3 ? ' …' : ''}`;
  },
  check: (context) => [
    ...(context.params.rules.length === 0 && context.params.expression.trim() === ''
      ? [
          {
            code: 'filter.no-condition',
            severity: 'warning' as const,
            message: 'There is no condition yet, so all rows are kept.',
            mend: 'Add a condition.',
            param: 'rules',
          },
        ]
      : []),
    ...context.params.rules.flatMap((_, i) => ruleFindings(context, i)),
  ],
});

type Params = z.output<typeof params>;

function ruleFindings({ node, params: { rules }, inputs }: CheckContext<Params>, i: number): Finding[] {
  const rule = rules[i];
  if (rule === undefined) return [];
  const place = { node, param: 'rules', title: `The column of condition ${i + 1}` };
  const schema = inputs['rows'];
  const findings = columnFindings(place, rule.column, schema, {
    required: true,
    mended: (column) => rules.with(i, { ...rule, column }),
  });
  if (findings.length > 0 || !needsValue(rule.operator)) return findings;
  const values = valuesOf(rule);
  if (rule.operator === 'between' && values.length !== 2)
    return [
      {
        code: 'filter.between',
        message: `"Between" needs two values, separated by a comma; "${rule.value}" has ${values.length}.`,
        mend: 'Write the lower value, a comma, and the upper value.',
        param: 'rules',
        column: rule.column,
      },
    ];
  if ((rule.operator === 'one-of' || rule.operator === 'not-one-of') && values.length === 0)
    return [
      {
        code: 'param.empty',
        message: `Condition ${i + 1} names no values.`,
        mend: 'Write the values, separated by commas.',
        param: 'rules',
        column: rule.column,
      },
    ];
  const type = schema?.columns.find((c) => c.name === rule.column)?.type;
  if (rule.operator === 'matches' && !isPattern(rule.value))
    return [
      {
        code: 'filter.pattern',
        message: `"${rule.value}" is not a pattern (regular expression).`,
        mend: 'Correct it; close every bracket.',
        param: 'rules',
        column: rule.column,
      },
    ];
  if (type === undefined || comparesText(rule.operator)) return [];
  return values.flatMap((value): Finding[] => {
    const wanted = unfitValue(value, type);
    if (wanted === undefined) return [];
    return [
      {
        code: 'filter.value',
        message:
          value === ''
            ? `Condition ${i + 1} has no value to compare "${rule.column}" with.`
            : `"${rule.column}" is compared with "${value}", which is not ${wanted}.`,
        mend:
          value === ''
            ? `Write ${wanted}, or choose "is missing".`
            : `Write ${wanted}${typeFamily(type) === 'time' ? '' : ', or give the column another type before'}.`,
        param: 'rules',
        column: rule.column,
        ...(value === ''
          ? {
              fixes: [
                {
                  do: 'set',
                  title: 'Use "is missing"',
                  node,
                  param: 'rules',
                  value: rules.with(i, { ...rule, operator: 'missing' }),
                },
              ],
            }
          : {}),
      },
    ];
  });
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    // DuckDB's RE2 knows inline flags that JavaScript does not: leave those to it.
    return text.startsWith('(?');
  }
}
