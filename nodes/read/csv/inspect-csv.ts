/** Says of a CSV file's head what DuckDB would read wrongly, or refuse in words that help nobody. Reads a thousand lines, fewer where they are long, never the whole file (except to count rows that are left out). */
import { append } from '../../../shared/append.ts';
import type { OddBytes, QueryRows } from '../../../shared/capabilities.ts';
import { toProblem } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { raw, sql, type Sql } from '../../../shared/sql.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { guessShape, raggedRows, shapeOf, type Shape } from './csv-head.ts';
import { explainCsv } from './explain-csv.ts';
import { otherDialect } from './other-dialect.ts';
import { isEncodingFailure, isWideText, otherEncoding } from './other-encoding.ts';
import { raggedFinding } from './ragged-finding.ts';
import {
  bufferBytes,
  delimiterOf,
  encodingOf,
  forLines,
  quoteOf,
  readCsv,
  readOptions,
  type CsvParams,
} from './read-csv-sql.ts';
import { numbersAsText } from './numbers-as-text.ts';
import { suspectValues } from './suspect-values.ts';

const headLines = 1000;
/** Of lines of thousands of values some tell as much: each is taken apart letter by letter, once for each separator that it could have. */
const headLetters = 2 ** 21;
const fewestLines = 20;
const delimiterNames: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
  ' ': 'space',
};

interface Asked {
  query: QueryRows;
  oddBytes: () => Promise<OddBytes>;
  lineBytes: number;
}

export async function inspectCsv(node: string, path: string, p: CsvParams, asked: Asked): Promise<Finding[]> {
  const { query, lineBytes } = asked;
  const lines = await readHead(node, path, p, asked);
  if ('finding' in lines) return [lines.finding];
  const foreign = notText(lines.text);
  if (foreign !== undefined) return [foreign];
  // Two bytes a letter, of which one is zero, are UTF-8 as well.
  if (lines.text.split('\0').length > 20) {
    const odd = await asked.oddBytes();
    if (isWideText(odd.head)) return [otherEncoding(node, p, '', odd)];
  }
  const quote = quoteOf(p);
  const chosen = delimiterOf(p);
  const body = p.comment === '' ? lines.text : withoutComments(lines.text, p.comment);
  const shape = chosen === undefined ? guessShape(body, quote) : shapeOf(body, chosen, quote);
  const ragged = shape === undefined || p.raggedRows !== 'refuse' ? [] : raggedRows(shape);
  if (ragged[0] !== undefined)
    return [raggedFinding(node, p, ragged[0], ragged.length, body.split('\n')[ragged[0].line - 1])];
  const sniffed = await sniff(path, p, lineBytes, query);
  if ('failure' in sniffed) return [refused(node, p, shape, sniffed.failure)];
  const findings = [
    ...separatorFindings(node, p, shape, sniffed),
    ...skippedFindings(node, p, lines.isWhole ? body.split('\n').length : null, sniffed),
  ];
  if (findings.every((f) => f.severity === 'warning')) append(findings, nameFindings(node, p, shape, sniffed));
  if (findings.some((f) => f.severity !== 'warning')) return findings;
  const other = otherDialect(
    node,
    p,
    body,
    shape,
    sniffed.columns.map((c) => c.name),
  );
  append(findings, other);
  // Of values that were taken apart wrongly there is no more to say.
  if (shape !== undefined && other.length === 0)
    append(findings, [
      ...suspectValues(node, p, shape, sniffed.columns),
      ...numbersAsText(node, p, shape, sniffed.columns),
    ]);
  if (p.raggedRows === 'skip') append(findings, await countLeftOut(path, p, query));
  return findings;
}

/** Raw lines, as one column that nothing separates: four control characters in a row stand in no text, one of them may. */
const linesSql = (path: string, encoding: string): Sql =>
  sql`SELECT line FROM read_csv(${path}, auto_detect = false, header = false, columns = {'line': 'VARCHAR'}, delim = chr(1) || chr(2) || chr(3) || chr(4), quote = '', escape = '', strict_mode = false, parallel = false, buffer_size = ${bufferBytes}, encoding = ${encoding}) LIMIT ${headLines}`;

async function readHead(
  node: string,
  path: string,
  p: CsvParams,
  { query, oddBytes }: Asked,
): Promise<{ text: string; isWhole: boolean } | { finding: Finding }> {
  try {
    const rows = await query(linesSql(path, encodingOf(p)));
    const lines = firstLines(rows.map((row) => String(row['line'] ?? '')));
    const text = lines.join('\n');
    return text.trim() === ''
      ? {
          finding: {
            code: 'csv.empty',
            message: 'The file is empty.',
            mend: 'Choose another file, or look at what wrote it.',
            param: 'file',
          },
        }
      : { text, isWhole: lines.length === rows.length && lines.length < headLines };
  } catch (thrown) {
    const { message } = toProblem(thrown);
    if (!isEncodingFailure(message)) throw thrown;
    const odd = await oddBytes();
    const foreign = notText(new TextDecoder('windows-1252').decode(odd.head));
    return { finding: foreign ?? otherEncoding(node, p, message, odd) };
  }
}

