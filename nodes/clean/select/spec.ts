import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import {
  clashingNames,
  hasColumn,
  listFindings,
  missingColumn,
  ruleFindings,
} from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { outputNames } from './output-names.ts';

export const spec = defineSpec({
  kind: 'clean.select',
  version: 1,
  computes: 1,
  title: 'Select columns',
  about: 'Keeps, drops, renames and reorders columns.',
  keywords: [
    'column filter',
    'drop columns',
    'keep columns',
    'rename',
    'reorder',
    'resort columns',
    'project',
    'choose columns',
    'remove columns',
    'relabel',
    'select',
    'column resorter',
    'column renamer',
    'reorder columns',
    'rename columns',
    'select fields',
    'drop fields',
    'delete column',
    'remove fields',
  ],
  icon: 'columns-3',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    action: field.choice({
      title: 'The columns',
      help: 'Keep the chosen columns and nothing else, or leave them out.',
      choices: { keep: 'are kept', drop: 'are left out' },
      default: 'keep',
    }),
    columns: field.columns({
      title: 'Columns',
      help: 'By name, or by a rule that also covers columns that come later. A rule never touches target, id, group, time and weight: those stay unless they are named.',
    }),
    rename: field.map(z.string(), { title: 'Rename', help: 'Old name → new name.', keys: 'column' }),
    first: field.columnList({
      title: 'Put first',
      help: 'Columns that stand at the beginning, in this order (by their old names). The others keep their order.',
    }),
  }),
  form: 'relational',
  rows: 'same',
  summary: (p) => {
    const renamed = Object.entries(p.rename);
    const parts = [
      p.columns.by === 'all' && (p.columns.except ?? []).length === 0 && p.action === 'keep'
        ? ''
        : `${p.action} ${sayColumns(p.columns)}`,
      renamed.length === 0
        ? ''
        : renamed.length === 1
          ? `rename ${renamed.map(([from, to]) => `${from} to ${to}`).join('')}`
          : `rename ${renamed.length} columns`,
      p.first.length === 0 ? '' : `${p.first.slice(0, 2).join(', ')}${p.first.length > 2 ? ' …' : ''} first`,
    ].filter((part) => part !== '');
    return parts.length === 0 ? 'keep all columns' : parts.join('; ');
  },
  // Over 80 lines: one check for each setting, on the same columns.
  check: ({ node, params: p, inputs }) => {
    const schema = inputs['rows'];
    const findings: Finding[] = [
      ...ruleFindings({ node, param: 'columns' }, p.columns, schema),
      ...listFindings({ node, param: 'first' }, p.first, schema),
      ...Object.entries(p.rename).flatMap(([from, to]): Finding[] => {
        const others = Object.fromEntries(Object.entries(p.rename).filter(([name]) => name !== from));
        const missing = missingColumn({ node, param: 'rename' }, from, schema, (near) => ({ ...others, [near]: to }));
        if (missing.length > 0) return missing;
        if (to.trim() === '')
          return [
            {
              code: 'param.empty',
              message: `The new name of "${from}" is empty.`,
              mend: 'Give it a name.',
              param: 'rename',
              column: from,
            },
          ];
        if (hiddenColumns.includes(to))
          return [
            {
              code: 'column.reserved',
              message: `"${to}" is a name that Flowyard keeps for itself.`,
              mend: 'Choose another name.',
              param: 'rename',
              column: from,
            },
          ];
        const role = schema?.columns.find((c) => c.name === from)?.role;
        return role === undefined || role === 'feature'
          ? []
          : [
              {
                code: 'select.rename-role',
                message: `"${from}" is the ${role} since Split, and renaming it would lose that.`,
                mend: 'Rename it before Split.',
                param: 'rename',
                column: from,
              },
            ];
      }),
    ];
    if (schema === undefined) return findings;
    const names = outputNames(p, schema.columns);
    append(
      findings,
      clashingNames(
        'rename',
        names.map((n) => n.to),
      ),
    );
    if (names.length === 0 && !schema.dynamic?.length)
      findings.push({
        code: 'select.nothing',
        message:
          p.columns.by === 'names' && p.columns.names.length === 0
            ? 'No column is chosen, so nothing would be left.'
            : 'No column is left.',
        mend: 'Choose at least one column to keep.',
        param: 'columns',
        ...(pickColumns(p.columns, schema.columns).length > 0 || p.action === 'keep'
          ? {
              fixes: [
                {
                  do: 'set',
                  title: 'Keep all columns',
                  node,
                  param: 'columns',
                  value: p.action === 'keep' ? { by: 'all' } : { by: 'names', names: [] },
                },
              ],
            }
          : {}),
      });
    const dropped = schema.columns.filter(
      (c) => c.role === 'target' && hasColumn(schema, c.name) && !names.some((n) => n.from === c.name),
    );
    for (const c of dropped)
      findings.push({
        code: 'select.target-lost',
        severity: 'warning',
        message: `The target "${c.name}" is left out, so nothing after this node can learn it or be measured by it.`,
        mend: 'Keep it, unless that is what you want.',
        param: 'columns',
        column: c.name,
      });
    return findings;
  },
});
