/** Which value its column's type would change: a late one, or one that a type set by hand cannot hold. */
import type { QueryRows } from '../../../shared/capabilities.ts';
import { toProblem } from '../../../shared/errors.ts';
import { columnTypes, type ColumnType } from '../../../shared/spec/column-types.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import { isInteger } from '../../../shared/wires.ts';
import { findInexact, type Inexact } from './exact-values.ts';
import { explainCsv, lookAtAll, readAs } from './explain-csv.ts';
import type { CsvParams } from './read-csv-sql.ts';

export async function verifyCsv(
  node: string,
  path: string,
  p: CsvParams,
  asked: { query: QueryRows; lineBytes: number },
): Promise<Finding[]> {
  let found: Inexact | undefined;
  try {
    found = await findInexact(path, p, asked);
  } catch (thrown) {
    const finding = explainCsv(node, p, toProblem(thrown).message);
    if (finding === undefined) throw thrown;
    return [finding];
  }
  if (found === undefined) return [];
  const { row, rows, column, value } = found;
  const { name, type } = column;
  const wasSet = Object.hasOwn(p.types, name);
  const types = wider(type, value);
  const others =
    rows === 1
      ? ''
      : rows === 2
        ? ', and another row is like that'
        : `, and ${(rows - 1).toLocaleString('en-US')} more rows are like that`;
  const looksAtAll = wasSet ? [] : lookAtAll(node, p);
  return [
    {
      code: 'csv.inexact-value',
      message: `Row ${row.toLocaleString('en-US')} has "${value}" in the column "${name}", which is ${notA(type)}${wasSet ? '' : ', as the rows looked at have there'}${others}.`,
      mend: `Read the column as ${types.map((one) => columnTypes[one].title).join(' or as ')}${looksAtAll.length === 0 ? '' : ', or look at the whole file'}; or correct the value in the file.`,
      param: 'types',
      column: name,
      facts: { row, value, rows },
      fixes: [...types.map((one) => readAs(node, p, name, one)), ...looksAtAll],
    },
  ];
}

function notA(type: string): string {
  if (isInteger(type)) return 'no whole number';
  if (type.startsWith('DECIMAL')) return `no number with as few digits as ${type} has`;
  return (
    { DATE: 'no date alone', TIME: 'no time of day alone', 'TIMESTAMP WITH TIME ZONE': 'no time with a zone' }[type] ??
    'no date and time without a zone'
  );
}

/** What holds such a value, the likelier first. */
function wider(type: string, value: string): ColumnType[] {
  // A number has no zeros in front, and a date no words behind.
  if (isInteger(type) && /^0\d/.test(value)) return ['text', 'integer'];
  if (isInteger(type) || type.startsWith('DECIMAL')) return ['number', 'text'];
  if (type === 'TIME') return ['text'];
  // By choice what has no zone is in UTC.
  if (type === 'TIMESTAMP WITH TIME ZONE') return ['instant', 'text'];
  return type !== 'DATE' ? ['instant', 'text'] : /\d:\d/.test(value) ? ['timestamp', 'text'] : ['text'];
}