function firstLines(lines: readonly string[]): readonly string[] {
  let letters = 0;
  const end = lines.findIndex((line, i) => (letters += line.length) > headLetters && i >= fewestLines);
  return end === -1 ? lines : lines.slice(0, end);
}

/** How the head of a file begins that is no text table → what it is, and what to do with it. */
const foreignFiles: readonly (readonly [begins: RegExp, what: string, mend: string])[] = [
  [/^PK/, 'an Excel workbook or a zip archive', 'Save it as CSV and read that.'],
  [/^PAR1/, 'a Parquet file', 'Read it with the Parquet reader.'],
  [
    /^\s*(<!doctype|<html)/i,
    'a web page',
    'The download gave a page instead of the data: look for the link to the file itself.',
  ],
  [/^%PDF/, 'a PDF', 'Save it as CSV and read that.'],
  [/^SQLite format/, 'a database', 'Save it as CSV and read that.'],
  [/^\s*(\[\s*)?\{\s*"([^"\\]|\\.)*"\s*:/, 'a JSON file', 'Read it with the JSON reader.'],
];

function notText(head: string): Finding | undefined {
  const [, what, mend] = foreignFiles.find(([begins]) => begins.test(head)) ?? [];
  return what === undefined || mend === undefined
    ? undefined
    : { code: 'csv.not-csv', message: `This is ${what}, not a text table.`, mend, param: 'file' };
}

const withoutComments = (text: string, sign: string): string =>
  text
    .split('\n')
    .map((line) => (line.startsWith(sign) ? '' : line))
    .join('\n');

export interface Sniffed {
  hasHeader: boolean;
  skipped: number;
  columns: { name: string; type: string }[];
}

async function sniff(
  path: string,
  p: CsvParams,
  lineBytes: number,
  query: QueryRows,
): Promise<Sniffed | { failure: string }> {
  try {
    const [first] = await query(
      sql`SELECT "Delimiter" AS delimiter, "HasHeader" AS header, "SkipRows" AS skipped, to_json("Columns") AS columns FROM sniff_csv(${path}, ${readOptions(p, forLines(lineBytes, p))})`,
    );
    const columns: Sniffed['columns'] = JSON.parse(String(first?.['columns'] ?? '[]'));
    return { hasHeader: first?.['header'] === true, skipped: Number(first?.['skipped'] ?? 0), columns };
  } catch (thrown) {
    const { message } = toProblem(thrown);
    if (/csv|sniff|dialect|column|types/i.test(message)) return { failure: message };
    throw thrown;
  }
}

/** The sniffer refuses the file: in the words of the read, or, where the rows are even, for what it is strict about. */
function refused(node: string, p: CsvParams, shape: Shape | undefined, failure: string): Finding {
  const explained = explainCsv(node, p, failure);
  if (explained !== undefined && explained.code !== 'csv.unclear') return explained;
  if (shape !== undefined && !p.lenient)
    return {
      code: 'csv.strict',
      message: 'The rows are even, but line ends of two kinds or quotes in odd places stand between them.',
      mend: 'Turn strict mode off, and look whether the rows come out right.',
      param: 'lenient',
      fixes: [{ do: 'set', title: 'Turn strict mode off', node, param: 'lenient', value: true }],
    };
  return (
    explained ?? {
      code: 'csv.unclear',
      message: failure.split('\n')[0] ?? failure,
      mend: 'Set separator, quotes and header by hand, or save the file as CSV again.',
      param: 'file',
    }
  );
}

/** Rows that fall apart evenly by a separator, and were read as one column: a quote that is never closed hides it. */
function separatorFindings(node: string, p: CsvParams, shape: Shape | undefined, { columns }: Sniffed): Finding[] {
  if (p.delimiter !== 'auto' || columns.length > 1 || shape === undefined || shape.width === 1 || shape.agreement < 1)
    return [];
  const name = delimiterNames[shape.delimiter] ?? 'other';
  return [
    {
      code: 'csv.separator',
      message: `The rows look separated by a ${name}, but were not read so.`,
      mend: 'Choose the separator; with quotes that do not close, set quotes to "none".',
      param: 'delimiter',
      fixes: [{ do: 'set', title: `Separated by a ${name}`, node, param: 'delimiter', value: name }],
    },
  ];
}

/**
 * Lines above the table are left out by DuckDB: a few are notes, most of the file is a mistake.
 * @param lines of the whole file; null: more than were looked at
 */
function skippedFindings(node: string, p: CsvParams, lines: number | null, { skipped }: Sniffed): Finding[] {
  if (p.skipLines !== null || skipped === 0) return [];
  const most = lines !== null && (skipped * 2 > lines || lines === 2);
  const what = skipped === 1 ? 'line' : `${skipped} lines`;
  return [
    {
      code: 'csv.lines-skipped',
      severity: most ? 'error' : 'warning',
      message: most
        ? `Only the last lines look like a table: the first ${what} would be left out.`
        : `The first ${what} ${skipped === 1 ? 'is' : 'are'} not part of the table and ${skipped === 1 ? 'was' : 'were'} left out.`,
      mend: most ? 'Choose the separator, or keep all lines.' : 'Set "Skip lines", if that is wrong.',
      param: 'skipLines',
      fixes: most
        ? [{ do: 'set', title: 'Keep all lines', node, param: 'skipLines', value: 0 }]
        : [{ do: 'set', title: 'That is right', node, param: 'skipLines', value: skipped }],
    },
  ];
}

function nameFindings(node: string, p: CsvParams, shape: Shape | undefined, sniffed: Sniffed): Finding[] {
  if (!sniffed.hasHeader) return p.header === 'auto' ? [noHeader(node, shape)] : [];
  const findings: Finding[] = sniffed.columns
    .filter((c) => hiddenColumns.includes(c.name))
    .map(({ name }) => ({
      code: 'column.reserved',
      message: `The file has a column "${name}", a name that Flowyard keeps for itself.`,
      mend: 'Rename the column in the file.',
      param: 'file',
      column: name,
    }));
  for (const { name } of sniffed.columns)
    if (name.includes('\0'))
      findings.push({
        code: 'csv.name-with-zero',
        message: `The name of the column "${name.replaceAll('\0', '␀')}" holds a byte of zero.`,
        mend: 'Rename the column in the file; if it is UTF-16, set the encoding.',
        param: 'file',
      });
  const header = shape?.rows
    .find(({ fields }) => fields.length === shape.width)
    ?.fields.map((name) => name.trim().replace(/^\uFEFF/, ''));
  if (header === undefined || header.length !== sniffed.columns.length) return findings;
  const seen = new Map<string, string>();
  for (const name of header) {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined && before !== name && name !== '')
      findings.push({
        code: 'csv.names-by-case',
        message: `The columns "${before}" and "${name}" differ only in capital letters.`,
        mend: 'Rename one of them in the file.',
        param: 'file',
        column: name,
      });
    seen.set(name.toLowerCase(), before ?? name);
  }
  const changed = header.flatMap((name, i) =>
    sniffed.columns[i]?.name === name
      ? []
      : [`${name === '' ? 'column ' + (i + 1) : `"${name}"`} is "${sniffed.columns[i]?.name ?? ''}"`],
  );
  if (changed.length > 0 && findings.length === 0)
    findings.push({
      code: 'csv.names-made',
      severity: 'warning',
      message: `Names that are empty or stand twice were made unique: ${changed.slice(0, 4).join(', ')}${changed.length > 4 ? ' …' : ''}.`,
      mend: 'Rename them in the file or with Select columns, if you use them.',
      param: 'file',
    });
  return findings;
}

