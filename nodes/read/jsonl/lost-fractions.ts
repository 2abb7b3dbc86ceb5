/**
 * Numbers with a fraction of more digits than a number of 64 bits holds. Read as JSON they have lost them already, so the objects are asked as they stand in the
 * file: whether the number that is made of the digits, written with as many, gives the same digits. (Programs write 0.1 with 19 digits, and lose nothing.)
 */
import type { InspectContext } from '../../../shared/capabilities.ts';
import { sqlType } from '../../../shared/kind/column-types.ts';
import type { Finding, ParamsOf } from '../../../shared/kind/define-spec.ts';
import { sql, type Sql } from '../../../shared/sql.ts';
import type { FoundColumn } from './changed-values.ts';
import type { spec } from './spec.ts';

const strings = String.raw`"(\\.|[^"\\])*"`;
/** 18 digits from the first that is not zero. */
const long = String.raw`[1-9](\.?[0-9]){17}`;
const fraction = String.raw`[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?`;
/** Enough to see which columns have them. */
const mostRows = 20;

/** @param objects `json`, one object a row */
export async function lostFractions(
  { params, query }: Pick<InspectContext<ParamsOf<typeof spec>>, 'params' | 'query'>,
  columns: readonly FoundColumn[],
  objects: Sql,
): Promise<Finding[]> {
  if (!columns.some(({ type }) => /\b(DOUBLE|JSON)\b/.test(type))) return [];
  const text = sql`CAST(json AS VARCHAR)`;
  const numbers = sql`regexp_extract_all(regexp_replace(${text}, ${strings}, '""', 'g'), ${fraction})`;
  const decimals = sql`length(regexp_extract(one, '\.([0-9]+)', 1))`;
  const again = sql`printf('%.' || ${decimals} || (CASE WHEN contains(lower(one), 'e') THEN 'e' ELSE 'f' END), CAST(one AS DOUBLE))`;
  const isLost = sql`regexp_matches(one, ${long}) AND split_part(${again}, 'e', 1) <> split_part(lower(one), 'e', 1)`;
  const rows = await query(
    sql`SELECT json, array_to_string(lost, ' ') AS lost FROM (SELECT ${text} AS json, list_filter(${numbers}, lambda one: ${isLost}) AS lost FROM ${objects} WHERE regexp_matches(${text}, ${long})) WHERE len(lost) > 0 LIMIT ${mostRows}`,
  );
  const found = new Map<string, string>();
  for (const row of rows)
    for (const [name, value] of columnsOf(String(row['json']), new Set(String(row['lost']).split(' '))))
      if (!found.has(name)) found.set(name, value);
  return [...found]
    .filter(([name]) => !Object.hasOwn(params.types, name) || sqlType(params.types[name] ?? '') !== 'DOUBLE')
    .map(([name, value]) => ({
      code: 'json.digits-lost',
      severity: 'warning',
      message: `"${name}" has numbers with more digits than a number holds, such as ${value.slice(0, 80)}: their last digits are lost.`,
      mend: 'Write them as texts in the file, if all of their digits count.',
      param: 'types',
      column: name,
    }));
}

/** The keys of an object under which such numbers stand, however deep. */
function columnsOf(json: string, lost: ReadonlySet<string>): [name: string, value: string][] {
  const marked: unknown = JSON.parse(json, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && lost.has((context?.source ?? '').replace('-', ''))
      ? new Lost(context?.source ?? '')
      : value,
  );
  if (marked === null || typeof marked !== 'object') return [];
  return Object.entries(marked).flatMap(([name, value]): [string, string][] => {
    const first = firstLost(value);
    return first === undefined ? [] : [[name, first.digits]];
  });
}
class Lost {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}
function firstLost(value: unknown): Lost | undefined {
  if (value instanceof Lost) return value;
  if (value === null || typeof value !== 'object') return undefined;
  for (const inner of Object.values(value)) {
    const found = firstLost(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
