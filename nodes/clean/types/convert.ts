/** One column to another type, row by row: NULL where the value does not fit. */
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, typeFamily, type Column } from '../../../shared/wires.ts';

export interface ConvertOptions {
  decimalMark: 'point' | 'comma';
  dateFormat: string;
  percent: 'share' | 'written';
}

const trueWords = raw(`('true', 't', 'yes', 'y', '1', 'on')`);
const falseWords = raw(`('false', 'f', 'no', 'n', '0', 'off')`);

export function convert(column: Column, to: string, options: ConvertOptions): Sql {
  const name = id(column.name);
  const type = raw(to);
  const from = typeFamily(column.type);
  const wanted = typeFamily(to);
  if (column.type === to) return name;
  if (from === 'text') {
    const text = sql`trim(CAST(${name} AS VARCHAR))`;
    switch (wanted) {
      case 'number':
        return numberFromText(text, to, options);
      case 'boolean':
        return sql`CASE WHEN lower(${text}) IN ${trueWords} THEN true WHEN lower(${text}) IN ${falseWords} THEN false END`;
      case 'time':
        return options.dateFormat === ''
          ? sql`TRY_CAST(${text} AS ${type})`
          : sql`TRY_CAST(try_strptime(${text}, ${options.dateFormat}) AS ${type})`;
      default:
        return sql`CAST(${name} AS ${type})`;
    }
  }
  // 2.5 is not a whole number: DuckDB would round it.
  if (from === 'number' && wanted === 'number' && isInteger(to) && !isInteger(column.type))
    return sql`CASE WHEN ${name} = floor(${name}) THEN TRY_CAST(${name} AS ${type}) END`;
  if (from === 'number' && wanted === 'boolean') return sql`CASE ${name} WHEN 1 THEN true WHEN 0 THEN false END`;
  return sql`TRY_CAST(${name} AS ${type})`;
}

/** Codes that stand for signs; other letters are no part of a number. */
const currencies =
  'AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|TRY|USD|ZAR'.toLowerCase();
/** Signs of money wherever they stand, codes and the percent sign at the ends. Letters stand before a sign alone (US$, R$). */
const marks = raw(
  String.raw`'(?i)[a-z]{0,3}\p{Sc}|^([+-]?)(?:${currencies})[[:space:]]*|[[:space:]]*(?:${currencies})$|[[:space:]]*%$'`,
);

function numberFromText(text: Sql, to: string, { decimalMark, percent }: ConvertOptions): Sql {
  // Book-keepers write what is owed in brackets.
  const signed = sql`regexp_replace(${text}, '^\\((.+)\\)$', '-\\1')`;
  const bare = sql`trim(regexp_replace(${signed}, ${marks}, '\\1', 'g'))`;
  const number = readNumber(bare, to, decimalMark);
  if (percent === 'written') return number;
  const isShare = sql`ends_with(${text}, '%')`;
  // A share that is whole: 200 %.
  const share = isInteger(to)
    ? sql`CASE WHEN ${number} % 100 = 0 THEN ${number} // 100 END`
    : sql`TRY_CAST(${number} / 100 AS ${raw(to)})`;
  return sql`CASE WHEN ${isShare} THEN ${share} ELSE ${number} END`;
}

function readNumber(text: Sql, to: string, decimalMark: ConvertOptions['decimalMark']): Sql {
  const grouped =
    decimalMark === 'comma' ? sql`replace(replace(${text}, '.', ''), ',', '.')` : sql`replace(${text}, ',', '')`;
  const plain = sql`replace(replace(${grouped}, ' ', ''), chr(160), '')`;
  // An integer keeps all its digits, and 1.5 is not one.
  if (isInteger(to))
    return sql`CASE WHEN regexp_full_match(${plain}, '[+-]?[0-9]+(\\.0*)?') THEN TRY_CAST(regexp_replace(${plain}, '\\..*$', '') AS ${raw(to)}) END`;
  return sql`CASE WHEN regexp_full_match(${plain}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(${plain} AS ${raw(to)}) END`;
}