const noHeader = (node: string, shape: Shape | undefined): Finding => ({
  code: 'csv.no-header',
  severity: 'warning',
  message: `The first row${shape?.rows[0] === undefined ? '' : ` (${shape.rows[0].fields.slice(0, 3).join(', ')}${shape.rows[0].fields.length > 3 ? ', …' : ''})`} does not look like a header, so the columns are called column0, column1 and so on.`,
  mend: 'Say whether the first row is the header.',
  param: 'header',
  fixes: [
    { do: 'set', title: 'The first row is the header', node, param: 'header', value: 'yes' },
    { do: 'set', title: 'There is no header', node, param: 'header', value: 'no' },
  ],
});

/** Rows that DuckDB leaves out, from its table of rejects. */
async function countLeftOut(path: string, p: CsvParams, query: QueryRows): Promise<Finding[]> {
  const tables = {
    store_rejects: raw('true'),
    rejects_table: sql`${'flowyard_rejects'}`,
    rejects_scan: sql`${'flowyard_rejects_scan'}`,
  };
  await query(
    sql`SELECT count(*) AS n FROM (SELECT hash(r) AS h FROM ${readCsv(path, p, tables)} AS r) WHERE h IS NOT NULL`,
  );
  const [all] = await query(
    sql`SELECT count(DISTINCT line) AS n, min(line) AS first, min_by(error_message, line) AS said FROM flowyard_rejects`,
  );
  await query(raw('DROP TABLE flowyard_rejects'));
  await query(raw('DROP TABLE flowyard_rejects_scan'));
  const left = Number(all?.['n'] ?? 0);
  if (left === 0) return [];
  return [
    {
      code: 'csv.rows-left-out',
      severity: 'warning',
      message: `${left === 1 ? 'One row was' : `${left.toLocaleString('en-US')} rows were`} left out, the first on line ${String(all?.['first'])}: ${String(all?.['said']).split('\n')[0] ?? ''}.`,
      mend: 'Correct these lines in the file, or choose to fill short rows with missing.',
      param: 'raggedRows',
      facts: { rows: left },
    },
  ];
}
