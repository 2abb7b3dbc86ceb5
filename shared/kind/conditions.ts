/** "column operator value" as SQL and as words: the rules of Filter, and of whatever asks a person for a condition. */
import { double, id, join, raw, sql, type Sql } from '../sql.ts';
import { isInteger, typeFamily, type Column } from '../wires.ts';

export const operators = {
  equals: 'is',
  'not-equals': 'is not',
  less: '<',
  'at-most': '≤',
  greater: '>',
  'at-least': '≥',
  between: 'is between',
  'one-of': 'is one of',
  'not-one-of': 'is none of',
  contains: 'contains',
  'not-contains': 'does not contain',
  'starts-with': 'begins with',
  'ends-with': 'ends with',
  matches: 'matches the pattern',
  missing: 'is missing',
  present: 'is not missing',
} as const;
export type Operator = keyof typeof operators;

export interface Condition {
  column: string;
  operator: Operator;
  /** As typed. Several values (`one-of`, `between`) are separated by commas; a value with a comma stands in double quotes. */
  value: string;
}

export const needsValue = (operator: Operator): boolean => operator !== 'missing' && operator !== 'present';
export const comparesText = (operator: Operator): boolean =>
  ['contains', 'not-contains', 'starts-with', 'ends-with', 'matches'].includes(operator);
const takesSeveral = (operator: Operator): boolean =>
  operator === 'one-of' || operator === 'not-one-of' || operator === 'between';

/** `a, "b, c", d` → a · b, c · d */
export function splitValues(text: string): string[] {
  return [...text.matchAll(/\s*(?:"([^"]*(?:""[^"]*)*)"|([^,]*))\s*(?:,|$)/gy)]
    .filter((match) => match[0] !== '')
    .map((match) => (match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"')));
}

export const valuesOf = (condition: Condition): string[] =>
  takesSeveral(condition.operator) ? splitValues(condition.value) : [condition.value];

const numberText = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
const booleanWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  y: true,
  '1': true,
  on: true,
  false: false,
  no: false,
  n: false,
  '0': false,
  off: false,
};
const timeText =
  /^\s*(\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?)?|\d{2}:\d{2}(:\d{2}(\.\d+)?)?)\s*$/;

/** Why a typed value cannot be compared with a column of this type; `undefined` when it can. */
export function unfitValue(text: string, type: string): string | undefined {
  switch (typeFamily(type)) {
    case 'number':
      return numberText.test(text) ? undefined : 'a number';
    case 'boolean':
      return Object.hasOwn(booleanWords, text.trim().toLowerCase()) ? undefined : 'true or false';
    case 'time':
      return timeText.test(text) ? undefined : type === 'TIME' ? 'a time such as 17:30' : 'a date such as 2024-12-31';
    default:
      return undefined;
  }
}

export function valueSql(text: string, type: string): Sql {
  switch (typeFamily(type)) {
    case 'number': {
      const clean = text.trim().replace(/^\+/, '');
      // A whole number beyond 2^53 keeps all its digits; anything else compares as a double.
      if (/^-?\d+$/.test(clean)) return raw(clean);
      return isInteger(type) || type === 'DOUBLE' || type === 'FLOAT'
        ? double(Number(clean))
        : sql`CAST(${clean} AS ${raw(type)})`;
    }
    case 'boolean':
      return sql`${booleanWords[text.trim().toLowerCase()] ?? null}`;
    case 'time':
      return sql`CAST(${text.trim()} AS ${raw(type)})`;
    case 'text':
      return sql`${text}`;
    case 'other':
      return sql`CAST(${text} AS ${raw(type)})`;
  }
}

/** Missing in a person's sense: NULL, and NaN, which DuckDB would call greater than every number. */
export const isMissing = (column: Column): Sql =>
  column.type === 'DOUBLE' || column.type === 'FLOAT'
    ? sql`(${id(column.name)} IS NULL OR isnan(${id(column.name)}))`
    : sql`(${id(column.name)} IS NULL)`;

/** True, false or NULL for a row. A missing value is `not-equals` and `not-one-of` everything, and fulfils no other comparison. */
export function conditionSql(condition: Condition, column: Column): Sql {
  const name = id(column.name);
  const all = valuesOf(condition).map((text) =>
    comparesText(condition.operator) ? sql`${text}` : valueSql(text, column.type),
  );
  const value = all[0] ?? raw('NULL');
  const present = column.type === 'DOUBLE' || column.type === 'FLOAT' ? sql` AND NOT isnan(${name})` : raw('');
  const text = sql`CAST(${name} AS VARCHAR)`;
  switch (condition.operator) {
    case 'equals':
      return sql`(${name} = ${value})`;
    case 'not-equals':
      return sql`(${name} IS DISTINCT FROM ${value})`;
    case 'less':
      return sql`(${name} < ${value})`;
    case 'at-most':
      return sql`(${name} <= ${value})`;
    case 'greater':
      return sql`(${name} > ${value}${present})`;
    case 'at-least':
      return sql`(${name} >= ${value}${present})`;
    case 'between':
      return sql`(${name} >= ${value} AND ${name} <= ${all[1] ?? value})`;
    case 'one-of':
      return all.length === 0 ? raw('false') : sql`(${name} IN (${join(all)}))`;
    case 'not-one-of':
      return all.length === 0 ? raw('true') : sql`(${name} IS NULL OR ${name} NOT IN (${join(all)}))`;
    case 'contains':
      return sql`contains(${text}, ${value})`;
    case 'not-contains':
      return sql`coalesce(NOT contains(${text}, ${value}), true)`;
    case 'starts-with':
      return sql`starts_with(${text}, ${value})`;
    case 'ends-with':
      return sql`ends_with(${text}, ${value})`;
    case 'matches':
      return sql`regexp_matches(${text}, ${value})`;
    case 'missing':
      return isMissing(column);
    case 'present':
      return sql`(NOT ${isMissing(column)})`;
  }
}

export function sayCondition({ column, operator, value }: Condition): string {
  const name = column === '' ? '…' : column;
  return needsValue(operator)
    ? `${name} ${operators[operator]} ${value === '' ? '""' : value}`
    : `${name} ${operators[operator]}`;
}
