/** DuckDB's `read_csv` with the node's parameters. Whatever is left automatic is found by DuckDB's sniffer, from the same rows each time. */
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { decimalMarks, thousandsMarks } from '../../../shared/table/cell-reading.ts';
import { sqlType } from '../../../shared/spec/column-types.ts';
import { join, literal, raw, sql, type Sql } from '../../../shared/sql.ts';
import { isDecoded } from '../../../shared/media/text-encodings.ts';
import type { spec } from './spec.ts';

export type CsvParams = ParamsOf<typeof spec>;

const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', space: ' ' } as const;
const quotes = { double: '"', single: "'", none: '' } as const;

export const delimiterOf = (p: CsvParams): string | undefined =>
  p.delimiter === 'auto' ? undefined : p.delimiter === 'other' ? p.delimiterText : delimiters[p.delimiter];
export const quoteOf = (p: CsvParams): string => quotes[p.quote];

/** What the file is read in: of other encodings it is a copy in UTF-8. */
export const encodingOf = ({ encoding }: Pick<CsvParams, 'encoding'>): string =>
  isDecoded(encoding) ? 'utf-8' : encoding;

export const readCsv = (path: string, p: CsvParams, more: Readonly<Record<string, Sql>> = {}): Sql =>
  sql`read_csv(${path}, ${readOptions(p, more)})`;

/**
 * DuckDB's own 32 MB are read, and touched for the first time, before a look at a file's head gives its first line: half of the time of each of the three looks that
 * a run begins with. Whole files are read as fast with 4; a line may have 2 MB with either.
 */
const usualBuffer = 4_000_000;
export const bufferBytes = raw(String(usualBuffer));
const largestBuffer = 64_000_000;
/** DuckDB keeps the rows of each buffer apart, in vectors of this many. */
const vectorRows = 2048;
/** As many values as 20,480 rows of a hundred columns have. */
const sampleBytes = 64_000_000;

/**
 * What suits the length of a file's lines. A buffer that holds a few rows of thousands of values takes the memory of two thousand of them: a file of 650 MB with 5,000
 * columns took more than 4 GB with buffers of 4 MB, and takes 1.5 with 64. And 20,480 such rows are many more values than a type is found from.
 * @param lineBytes of the first line; 0: not known
 */
export const forLines = (lineBytes: number, p: CsvParams): Readonly<Record<string, Sql>> => ({
  buffer_size: raw(String(Math.min(largestBuffer, Math.max(usualBuffer, vectorRows * lineBytes)))),
  ...(p.sampleRows === 0
    ? {}
    : {
        sample_size: sql`${Math.min(p.sampleRows, Math.max(vectorRows, Math.floor(sampleBytes / Math.max(1, lineBytes))))}`,
      }),
});

/** Named options, as `read_csv` and `sniff_csv` take them. */
export function readOptions(p: CsvParams, more: Readonly<Record<string, Sql>> = {}): Sql {
  const delimiter = delimiterOf(p);
  const quote = quoteOf(p);
  const types = Object.entries(p.types);
  const options: Record<string, Sql> = {
    ...(delimiter === undefined ? {} : { delim: sql`${delimiter}` }),
    ...(p.header === 'auto' ? {} : { header: sql`${p.header === 'yes'}` }),
    quote: sql`${quote}`,
    escape: sql`${quote}`,
    nullstr: raw(`[${p.missingWords.map((word) => literal(word)).join(', ')}]`),
    encoding: sql`${encodingOf(p)}`,
    decimal_separator: sql`${decimalMarks[p.decimalMark]}`,
    ...(p.thousandsMark === 'none' ? {} : { thousands: sql`${thousandsMarks[p.thousandsMark]}` }),
    ...(p.dateFormat === '' ? {} : { dateformat: sql`${p.dateFormat}` }),
    ...(p.timestampFormat === '' ? {} : { timestampformat: sql`${p.timestampFormat}` }),
    ...(p.skipLines === null ? {} : { skip: sql`${p.skipLines}` }),
    // Without one DuckDB looks for a sign of its own, and leaves out in silence what begins with it.
    comment: sql`${p.comment}`,
    ...(types.length === 0
      ? {}
      : { types: raw(`{${types.map(([name, type]) => `${literal(name)}: ${literal(sqlType(type))}`).join(', ')}}`) }),
    buffer_size: bufferBytes,
    sample_size: sql`${p.sampleRows === 0 ? -1 : p.sampleRows}`,
    // Padding needs to see whole rows: with parallel reading DuckDB refuses quoted line breaks.
    ...(p.raggedRows === 'fill' ? { null_padding: sql`${true}`, parallel: sql`${false}` } : {}),
    ...(p.lenient ? { strict_mode: raw('false') } : {}),
    ...(p.raggedRows === 'skip' ? { ignore_errors: sql`${true}` } : {}),
    ...more,
  };
  return join(Object.entries(options).map(([name, value]) => sql`${raw(name)} = ${value}`));
}
