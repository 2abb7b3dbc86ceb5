/** Conversions between types. Where DuckDB would refuse a value, the row is left to it; TRY_CAST makes it missing. */
import { textReader } from './read-text.ts';
import { defer, NotCovered, nameOf, tenTo, type Evaluate, type SqlType, type Value } from './value.ts';
import { dayOf, decimalToDouble, divideRounded, textWriter } from './write-text.ts';

type Convert = (value: Exclude<Value, null>) => Value;

export interface Typed {
  type: SqlType;
  evaluate: Evaluate;
  /** The value, where it is the same for every row. */
  constant?: { value: Value };
}

export const sameType = (a: SqlType, b: SqlType): boolean => nameOf(a) === nameOf(b);

export const always = (type: SqlType, value: Value): Typed => ({ type, evaluate: () => value, constant: { value } });

export function castTyped(from: Typed, type: SqlType, isTry = false): Typed {
  if (sameType(from.type, type)) return from;
  if (from.type.id === 'NULL') return { ...from, type };
  const convert = converter(from.type, type, isTry);
  const apply = (value: Value): Value => (value === null ? null : convert(value));
  const { evaluate, constant } = from;
  if (constant !== undefined) return always(type, apply(constant.value));
  return { type, evaluate: (frame) => apply(evaluate(frame)) };
}

const not = (from: SqlType, to: SqlType): never => {
  throw new NotCovered(`a conversion of ${nameOf(from)} to ${nameOf(to)}`);
};

function converter(from: SqlType, to: SqlType, isTry: boolean): Convert {
  const refuse: () => null = isTry ? () => null : defer;
  switch (from.id) {
    case 'VARCHAR': {
      const read = textReader(to, isTry);
      return (value) => read(String(value));
    }
    case 'BOOLEAN':
      return fromBoolean(from, to);
    case 'INTEGER':
      return fromInteger(from, to, refuse);
    case 'DOUBLE':
    case 'FLOAT':
      return fromDouble(from, to, refuse);
    case 'DECIMAL':
      return fromDecimal(from, to, refuse);
    case 'DATE':
      if (to.id === 'TIMESTAMP') return (value) => BigInt(value) * 86_400_000_000n;
      return to.id === 'VARCHAR' ? textWriter(from) : not(from, to);
    case 'TIMESTAMP':
      if (to.id === 'DATE') return (value) => Number(dayOf(BigInt(value)));
      return to.id === 'VARCHAR' ? textWriter(from) : not(from, to);
    case 'NULL':
      return not(from, to);
  }
}

function fromBoolean(from: SqlType, to: SqlType): Convert {
  switch (to.id) {
    case 'INTEGER':
      return (value) => (to.isBig ? BigInt(value) : Number(value));
    case 'DOUBLE':
    case 'FLOAT':
      return Number;
    case 'VARCHAR':
      return String;
    default:
      return not(from, to);
  }
}

const isSafe = (value: bigint): boolean => value <= 9_007_199_254_740_992n && value >= -9_007_199_254_740_992n;

function whole(to: SqlType & { id: 'INTEGER' }, refuse: () => null): (value: bigint) => Value {
  return (value) => (value < to.least || value > to.most ? refuse() : to.isBig ? value : Number(value));
}

function fromInteger(from: SqlType, to: SqlType, refuse: () => null): Convert {
  switch (to.id) {
    case 'INTEGER': {
      const fit = whole(to, refuse);
      return (value) => fit(BigInt(value));
    }
    case 'DOUBLE':
      return Number;
    case 'FLOAT':
      // Rounded twice, a large one may come out otherwise.
      return (value) => (isSafe(BigInt(value)) ? Math.fround(Number(value)) : defer());
    case 'BOOLEAN':
      return Boolean;
    case 'VARCHAR':
      return String;
    case 'DECIMAL': {
      const power = tenTo(to.scale);
      const limit = tenTo(to.width);
      return (value) => {
        const scaled = BigInt(value) * power;
        return scaled >= limit || scaled <= -limit ? refuse() : scaled;
      };
    }
    default:
      return not(from, to);
  }
}

function fromDouble(from: SqlType, to: SqlType, refuse: () => null): Convert {
  switch (to.id) {
    case 'DOUBLE':
      return (value) => value;
    case 'FLOAT':
      return (value) => {
        const single = Math.fround(Number(value));
        return Number.isFinite(single) || single === value || Number.isNaN(single) ? single : defer();
      };
    case 'BOOLEAN':
      return (value) => (Number.isNaN(value) ? defer() : value !== 0);
    case 'VARCHAR':
      return textWriter(from);
    case 'INTEGER': {
      const [least, most] = [Number(to.least), Number(to.most)];
      return (value) => {
        const number = Number(value);
        if (Number.isNaN(number) || number < least - 1 || number > most + 1) return refuse();
        const rounded = roundEven(number);
        // At the very ends DuckDB has rules of its own.
        if (number <= least || number >= most) return number === 0 ? (to.isBig ? 0n : 0) : defer();
        return to.isBig ? BigInt(rounded) : rounded + 0;
      };
    }
    case 'DECIMAL': {
      if (from.id === 'FLOAT') return not(from, to);
      const power = Number(tenTo(to.scale));
      const limit = Number(tenTo(to.width));
      return (value) => {
        const scaled = Number(value) * power;
        const rounded = roundAway(scaled);
        if (Number.isNaN(rounded) || Math.abs(rounded) >= limit) return refuse();
        return Math.abs(scaled) < 2 ** 52 ? BigInt(rounded) : defer();
      };
    }
    default:
      return not(from, to);
  }
}

function fromDecimal(from: SqlType & { id: 'DECIMAL' }, to: SqlType, refuse: () => null): Convert {
  switch (to.id) {
    case 'DOUBLE':
      return (value) => decimalToDouble(BigInt(value), from.scale);
    case 'VARCHAR':
      return textWriter(from);
    case 'BOOLEAN':
      return (value) => BigInt(value) !== 0n;
    case 'INTEGER': {
      const fit = whole(to, refuse);
      const power = tenTo(from.scale);
      return (value) => fit(divideRounded(BigInt(value), power));
    }
    case 'DECIMAL': {
      const limit = tenTo(to.width);
      const [up, down] = [tenTo(Math.max(0, to.scale - from.scale)), tenTo(Math.max(0, from.scale - to.scale))];
      return (value) => {
        const scaled = divideRounded(BigInt(value) * up, down);
        return scaled >= limit || scaled <= -limit ? refuse() : scaled;
      };
    }
    default:
      return not(from, to);
  }
}

/** To the nearest, and just between two to the even one. */
export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
/** To the nearest, and just between two to the one farther from zero. */
export function roundAway(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}
