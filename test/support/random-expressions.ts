/** Random expressions of the row program's grammar over rows of odd values, each computed by the program and by DuckDB. */
import { id, literal, type SqlValue } from '../../shared/sql.ts';
import { compileRows, rowsName } from '../../engine/recipe/row-program/row-program.ts';
import { toText } from '../../engine/recipe/row-program/raw-text.ts';
import type { Database } from '../../engine/table/database.ts';

type Family = 'double' | 'integer' | 'decimal' | 'boolean' | 'text' | 'date' | 'time';
export type Draw = () => number;

/** mulberry32: the same numbers from a seed everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const pick = <T>(draw: Draw, list: readonly T[]): T => {
  const found = list[Math.floor(draw() * list.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
};

export const columns = [
  { name: 'x', type: 'DOUBLE' },
  { name: 'y', type: 'DOUBLE' },
  { name: 'f', type: 'FLOAT' },
  { name: 'i', type: 'BIGINT' },
  { name: 'j', type: 'INTEGER' },
  { name: 'k', type: 'TINYINT' },
  { name: 'd', type: 'DECIMAL(10,2)' },
  { name: 'e', type: 'DECIMAL(18,4)' },
  { name: 'b', type: 'BOOLEAN' },
  { name: 's', type: 'VARCHAR' },
  { name: 't', type: 'VARCHAR' },
  { name: 'day', type: 'DATE' },
  { name: 'moment', type: 'TIMESTAMP' },
] as const;

const cells: Readonly<Record<string, readonly SqlValue[]>> = {
  DOUBLE: [null, 0, -0, 1, -1, 0.5, 2.5, -3.5, 1e16, 1e-5, 123.456, Number.NaN, Infinity, -Infinity, 1e300, 5e-324, 7],
  FLOAT: [null, 0, 1.5, -2.25, 0.1, 1e30, 3],
  BIGINT: [null, 0n, 1n, -1n, 42n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 7n],
  INTEGER: [null, 0n, 1n, -1n, 2_147_483_647n, -2_147_483_648n, 12n],
  TINYINT: [null, 0n, 1n, -1n, 127n, -128n, 5n],
  'DECIMAL(10,2)': [null, '0.00', '1.25', '-1.25', '99999999.99', '0.05', '12.50'],
  'DECIMAL(18,4)': [null, '0.0000', '1.2345', '-7.5000', '12345678901234.5678', '0.00005'],
  BOOLEAN: [null, true, false],
  VARCHAR: [
    null,
    '',
    ' ',
    'a',
    'abc',
    ' Abc ',
    'Zürich',
    '東京',
    '𝒳y',
    '\uFFFDz',
    '12',
    '-1.50',
    '1e3',
    'nan',
    'true',
    '2020-02-29',
    'a%b_c',
    "it's",
  ],
  DATE: [null, '1970-01-01', '2020-02-29', '1969-12-31', '2024-12-31'],
  TIMESTAMP: [
    null,
    '1970-01-01 00:00:00',
    '2020-02-29 23:59:59.999999',
    '1969-12-31 23:00:00.5',
    '2024-12-31T10:20:30',
  ],
};

export const drawRow = (draw: Draw): Record<string, SqlValue> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, pick(draw, cells[type] ?? [null])]));

const named: Readonly<Record<Family, readonly string[]>> = {
  double: ['x', 'y', 'x', 'y', 'f'],
  integer: ['i', 'j', 'k'],
  decimal: ['d', 'e'],
  boolean: ['b'],
  text: ['s', 't'],
  date: ['day'],
  time: ['moment'],
};
const written: Readonly<Record<Family, readonly string[]>> = {
  double: [
    '1e0',
    '2.5::DOUBLE',
    '0::DOUBLE',
    "'nan'::DOUBLE",
    '-1e2',
    '0.1::DOUBLE',
    '2.3191197411003234e-1',
    '5.454545454545454e-1::DOUBLE',
  ],
  integer: ['0', '1', '2', '-3', '100', '5::BIGINT'],
  decimal: ['0.5', '1.25', '-0.1', '10.0'],
  boolean: ['true', 'false'],
  text: ["'a'", "''", "'Zürich'", "' '", "'b'", "'12'"],
  date: ["DATE '2020-02-29'", "DATE '1970-01-01'"],
  time: ["TIMESTAMP '2020-02-29 12:00:00'", "TIMESTAMP '1970-01-01'"],
};
const numbers: readonly Family[] = ['double', 'integer', 'decimal'];
const families: readonly Family[] = ['double', 'integer', 'decimal', 'boolean', 'text', 'date', 'time'];

/** @param depth how far it may go on */
export function drawExpression(draw: Draw, family: Family, depth: number): string {
  const sub = (of: Family): string => drawExpression(draw, of, depth - 1);
  const number = (): string => sub(pick(draw, numbers));
  if (depth <= 0 || draw() < 0.15) {
    if (draw() < 0.05) return 'NULL';
    return pick(draw, draw() < 0.75 ? named[family] : written[family]);
  }
  const common = [
    () => `CASE WHEN ${sub('boolean')} THEN ${sub(family)} ELSE ${sub(family)} END`,
    () => `coalesce(${sub(family)}, ${sub(family)})`,
    () => `nullif(${sub(family)}, ${sub(family)})`,
    () => `greatest(${sub(family)}, ${sub(family)})`,
    () => `least(${sub(family)}, ${sub(family)})`,
  ];
  const own: Readonly<Record<Family, readonly (() => string)[]>> = {
    double: [
      () => `(${sub('double')} ${pick(draw, ['+', '-', '*', '/', '//', '%'])} ${number()})`,
      () => `(${number()} / ${number()})`,
      () => `(-${sub('double')})`,
      () => `CAST(${sub(pick(draw, ['integer', 'decimal', 'boolean', 'double']))} AS DOUBLE)`,
      () => `TRY_CAST(${sub('text')} AS DOUBLE)`,
      () => `${pick(draw, ['floor', 'ceil', 'round', 'trunc', 'sqrt', 'abs'])}(${sub('double')})`,
      () => `round(${sub('double')}, ${pick(draw, ['0', '1', '2', '4'])})`,
    ],
    integer: [
      () => `(${sub('integer')} ${pick(draw, ['+', '-', '*', '//', '%'])} ${sub('integer')})`,
      () => `(-${sub('integer')})`,
      () => `abs(${sub('integer')})`,
      () =>
        `${draw() < 0.5 ? 'TRY_' : ''}CAST(${sub(pick(draw, ['double', 'decimal', 'boolean', 'text', 'integer']))} AS ${pick(draw, ['BIGINT', 'INTEGER', 'TINYINT'])})`,
      () => `length(${sub('text')})`,
      () =>
        `${pick(draw, ['year', 'month', 'day', 'quarter', 'dayofweek', 'isodow', 'dayofyear'])}(${sub(pick(draw, ['date', 'time']))})`,
      () => `${pick(draw, ['hour', 'minute', 'second', 'epoch_us'])}(${sub('time')})`,
      () => `(${sub('date')} - ${sub('date')})`,
    ],
    decimal: [
      () => `(${sub('decimal')} ${pick(draw, ['+', '-', '*'])} ${sub(pick(draw, ['decimal', 'integer']))})`,
      () => `(-${sub('decimal')})`,
      () =>
        `${draw() < 0.5 ? 'TRY_' : ''}CAST(${sub(pick(draw, ['double', 'integer', 'text', 'decimal']))} AS DECIMAL(${pick(draw, ['10,2', '18,4', '5,0', '30,6'])}))`,
    ],
    boolean: [
      () =>
        `(${number()} ${pick(draw, ['=', '<>', '<', '>', '<=', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])} ${number()})`,
      () => {
        const of = pick(draw, families);
        return `(${sub(of)} ${pick(draw, ['=', '<>', '<', '>', '<=', '>='])} ${sub(of)})`;
      },
      () => `(${sub('boolean')} ${pick(draw, ['AND', 'OR'])} ${sub('boolean')})`,
      () => `(NOT ${sub('boolean')})`,
      () => `(${sub(pick(draw, families))} IS ${pick(draw, ['', 'NOT '])}NULL)`,
      () => `(${number()} ${pick(draw, ['', 'NOT '])}IN (${number()}, ${number()}))`,
      () => `(${sub('text')} IN (${sub('text')}, 'a'))`,
      () => `(${number()} BETWEEN ${number()} AND ${number()})`,
      () =>
        `(${sub('text')} ${pick(draw, ['', 'NOT '])}LIKE ${pick(draw, ["'a%'", "'%b_c'", "'_'", "'%'", "'%r%h'"])})`,
      () => `${pick(draw, ['starts_with', 'contains', 'ends_with'])}(${sub('text')}, ${sub('text')})`,
      () => `${pick(draw, ['isnan', 'isinf', 'isfinite'])}(CAST(${number()} AS DOUBLE))`,
      () => `CAST(${sub(pick(draw, numbers))} AS BOOLEAN)`,
    ],
    text: [
      () => `${pick(draw, ['lower', 'upper', 'trim', 'ltrim', 'rtrim'])}(${sub('text')})`,
      () => `replace(${sub('text')}, ${sub('text')}, ${sub('text')})`,
      () => `concat(${sub('text')}, CAST(${sub(pick(draw, families))} AS VARCHAR))`,
      () => `(${sub('text')} || ${sub('text')})`,
      () => `CAST(${sub(pick(draw, families))} AS VARCHAR)`,
      () => `${pick(draw, ['left', 'right'])}(${sub('text')}, ${pick(draw, ['0', '1', '2', '-1', '9'])})`,
      () => `substring(${sub('text')}, ${pick(draw, ['1', '2', '5'])}, ${pick(draw, ['0', '1', '3'])})`,
      () => `concat_ws('-', ${sub('text')}, ${sub('text')})`,
    ],
    date: [
      () => `CAST(${sub('time')} AS DATE)`,
      () => `(${sub('date')} + ${sub('integer')}::INTEGER)`,
      () => `TRY_CAST(${sub('text')} AS DATE)`,
    ],
    time: [() => `CAST(${sub('date')} AS TIMESTAMP)`],
  };
  return pick(draw, draw() < 0.3 ? common : own[family])();
}

