/**
 * Values of the row program, as JavaScript holds DuckDB's: DOUBLE, FLOAT, whole numbers of up to 32 bits and DATE (days since 1970) as numbers; BIGINT, UBIGINT,
 * TIMESTAMP (microseconds since 1970) and DECIMAL (without its point) as bigint.
 */
export type Value = number | bigint | boolean | string | null;
/** What is known of a row so far: a column that was computed once stands at its place. */
export type Frame = (Value | undefined)[];
export type Evaluate = (frame: Frame) => Value;

/** This row is for DuckDB: it says what is wrong with it, or reads what only it can read. */
export class Deferred extends Error {}
const deferred = new Deferred('this row is computed by SQL');
/** One object for all: nobody reads its stack, and making one takes longer than a row. */
export function defer(): never {
  throw deferred;
}

/** The recipe holds something that the row program does not compute. */
export class NotCovered extends Error {
  readonly what: string;
  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

export type SqlType =
  | { id: 'BOOLEAN' | 'VARCHAR' | 'DOUBLE' | 'FLOAT' | 'DATE' | 'TIMESTAMP' | 'NULL' }
  | { id: 'INTEGER'; name: string; isBig: boolean; least: bigint; most: bigint }
  | { id: 'DECIMAL'; width: number; scale: number };

const integer = (name: string, bits: number, isSigned: boolean): SqlType => {
  const range = 1n << BigInt(bits);
  const least = isSigned ? -range / 2n : 0n;
  return { id: 'INTEGER', name, isBig: bits > 32, least, most: least + range - 1n };
};
const known: Readonly<Record<string, SqlType>> = {
  BOOLEAN: { id: 'BOOLEAN' },
  VARCHAR: { id: 'VARCHAR' },
  DOUBLE: { id: 'DOUBLE' },
  FLOAT: { id: 'FLOAT' },
  DATE: { id: 'DATE' },
  TIMESTAMP: { id: 'TIMESTAMP' },
  '"NULL"': { id: 'NULL' },
  TINYINT: integer('TINYINT', 8, true),
  SMALLINT: integer('SMALLINT', 16, true),
  INTEGER: integer('INTEGER', 32, true),
  BIGINT: integer('BIGINT', 64, true),
  UTINYINT: integer('UTINYINT', 8, false),
  USMALLINT: integer('USMALLINT', 16, false),
  UINTEGER: integer('UINTEGER', 32, false),
  UBIGINT: integer('UBIGINT', 64, false),
};

/** @param text as DESCRIBE writes it */
export function typeOf(text: string): SqlType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(text);
  if (decimal !== null) return { id: 'DECIMAL', width: Number(decimal[1]), scale: Number(decimal[2]) };
  const found = Object.hasOwn(known, text) ? known[text] : undefined;
  if (found === undefined) throw new NotCovered(`values of type ${text}`);
  return found;
}

export const nameOf = (type: SqlType): string => {
  if (type.id === 'DECIMAL') return `DECIMAL(${type.width},${type.scale})`;
  return type.id === 'INTEGER' ? type.name : type.id;
};

export const tenTo = (power: number): bigint => 10n ** BigInt(power);
