import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { sayColumns } from '../../../shared/kind/columns.ts';
import { clashingNames, ruleFindings } from '../../../shared/kind/column-findings.ts';
import { unfitValue } from '../../../shared/kind/conditions.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { flagNames, treatedColumns } from './treated-columns.ts';

const params = z.strictObject({
  columns: field.columns({
    title: 'Columns',
    help: 'Where to look for missing values. A rule never picks target, id, group, time or weight; names may.',
  }),
  action: field.choice({
    title: 'Rows or values',
    help: 'Dropping and filling with a fixed value look at one row alone. Median, mean and most frequent value must be learnt from training rows: that is the node Fill missing, after Split.',
    choices: {
      'drop-any': 'drop rows where any is missing',
      'drop-all': 'drop rows where all are missing',
      fill: 'fill with a fixed value',
      keep: 'leave as they are (to add flags)',
    },
    default: 'drop-any',
  }),
  value: field.text({
    title: 'Fixed value',
    help: 'What a missing value becomes: 0, unknown, false, 2000-01-01. It has to fit the column.',
    when: { param: 'action', is: ['fill'] },
  }),
  flag: field.switch({
    title: 'Add a flag for each column',
    help: 'A yes/no column that says whether the value was missing: often worth more to a model than the filled value.',
    default: false,
  }),
  flagEnding: field.text({
    title: 'Ending of the flags',
    help: 'Added to the column’s name.',
    default: '_missing',
    when: { param: 'flag', is: [true] },
  }),
  trainingOnly: field.switch({
    title: 'Training rows only',
    help: 'Matters for dropping after Split. On: only training rows are dropped, test rows stay. Off: everyone is, also in the served model, which then gives no prediction for a row that misses a value.',
    default: true,
    when: { param: 'action', is: ['drop-any', 'drop-all'] },
  }),
});
type Params = z.output<typeof params>;

export const spec = defineSpec({
  kind: 'clean.missing',
  version: 1,
  computes: 1,
  title: 'Missing values',
  about: 'Drops rows with missing values, fills them with a fixed value, or flags them.',
  keywords: [
    'dropna',
    'fillna',
    'null',
    'NaN',
    'NA',
    'empty',
    'blank',
    'missing value',
    'coalesce',
    'data cleansing',
    'impute',
    'is null',
    'indicator',
    'drop nulls',
    'drop_nulls',
    'drop na',
    'missing data',
    'complete cases',
    'empty rows',
    'ISNULL',
    'NVL',
    'IFNULL',
    'fill null',
    'null values',
  ],
  icon: 'circle-dashed',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params,
  form: 'relational',
  // Dropping with flags would give a row more columns than the rows that pass untouched: flags are then left out (see check).
  rows: (p) => (p.action === 'drop-any' || p.action === 'drop-all' ? 'fewer' : 'same'),
  trainingOnly: (p) => p.trainingOnly,
  summary: (p) => {
    const where = p.columns.by === 'all' && (p.columns.except ?? []).length === 0 ? '' : ` in ${sayColumns(p.columns)}`;
    const flags = p.flag && p.action !== 'drop-any' && p.action !== 'drop-all' ? ', with flags' : '';
    if (p.action === 'drop-any') return `drop rows with a missing value${where}`;
    if (p.action === 'drop-all') return `drop rows with nothing${where || ' in them'}`;
    return p.action === 'fill'
      ? `fill missing values${where} with ${p.value === '' ? '""' : p.value}${flags}`
      : p.flag
        ? `flag missing values${where}`
        : 'leave missing values as they are';
  },
  check,
});

function check({ node, params: p, inputs }: CheckContext<Params>): Finding[] {
  const schema = inputs['rows'];
  const findings = ruleFindings({ node, param: 'columns' }, p.columns, schema);
  const drops = p.action === 'drop-any' || p.action === 'drop-all';
  if (p.columns.by === 'names' && p.columns.names.length === 0)
    findings.push({
      code: 'param.empty',
      severity: 'warning',
      message: 'No column is chosen, so nothing happens.',
      mend: 'Choose columns, or all.',
      param: 'columns',
      fixes: [{ do: 'set', title: 'All columns', node, param: 'columns', value: { by: 'all' } }],
    });
  if (drops && p.flag)
    findings.push({
      code: 'missing.flag-of-dropped',
      severity: 'warning',
      message: 'A row that is dropped needs no flag; none is added.',
      mend: 'Turn the flags off, or leave the values as they are.',
      param: 'flag',
      fixes: [
        { do: 'set', title: 'No flags', node, param: 'flag', value: false },
        { do: 'set', title: 'Leave the values as they are', node, param: 'action', value: 'keep' },
      ],
    });
  if (p.action === 'keep' && !p.flag)
    findings.push({
      code: 'missing.nothing',
      severity: 'warning',
      message: 'Nothing happens: values stay as they are and no flags are added.',
      mend: 'Turn the flags on, or choose what to do.',
      param: 'action',
      fixes: [{ do: 'set', title: 'Add flags', node, param: 'flag', value: true }],
    });
  if (schema === undefined) return findings;
  const treated = treatedColumns(p.columns, schema.columns);
  if (p.action === 'fill') {
    const unfit = treated.flatMap((c) => {
      const wanted = typeFamily(c.type) === 'other' ? 'a list or structure' : unfitValue(p.value, c.type);
      return wanted === undefined ? [] : [{ name: c.name, wanted }];
    });
    if (unfit.length > 0 && p.columns.by === 'names')
      for (const { name, wanted } of unfit)
        findings.push({
          code: 'missing.value',
          message: `"${name}" cannot be filled with "${p.value}", which is not ${wanted}.`,
          mend: `Write ${wanted}, or leave the column out.`,
          param: 'value',
          column: name,
        });
    else if (unfit.length > 0 && unfit.length === treated.length)
      findings.push({
        code: 'missing.value',
        message: `None of the columns can be filled with "${p.value}".`,
        mend: `"${unfit[0]?.name ?? ''}" needs ${unfit[0]?.wanted ?? 'another value'}.`,
        param: 'value',
      });
  }
  if (p.flag && !drops)
    append(
      findings,
      clashingNames('flagEnding', [
        ...schema.columns.map((c) => c.name),
        ...flagNames(treated, p.flagEnding).map((f) => f.flag),
      ]),
    );
  return findings;
}
