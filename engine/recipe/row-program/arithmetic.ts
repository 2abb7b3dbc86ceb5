/** Arithmetic in the type that DuckDB's binder gave the result. What does not fit it is an error there, so the row is left to DuckDB. */
import { castTyped, type Typed } from './cast.ts';
import { within } from './compare.ts';
import { defer, NotCovered, nameOf, type Evaluate, type SqlType, type Value } from './value.ts';

type Known = Exclude<Value, null>;
const both =
  (a: Evaluate, b: Evaluate, apply: (x: Known, y: Known) => Value): Evaluate =>
  (frame) => {
    const x = a(frame);
    const y = b(frame);
    return x === null || y === null ? null : apply(x, y);
  };

const onNumbers: Readonly<Record<string, (x: number, y: number) => number | null>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '//': (x, y) => (y === 0 ? null : x / y),
  '%': (x, y) => x % y,
};
const onWhole: Readonly<Record<string, (x: bigint, y: bigint) => bigint | null>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '//': (x, y) => (y === 0n ? null : x / y),
  '%': (x, y) => (y === 0n ? null : x % y),
};
export const isArithmetic = (name: string): boolean => Object.hasOwn(onNumbers, name);

export function arithmetic(name: string, a: Typed, b: Typed, type: SqlType): Evaluate {
  const refuse = (): never => {
    throw new NotCovered(`${nameOf(a.type)} ${name} ${nameOf(b.type)}`);
  };
  if (a.type.id === 'NULL' || b.type.id === 'NULL') return () => null;
  if (type.id === 'DOUBLE' || type.id === 'FLOAT') {
    const apply = onNumbers[name] ?? refuse();
    if (type.id === 'FLOAT' && name === '%') return refuse();
    const [x, y] = [castTyped(a, type).evaluate, castTyped(b, type).evaluate];
    if (type.id === 'DOUBLE') return both(x, y, (p, q) => apply(Number(p), Number(q)));
    // Of two singles, a double rounded to single is the single result of these four.
    return both(x, y, (p, q) => {
      const result = apply(Number(p), Number(q));
      return result === null ? null : Math.fround(result);
    });
  }
  if (a.type.id === 'DATE' || b.type.id === 'DATE') return onDays(name, a, b, type) ?? refuse();
  const apply = onWhole[name] ?? refuse();
  if (type.id === 'INTEGER') {
    const [x, y] = [castTyped(a, type).evaluate, castTyped(b, type).evaluate];
    return both(x, y, (p, q) => {
      const result = apply(BigInt(p), BigInt(q));
      if (result === null) return null;
      // The rest is zero, and the quotient beyond the type.
      if (name === '%' && BigInt(q) === -1n && BigInt(p) === type.least) return defer();
      return within(result, type) ? (type.isBig ? result : Number(result)) : defer();
    });
  }
  if (type.id !== 'DECIMAL' || name === '//' || name === '%') return refuse();
  const [p, q] = name === '*' ? [exact(a), exact(b)] : [castTyped(a, type), castTyped(b, type)];
  if (name === '*' && scaleOf(p) + scaleOf(q) !== type.scale) return refuse();
  return both(p.evaluate, q.evaluate, (x, y) => {
    const result = apply(BigInt(x), BigInt(y));
    return result !== null && within(result, type) ? result : defer();
  });
}

const scaleOf = ({ type }: Typed): number => (type.id === 'DECIMAL' ? type.scale : 0);
/** A factor keeps its own scale. */
const exact = (one: Typed): Typed => {
  if (one.type.id === 'DECIMAL' || one.type.id === 'INTEGER') return one;
  throw new NotCovered(`${nameOf(one.type)} times a decimal`);
};

/** Days between two dates, and a date some days on: within the years that a text has. */
function onDays(name: string, a: Typed, b: Typed, type: SqlType): Evaluate | undefined {
  if (a.type.id === 'DATE' && b.type.id === 'DATE' && name === '-' && type.id === 'INTEGER')
    return both(a.evaluate, b.evaluate, (x, y) => BigInt(Number(x) - Number(y)));
  const [day, count] = a.type.id === 'DATE' ? [a, b] : [b, a];
  if (type.id !== 'DATE' || count.type.id !== 'INTEGER' || (name !== '+' && (name !== '-' || day !== a)))
    return undefined;
  return both(day.evaluate, count.evaluate, (x, y) => {
    const days = Number(x) + (name === '+' ? Number(y) : -Number(y));
    return days > -719_162 && days < 2_932_896 ? days : defer();
  });
}

export function negate(of: Typed, type: SqlType): Evaluate {
  const value = castTyped(of, type).evaluate;
  if (type.id === 'DOUBLE' || type.id === 'FLOAT')
    return (frame) => {
      const x = value(frame);
      return x === null ? null : -Number(x);
    };
  if (type.id !== 'INTEGER' && type.id !== 'DECIMAL') throw new NotCovered(`-${nameOf(type)}`);
  const isBig = type.id === 'DECIMAL' || type.isBig;
  return (frame) => {
    const x = value(frame);
    if (x === null) return null;
    const result = -BigInt(x);
    return within(result, type) ? (isBig ? result : Number(result)) : defer();
  };
}
