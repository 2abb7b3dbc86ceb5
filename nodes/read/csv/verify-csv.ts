/** Which value its column's type would change: a late one, or one that a type set by hand cannot hold. */
import type { QueryRows } from '../../../shared/capabilities.ts';
import { toProblem } from '../../../shared/errors.ts';
import { thousandsMarks } from '../../../shared/table/cell-reading.ts';
import { columnTypes, type ColumnType } from '../../../shared/kind/column-types.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { isInteger } from '../../../shared/wires.ts';
import { findDoubts, type Doubts } from './exact-values.ts';
import { explainCsv, lookAtAll, readAs } from './explain-csv.ts';
import { beyondNumbers, digitsLost } from './lost-digits.ts';
import type { CsvParams } from './read-csv-sql.ts';

export async function verifyCsv(
  node: string,
  path: string,
  p: CsvParams,
  asked: { query: QueryRows; lineBytes: number; reported: readonly Finding[] },
): Promise<Finding[]> {
  let found: Doubts;
  try {
    found = await findDoubts(path, p, asked);
  } catch (thrown) {
    const finding = explainCsv(node, p, toProblem(thrown).message);
    if (finding === undefined) throw thrown;
    return [finding];
  }
  if (found.inexact === undefined)
    return found.lost
      .map(({ column, value }) => digitsLost(node, p, { ...column, value }))
      .filter(({ code, column }) => !asked.reported.some((one) => one.code === code && one.column === column));
  const { row, rows, column, value } = found.inexact;
  const { name, type } = column;
  const what = nameOf(type);
  const wasSet = Object.hasOwn(p.types, name);
  const types = wider(type, value);
  const others =
    rows === 1
      ? ''
      : rows === 2
        ? ', and another row is like that'
        : `, and ${(rows - 1).toLocaleString('en-US')} more rows are like that`;
  const at = `Row ${row.toLocaleString('en-US')}`;
  const mark = thousandsMarks[p.thousandsMark];
  if (mark !== '' && value.includes(mark))
    return [
      {
        code: 'csv.thousands',
        message: `${at} has "${value}" in the column "${name}": the thousands mark does not stand before three digits${others}.`,
        mend: 'Correct the value in the file, choose another thousands mark, or read the column as text.',
        param: 'thousandsMark',
        column: name,
        facts: { row, value, rows },
        fixes: [readAs(node, p, name, 'text')],
      },
    ];
  if (/^(DOUBLE|FLOAT|REAL)$/.test(type))
    return [beyondNumbers(node, p, { name, type, value }, { at, others, facts: { row, rows } })];
  const looksAtAll = wasSet ? [] : lookAtAll(node, p);
  return [
    {
      code: 'csv.inexact-value',
      message: `${at} has "${value}" in the column "${name}", which is not ${what.one}${wasSet ? '' : `; the rows that were looked at have only ${what.many} there`}${others}.`,
      mend: `Read the column as ${types.map((one) => columnTypes[one].title).join(' or as ')}${looksAtAll.length === 0 ? '' : ', or look at the whole file'}; or correct the value in the file.`,
      param: 'types',
      column: name,
      facts: { row, value, rows },
      fixes: [...types.map((one) => readAs(node, p, name, one)), ...looksAtAll],
    },
  ];
}

function nameOf(type: string): { one: string; many: string } {
  if (isInteger(type)) return { one: 'a whole number', many: 'whole numbers' };
  if (type.startsWith('DECIMAL'))
    return { one: `a number with as few digits as ${type} has`, many: `numbers with as few digits as ${type} has` };
  if (type === 'DATE') return { one: 'a date without a time', many: 'dates without times' };
  if (type === 'TIME') return { one: 'a time of day alone', many: 'times of day' };
  if (type === 'TIMESTAMP WITH TIME ZONE') return { one: 'a time with a zone', many: 'times with zones' };
  return { one: 'a date and time without a zone', many: 'dates and times without zones' };
}

/** What holds such a value, the likelier first. */
function wider(type: string, value: string): ColumnType[] {
  // A number has no zeros in front and no other signs, and a date no words behind.
  if (isInteger(type) && /^0\d|[xXbB_]/.test(value)) return ['text', 'integer'];
  if (isInteger(type) || type.startsWith('DECIMAL')) return ['number', 'text'];
  if (type === 'TIME') return ['text'];
  // By choice what has no zone is in UTC.
  if (type === 'TIMESTAMP WITH TIME ZONE') return ['instant', 'text'];
  return type !== 'DATE' ? ['instant', 'text'] : /\d:\d/.test(value) ? ['timestamp', 'text'] : ['text'];
}