export const drawFamily = (draw: Draw): Family => pick(draw, families);

export interface Tried {
  expression: string;
  /** What the program does not compute. */
  uncovered?: string;
  /** Rows that it left to SQL. */
  deferred: number;
  /** Rows of another value than DuckDB's, in words. */
  differs: string[];
}

const wanted = { name: 'wanted', type: 'VARCHAR' };

/** @returns undefined where DuckDB does not take the expression */
export async function tryExpression(
  database: Database,
  expression: string,
  rows: readonly Record<string, SqlValue>[],
): Promise<Tried | undefined> {
  const type = await database
    .describe(over(rows.slice(0, 1), `(${expression}) AS v`))
    .then((found) => found[0]?.type)
    .catch(() => undefined);
  if (type === undefined) return undefined;
  // The text of a double tells any two of them apart, and minus zero from zero. What is no number is told by its name: its text has a sign, its value none.
  const double = `CAST((${expression}) AS DOUBLE)`;
  const text = /^(FLOAT|DOUBLE)$/.test(type)
    ? `CASE WHEN isnan(${double}) THEN 'NaN' ELSE CAST(${double} AS VARCHAR) END`
    : `CAST((${expression}) AS VARCHAR)`;
  const program = await compileRows(database, {
    base: [...columns, wanted],
    isEmptyMissing: false,
    steps: [],
    features: `CAST(${text} IS NOT DISTINCT FROM wanted AS DOUBLE) AS f0`,
    width: 1,
  });
  const tried: Tried = { expression, deferred: 0, differs: [] };
  if (!('compute' in program)) return { ...tried, uncovered: program.what };
  const texts = await textsOf(database, text, rows);
  rows.forEach((row, i) => {
    const found = texts[i];
    const out = new Float64Array(1);
    const outcome = program.compute({ ...row, wanted: found ?? null }, out, 0);
    if (outcome === 'deferred') tried.deferred++;
    else if (found === undefined || out[0] !== 1)
      tried.differs.push(`${describe(row)}: not ${found === undefined ? 'refused' : found}`);
  });
  return tried;
}

