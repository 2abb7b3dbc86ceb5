/** What kinds that work on a column of texts declare alike. */
import { typeFamily, type Column, type TableSchema } from '../../wires.ts';
import { columnFindings } from '../column-findings.ts';
import type { Finding } from '../define-spec.ts';
import { field } from './fields.ts';

export const textField = field.column({
  title: 'Text',
  help: 'The column of texts. Empty: the text of documents, else the first text column.',
  families: ['text'],
});

/** Without a choice the column that was read as text (`read.documents`), else the first text column that is no target, id or the like. */
export function textColumnOf(name: string, columns: readonly Column[]): Column | undefined {
  if (name !== '') return columns.find((c) => c.name === name);
  const texts = columns.filter((c) => typeFamily(c.type) === 'text');
  return texts.find((c) => c.role === 'text') ?? texts.find((c) => c.role === undefined || c.role === 'feature');
}

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
