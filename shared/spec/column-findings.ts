/** Findings that many kinds share: a rule or a parameter names a column that the table does not have. */
import type { Column } from '../wires.ts';
import { missingColumns, nearestName } from './columns.ts';
import type { Finding } from './define-spec.ts';
import type { ColumnRule } from './fields.ts';

export function absentColumn(name: string, columns: readonly Column[], param: string): Finding {
  const near = nearestName(name, columns.map((c) => c.name));
  return {
    code: 'column.missing',
    message: `There is no column "${name}" here.`,
    mend: near === undefined ? `Choose one of ${columns.slice(0, 8).map((c) => c.name).join(', ')}${columns.length > 8 ? ', …' : ''}.` : `Did you mean "${near}"?`,
    param,
    column: name,
  };
}

export const absentColumns = (rule: ColumnRule, columns: readonly Column[], param = 'columns'): Finding[] =>
  missingColumns(rule, columns).map((name) => absentColumn(name, columns, param));
