import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings, listFindings, notChosen } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';

export const groupFunctions = {
  mean: 'the mean',
  median: 'the median',
  min: 'the smallest',
  max: 'the largest',
  sum: 'the sum',
  sd: 'the standard deviation',
  count: 'the number of values',
} as const;

export const spec = defineSpec({
  kind: 'prepare.group-statistics',
  version: 1,
  computes: 1,
  title: 'Group statistics',
  about: 'Adds to each row what the training rows of its group teach: a mean, a count, the largest value.',
  keywords: [
    'group by',
    'aggregate after split',
    'transform',
    'groupby transform',
    'window',
    'mean by group',
    'count encoding',
    'frequency encoding',
    'feature engineering',
    'group means',
    'aggregate features',
    'mean encoding by group',
  ],
  icon: 'boxes',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with statistics' } },
  params: z.strictObject({
    by: field.columnList({
      title: 'Groups',
      help: 'The columns whose equal values make a group. Missing values are a group of their own.',
    }),
    statistics: field.rules(
      {
        column: field.column({
          title: 'Column',
          help: 'The number that is summed up.',
          families: ['number', 'boolean', 'time'],
        }),
        function: field.choice({
          title: 'What',
          help: 'How the group is summed up.',
          choices: groupFunctions,
          default: 'mean',
        }),
        as: field.text({ title: 'Name', help: 'The new column. Empty: made from the column, what and the groups.' }),
      },
      {
        title: 'Statistics',
        help: 'One new column for each. Of the target there is none: use target encoding (Encode), which hides each row from itself.',
        addLabel: 'Add a statistic',
      },
    ),
    unseen: field.choice({
      title: 'A group without training rows',
      help: 'What rows of a new group get.',
      choices: { overall: 'the value over all training rows', missing: 'nothing (missing)' },
      default: 'overall',
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ by, statistics }) =>
    `add ${statistics.length === 0 ? 'statistics' : statistics.map((s) => `the ${s.function} of ${s.column || '…'}`).join(', ')} by ${by.length === 0 ? '… (no group yet)' : by.join(' and ')}`,
  check: ({ node, params: p, inputs }) => {
    const schema = inputs['rows'];
    const findings: Finding[] = listFindings({ node, param: 'by' }, p.by, schema);
    if (p.by.length === 0) findings.push(notChosen({ node, param: 'by', title: 'The groups' }));
    if (p.statistics.length === 0)
      findings.push({
        code: 'param.empty',
        message: 'No statistic is chosen yet.',
        mend: 'Add one.',
        param: 'statistics',
      });
    const target = schema?.columns.find((c) => c.role === 'target')?.name;
    for (const [i, one] of p.statistics.entries()) {
      append(
        findings,
        columnFindings({ node, param: 'statistics', title: 'The column' }, one.column, schema, {
          required: true,
          families: one.function === 'count' ? ['number', 'boolean', 'time', 'text'] : ['number', 'boolean', 'time'],
          mended: (near) => p.statistics.map((s, k) => (k === i ? { ...s, column: near } : s)),
        }),
      );
      if (one.column !== '' && one.column === target)
        findings.push({
          code: 'group.target',
          message: `"${target}" is the target: its ${one.function} in the group would give a row its own answer.`,
          mend: 'Use target encoding (Encode).',
          param: 'statistics',
          column: target,
        });
    }
    if (target !== undefined && p.by.includes(target))
      findings.push({
        code: 'group.target',
        message: `"${target}" is the target, which new rows do not have, so it cannot make groups.`,
        mend: 'Group by other columns.',
        param: 'by',
        column: target,
      });
    return findings;
  },
  columns: (p, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    return [
      ...columns,
      ...statisticNames(
        p,
        columns.map((c) => c.name),
      ).map((name) => ({ name, type: 'DOUBLE' })),
    ];
  },
});

interface Named {
  by: readonly string[];
  statistics: readonly { column: string; function: string; as: string }[];
}

/** A name for each statistic that no other column has, whatever the case of its letters: `mean_of_price_by_shop`. */
export function statisticNames({ by, statistics }: Named, taken: readonly string[]): string[] {
  return uniqueNames(
    statistics.map((s) => (s.as === '' ? `${s.function}_of_${s.column}_by_${by.join('_')}` : s.as)),
    taken,
  );
}
