/** The one wording for a row of another length, whether the head was looked at or the read stumbled over it. */
import type { Finding } from '../../../shared/kind/define-spec.ts';
import type { Ragged } from './csv-head.ts';
import type { CsvParams } from './read-csv-sql.ts';

/** @param text of the line, where it is known */
export function raggedFinding(
  node: string,
  p: CsvParams,
  { line, expected, found }: Ragged,
  count?: number,
  text = '',
): Finding {
  const more = found > expected;
  const isComment = text.trimStart().startsWith('#') && p.comment === '';
  return {
    code: 'csv.ragged-row',
    message: `Line ${line} has ${found} ${found === 1 ? 'value' : 'values'} instead of ${expected}${count !== undefined && count > 1 ? `, and ${count - 1} more of the first lines are like that` : ''}.`,
    mend: isComment
      ? 'If lines that begin with # are no rows, set # as the comment character.'
      : more
        ? 'A value with the separator in it needs quotes around it. Correct the line, or leave such rows out.'
        : 'Correct the line, fill such rows with missing values, or leave them out.',
    param: 'raggedRows',
    facts: { line, expected, found },
    fixes: [
      ...(isComment
        ? [{ do: 'set' as const, title: 'Leave out lines that begin with #', node, param: 'comment', value: '#' }]
        : []),
      { do: 'set', title: 'Fill short rows with missing values', node, param: 'raggedRows', value: 'fill' },
      { do: 'set', title: 'Leave such rows out', node, param: 'raggedRows', value: 'skip' },
      ...(p.quote === 'none'
        ? [{ do: 'set' as const, title: 'Values may be quoted', node, param: 'quote', value: 'double' }]
        : []),
    ],
  };
}
