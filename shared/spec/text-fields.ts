/** What kinds that work on a column of texts declare alike. */
import { typeFamily, type Column, type TableSchema } from '../wires.ts';
import { columnFindings } from './column-findings.ts';
import type { Finding } from './define-spec.ts';
import { field } from './fields.ts';

export const textField = field.column({
  title: 'Text',
  help: 'The column of texts. Empty: the first text column.',
  families: ['text'],
});

/** Without a choice the first text column that is no target, id or the like. */
export const textColumnOf = (name: string, columns: readonly Column[]): Column | undefined =>
  name === ''
    ? columns.find(
        (c) => typeFamily(c.type) === 'text' && (c.role === undefined || c.role === 'text' || c.role === 'feature'),
      )
    : columns.find((c) => c.name === name);

export function textFindings(node: string, column: string, schema: TableSchema | undefined): Finding[] {
  if (schema === undefined || column !== '')
    return columnFindings({ node, param: 'column', title: 'The column of texts' }, column, schema, {
      families: ['text'],
    });
  return textColumnOf('', schema.columns) === undefined
    ? [
        {
          code: 'column.no-text',
          message: 'There is no column of texts here.',
          mend: 'Read texts before, or give a column the type text.',
          param: 'column',
        },
      ]
    : [];
}
