/** DuckDB's words about a row that it could not read, for a person. */
import { columnTypes, type ColumnType } from '../../../shared/kind/column-types.ts';
import type { Fix } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { raggedFinding } from './ragged-finding.ts';
import type { CsvParams } from './read-csv-sql.ts';

const sayType = (type: string): string =>
  ({ number: 'a number', text: 'a text', boolean: 'yes or no', time: 'a date or time', other: type })[typeFamily(type)];

export const readAs = (node: string, p: CsvParams, column: string, type: ColumnType): Fix => ({
  do: 'set',
  title: `Read "${column}" as ${columnTypes[type].title}`,
  node,
  param: 'types',
  value: { ...p.types, [column]: type },
});

export const lookAtAll = (node: string, p: CsvParams): Fix[] =>
  p.sampleRows === 0
    ? []
    : [{ do: 'set', title: 'Look at the whole file before deciding types', node, param: 'sampleRows', value: 0 }];

export function explainCsv(node: string, p: CsvParams, said: string): Finding | undefined {
  const line = Number(/[Ll]ine:? (\d+)/.exec(said)?.[1] ?? 0);
  const ragged = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(said);
  if (ragged !== null) return raggedFinding(node, p, { line, expected: Number(ragged[1]), found: Number(ragged[2]) });
  const unfit = /converting column "(.*?)"\. Could not convert string "(.*?)" to '(\S+?)'/s.exec(said);
  if (unfit !== null) {
    const [, column = '', value = '', type = ''] = unfit;
    return {
      code: 'csv.late-value',
      message: `Line ${line.toLocaleString('en-US')} has "${value}" in the column "${column}", which is ${sayType(type)} everywhere before.`,
      mend: `If "${value}" means "nothing", add it to the words for missing; else read the column as text.`,
      param: 'types',
      column,
      facts: { line, value },
      fixes: [
        {
          do: 'set',
          title: `"${value}" means missing`,
          node,
          param: 'missingWords',
          value: [...p.missingWords, value],
        },
        readAs(node, p, column, 'text'),
        ...lookAtAll(node, p),
      ],
    };
  }
  const absent = /Columns with names: (.*?) do not exist/.exec(said);
  if (absent !== null)
    return {
      code: 'csv.no-such-column',
      message: `A type is set for ${absent[1] ?? 'a column'}, which the file does not have.`,
      mend: 'Remove it from the column types, or choose the file again.',
      param: 'types',
    };
  if (/unterminated quote|Value with unterminated quote/i.test(said))
    return {
      code: 'csv.open-quote',
      message: `A quote on line ${line} is never closed.`,
      mend: 'Close it in the file, or set quotes to "none".',
      param: 'quote',
      fixes: [{ do: 'set', title: 'Quotes mean nothing', node, param: 'quote', value: 'none' }],
    };
  if (/Maximum line size|max_line_size/i.test(said) && line > 0)
    return {
      code: 'csv.long-line',
      message: `Line ${line} is longer than 2 MB.`,
      mend: 'A quote that is never closed makes one line of many: set quotes to "none", or correct the file.',
      param: 'quote',
    };
  if (/state machine reached an invalid state/i.test(said))
    return {
      code: 'csv.strange-signs',
      message: `${line > 0 ? `Line ${line.toLocaleString('en-US')} has` : 'The file has'} line ends of two kinds, or quotes in odd places.`,
      mend: 'Turn strict mode off, and look whether the rows come out right.',
      param: 'lenient',
      fixes: p.lenient ? [] : [{ do: 'set', title: 'Turn strict mode off', node, param: 'lenient', value: true }],
    };
  if (/automatically detect the CSV|sniffing file/i.test(said))
    return {
      code: 'csv.unclear',
      message: 'The file does not look like one table: no separator divides its rows evenly.',
      mend: 'Choose the separator, the quotes and "Skip lines" by hand, or what to do with rows of another length.',
      param: 'delimiter',
    };
  return undefined;
}
