/** The formats that DuckDB's sniffer found for dates where none is set: in another file the same cells may look like days of another order. */
import type { QueryRows } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';
import { forLines, readOptions, type CsvParams } from './read-csv-sql.ts';

/** About, with its comma. */
const valueBytes = 8;

export async function findDateFormats(
  path: string,
  params: CsvParams,
  columns: readonly Column[],
  query: QueryRows,
): Promise<CsvParams> {
  const lacks = (isOf: (type: string) => boolean, format: string): boolean =>
    format === '' && columns.some((c) => isOf(c.type));
  const date = lacks((type) => type === 'DATE', params.dateFormat);
  const timestamp = lacks((type) => type.startsWith('TIMESTAMP'), params.timestampFormat);
  if (!date && !timestamp) return params;
  const [found] = await query(
    sql`SELECT "DateFormat" AS date, "TimestampFormat" AS timestamp FROM sniff_csv(${path}, ${readOptions(params, forLines(columns.length * valueBytes, params))})`,
  );
  return {
    ...params,
    ...(date ? { dateFormat: foundFormat(found?.['date']) } : {}),
    ...(timestamp ? { timestampFormat: foundFormat(found?.['timestamp']) } : {}),
  };
}

/** ISO is what is read without a format, in more spellings than the one that was found. */
const foundFormat = (found: unknown): string =>
  typeof found === 'string' && !found.startsWith('%Y-%m-%d') ? found : '';
