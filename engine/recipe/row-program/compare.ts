/** Comparisons as DuckDB makes them: values of different types in the type that holds both, NaN equal to itself and above all numbers, texts by their code points. */
import { largest } from '../../../shared/append.ts';
import { castTyped, sameType, type Typed } from './cast.ts';
import { NotCovered, nameOf, tenTo, type Evaluate, type SqlType, type Value } from './value.ts';

type Known = Exclude<Value, null>;
/** Below, equal or above: -1, 0, 1. */
type Order = (a: Known, b: Known) => number;

const orderOfNumbers: Order = (a, b) => {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
};
const plainOrder: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** UTF-8 orders as code points do, UTF-16 does not from U+E000 to U+FFFF. */
const orderOfTexts: Order = (a, b) => {
  if (a === b) return 0;
  const [left, right] = [String(a), String(b)];
  const end = Math.min(left.length, right.length);
  for (let i = 0; i < end; i++) {
    const [x, y] = [left.charCodeAt(i), right.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return left.length - right.length;
};
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

const orderOf = (type: SqlType): Order =>
  type.id === 'VARCHAR' ? orderOfTexts : type.id === 'DOUBLE' || type.id === 'FLOAT' ? orderOfNumbers : plainOrder;

const digitsOf = (type: SqlType): { whole: number; scale: number } | undefined => {
  if (type.id === 'DECIMAL') return { whole: type.width - type.scale, scale: type.scale };
  return type.id === 'INTEGER' ? { whole: type.most.toString().length, scale: 0 } : undefined;
};

/** The type in which values of these types are compared. */
export function commonType(types: readonly SqlType[]): SqlType {
  const given = types.filter((type) => type.id !== 'NULL');
  const [first] = given;
  if (first === undefined) return { id: 'NULL' };
  if (given.every((type) => sameType(type, first))) return first;
  const digits = given.flatMap((type) => digitsOf(type) ?? []);
  if (digits.length === given.length) {
    const scale = largest(digits.map((one) => one.scale));
    const width = largest(digits.map((one) => one.whole)) + scale;
    if (width > 38) throw new NotCovered('a comparison of decimals of many digits');
    return { id: 'DECIMAL', width, scale };
  }
  const isNumber = (type: SqlType): boolean =>
    digitsOf(type) !== undefined || type.id === 'DOUBLE' || type.id === 'FLOAT';
  if (given.every(isNumber)) {
    if (given.some((type) => type.id === 'DOUBLE')) return { id: 'DOUBLE' };
    return { id: 'FLOAT' };
  }
  const names = [...new Set(given.map(nameOf))];
  throw new NotCovered(`a comparison of ${names.join(' with ')}`);
}

/** All of them in one type. A text that stands in the formula is read in the type of the others. */
export function alike(values: readonly Typed[]): { parts: Typed[]; type: SqlType } {
  const isWritten = (one: Typed): boolean => one.type.id === 'VARCHAR' && one.constant !== undefined;
  const others = values.filter((one) => !isWritten(one));
  const type = commonType((others.length === 0 ? values : others).map((one) => one.type));
  return { parts: values.map((one) => castTyped(one, type)), type };
}

const tests: Readonly<Record<string, (order: number) => boolean>> = {
  COMPARE_EQUAL: (order) => order === 0,
  COMPARE_NOTEQUAL: (order) => order !== 0,
  COMPARE_LESSTHAN: (order) => order < 0,
  COMPARE_GREATERTHAN: (order) => order > 0,
  COMPARE_LESSTHANOREQUALTO: (order) => order <= 0,
  COMPARE_GREATERTHANOREQUALTO: (order) => order >= 0,
};

export function compare(kind: string, a: Typed, b: Typed): Evaluate {
  const { parts, type } = alike([a, b]);
  const [left, right] = parts.map((one) => one.evaluate);
  if (left === undefined || right === undefined) throw new NotCovered(kind);
  const order = orderOf(type);
  if (kind === 'COMPARE_DISTINCT_FROM' || kind === 'COMPARE_NOT_DISTINCT_FROM') {
    const isSame = (x: Value, y: Value): boolean => (x === null || y === null ? x === y : order(x, y) === 0);
    const wanted = kind === 'COMPARE_NOT_DISTINCT_FROM';
    return (frame) => isSame(left(frame), right(frame)) === wanted;
  }
  const test = tests[kind];
  if (test === undefined) throw new NotCovered(kind.toLowerCase());
  return (frame) => {
    const [x, y] = [left(frame), right(frame)];
    return x === null || y === null ? null : test(order(x, y));
  };
}

/** x = a OR x = b OR …: missing where none is found and one is missing. */
export function isIn(input: Typed, list: readonly Typed[]): Evaluate {
  const { parts, type } = alike([input, ...list]);
  const [value, ...others] = parts.map((one) => one.evaluate);
  if (value === undefined) throw new NotCovered('IN');
  const order = orderOf(type);
  return (frame) => {
    const x = value(frame);
    let found: boolean | null = false;
    for (const other of others) {
      const y = other(frame);
      if (x === null || y === null) found = found === true ? true : null;
      else if (order(x, y) === 0) found = true;
    }
    return found;
  };
}

/** The least or greatest of those that are not missing. */
export function extreme(parts: readonly Typed[], type: SqlType, sign: number): Evaluate {
  const values = parts.map((one) => castTyped(one, type).evaluate);
  const order = orderOf(type);
  return (frame) => {
    let best: Value = null;
    for (const value of values) {
      const x = value(frame);
      if (x !== null && (best === null || order(x, best) * sign > 0)) best = x;
    }
    return best;
  };
}

export const within = (value: bigint, type: SqlType): boolean => {
  if (type.id === 'INTEGER') return value >= type.least && value <= type.most;
  if (type.id !== 'DECIMAL') return false;
  const limit = tenTo(type.width);
  return value < limit && value > -limit;
};