/** DuckDB's, row by row; undefined where it refuses the row. */
async function textsOf(
  database: Database,
  text: string,
  rows: readonly Record<string, SqlValue>[],
): Promise<(string | null | undefined)[]> {
  const ask = async (some: readonly Record<string, SqlValue>[]): Promise<(string | null)[]> => {
    const found = await database.columns(over(some, `${text} AS v`));
    return (found[0]?.values ?? []).map((value) => (value === null ? null : String(value)));
  };
  try {
    return await ask(rows);
  } catch {
    const each: (string | null | undefined)[] = [];
    for (const row of rows)
      each.push(
        await ask([row]).then(
          (found) => found[0],
          () => undefined,
        ),
      );
    return each;
  }
}

function over(rows: readonly Record<string, SqlValue>[], list: string): string {
  const values = rows.map((row, i) => {
    const own = columns.map(({ name }) => {
      const value = row[name] ?? null;
      return value === null ? 'NULL::VARCHAR' : literal(toText(value));
    });
    return `(${i}, ${own.join(', ')})`;
  });
  const names = columns.map(({ name }) => id(name).render());
  const cast = columns.map(({ type }, i) => `CAST(${names[i]} AS ${type}) AS ${names[i]}`);
  return `SELECT ${list} FROM (SELECT __i, ${cast.join(', ')} FROM (VALUES ${values.join(', ')}) AS v(__i, ${names.join(', ')})) AS ${rowsName} ORDER BY __i`;
}

const describe = (row: Record<string, SqlValue>): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

export interface Verdict {
  tried: number;
  covered: number;
  rows: number;
  deferred: number;
  /** Each once, with how often. */
  uncovered: Map<string, number>;
  differs: string[];
}

/** So many expressions that DuckDB takes, over so many rows each. */
export async function tryMany(database: Database, seed: number, count: number, rowsEach: number): Promise<Verdict> {
  const draw = drawFrom(seed);
  const verdict: Verdict = { tried: 0, covered: 0, rows: 0, deferred: 0, uncovered: new Map(), differs: [] };
  while (verdict.tried < count) {
    const expression = drawExpression(draw, drawFamily(draw), 1 + Math.floor(draw() * 4));
    const tried = await tryExpression(
      database,
      expression,
      Array.from({ length: rowsEach }, () => drawRow(draw)),
    );
    if (tried === undefined) continue;
    verdict.tried++;
    if (tried.uncovered !== undefined) {
      verdict.uncovered.set(tried.uncovered, (verdict.uncovered.get(tried.uncovered) ?? 0) + 1);
      continue;
    }
    verdict.covered++;
    verdict.rows += rowsEach;
    verdict.deferred += tried.deferred;
    const [first] = tried.differs;
    if (first !== undefined) verdict.differs.push(`${expression} of ${first} (${tried.differs.length} rows)`);
  }
  return verdict;
}
