/** The functions that are the same in JavaScript and DuckDB to the last bit. Of texts beyond ASCII some are left to DuckDB, row by row. */
import { castTyped, roundAway, sameType, type Typed } from './cast.ts';
import { alike, compare, extreme } from './compare.ts';
import { likePattern } from './like.ts';
import { defer, NotCovered, nameOf, type Evaluate, type SqlType, type Value } from './value.ts';
import { dayOf } from './write-text.ts';

type Known = Exclude<Value, null>;
/** @param type of the result, as the binder has it */
type Call = (parts: readonly Typed[], type: SqlType) => Evaluate;

export const isCovered = (name: string): boolean => Object.hasOwn(calls, name);

export function callFunction(name: string, parts: readonly Typed[], type: SqlType): Evaluate {
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (call === undefined) throw new NotCovered(`${name}()`);
  return call(parts, type);
}

const refuse = (name: string, parts: readonly Typed[]): never => {
  throw new NotCovered(`${name}(${parts.map((p) => nameOf(p.type)).join(', ')})`);
};

/** Missing where one of its values is. */
const strict =
  (values: readonly Evaluate[], apply: (values: readonly Known[]) => Value): Evaluate =>
  (frame) => {
    const known: Known[] = [];
    let isMissing = false;
    for (const value of values) {
      const x = value(frame);
      if (x === null) isMissing = true;
      else known.push(x);
    }
    return isMissing ? null : apply(known);
  };

const text: SqlType = { id: 'VARCHAR' };
const asText = (part: Typed): Evaluate => castTyped(part, text).evaluate;

/** Of so many texts. */
const ofTexts =
  (name: string, count: number, apply: (texts: readonly string[]) => Value): Call =>
  (parts) => {
    if (parts.length !== count || parts.some((p) => p.type.id !== 'VARCHAR')) return refuse(name, parts);
    return strict(
      parts.map((p) => p.evaluate),
      (values) => apply(values.map(String)),
    );
  };

/** Of one DOUBLE. */
const ofDouble =
  (name: string, apply: (value: number) => Value, result: SqlType['id'] = 'DOUBLE'): Call =>
  (parts, type) => {
    const [part] = parts;
    if (part === undefined || parts.length !== 1 || part.type.id !== 'DOUBLE' || type.id !== result)
      return refuse(name, parts);
    return strict([part.evaluate], ([x]) => apply(Number(x)));
  };

const isAscii = (value: string): boolean => {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return false;
  return true;
};
const ascii = (value: string): string => (isAscii(value) ? value : defer());
const pointsOf = (value: string): readonly string[] => (isAscii(value) ? value.split('') : Array.from(value));

/** The ends without spaces; of other white space beyond ASCII DuckDB decides. */
const trim = (name: string, start: boolean, end: boolean): Call =>
  ofTexts(name, 1, ([value = '']) => {
    let [from, to] = [0, value.length];
    while (start && from < to && value[from] === ' ') from++;
    while (end && to > from && value[to - 1] === ' ') to--;
    if (from < to && (value.charCodeAt(from) > 127 || value.charCodeAt(to - 1) > 127)) return defer();
    return value.slice(from, to);
  });

/** The first or the last so many code points; of fewer than none all but so many. */
const end =
  (name: string, isLeft: boolean): Call =>
  (parts) => {
    const [value, count] = parts;
    if (value?.type.id !== 'VARCHAR' || count?.type.id !== 'INTEGER' || parts.length !== 2) return refuse(name, parts);
    return strict([value.evaluate, count.evaluate], ([given = '', n = 0]) => {
      const points = pointsOf(String(given));
      const wanted = Number(n);
      const kept = Math.min(points.length, wanted >= 0 ? wanted : Math.max(0, points.length + wanted));
      return (isLeft ? points.slice(0, kept) : points.slice(points.length - kept)).join('');
    });
  };

const substring: Call = (parts) => {
  const [value, ...numbers] = parts;
  if (value?.type.id !== 'VARCHAR' || numbers.length === 0 || numbers.some((p) => p.type.id !== 'INTEGER'))
    return refuse('substring', parts);
  return strict(
    parts.map((p) => p.evaluate),
    ([given = '', from = 1, count = Infinity]) => {
      const [start, length] = [Number(from), Number(count)];
      if (start < 1 || length < 0) return defer();
      return pointsOf(String(given))
        .slice(start - 1, start - 1 + length)
        .join('');
    },
  );
};

/** Texts one after the other; what is missing is passed over. */
const concat: Call = (parts) => {
  const values = parts.map(asText);
  return (frame) => values.map((value) => value(frame) ?? '').join('');
};

const join: Call = (parts) => {
  if (parts.length !== 2 || parts.some((p) => p.type.id !== 'VARCHAR' && p.type.id !== 'INTEGER'))
    return refuse('||', parts);
  return strict(parts.map(asText), (values) => values.join(''));
};

const like =
  (isWanted: boolean, ignoresCase: boolean): Call =>
  (parts) => {
    const [value, pattern] = parts;
    if (value?.type.id !== 'VARCHAR' || typeof pattern?.constant?.value !== 'string' || parts.length !== 2)
      return refuse('LIKE', parts);
    const test = likePattern(ignoresCase ? ascii(pattern.constant.value).toLowerCase() : pattern.constant.value);
    return strict([value.evaluate], ([x]) => {
      const given = ignoresCase ? ascii(String(x)).toLowerCase() : String(x);
      return test(given) === isWanted;
    });
  };

const power10 = (places: number): number => Number(10n ** BigInt(places));
const round: Call = (parts, type) => {
  const [value, places] = parts;
  if (value?.type.id !== 'DOUBLE' || type.id !== 'DOUBLE' || parts.length > 2) return refuse('round', parts);
  if (places === undefined) return strict([value.evaluate], ([x]) => roundAway(Number(x)));
  const count = Number(places.constant?.value ?? -1);
  if (places.type.id !== 'INTEGER' || count < 0 || count > 15) return refuse('round', parts);
  const by = power10(count);
  return strict([value.evaluate], ([x]) => {
    const rounded = roundAway(Number(x) * by) / by;
    return Number.isFinite(rounded) ? rounded : Number(x);
  });
};

const absolute: Call = (parts, type) => {
  const [value] = parts;
  if (value === undefined || !sameType(value.type, type)) return refuse('abs', parts);
  if (type.id === 'DOUBLE' || type.id === 'FLOAT') return strict([value.evaluate], ([x]) => Math.abs(Number(x)));
  if (type.id !== 'INTEGER' && type.id !== 'DECIMAL') return refuse('abs', parts);
  return strict([value.evaluate], ([x = 0]) => {
    if (type.id === 'INTEGER' && BigInt(x) === type.least) return defer();
    return typeof x === 'bigint' ? (x < 0n ? -x : x) : Math.abs(Number(x));
  });
};

/** A date's part, of a date or a time of day on it. */
const ofDay =
  (name: string, part: (date: Date) => number): Call =>
  (parts, type) => {
    const [value] = parts;
    if (parts.length !== 1 || type.id !== 'INTEGER' || !type.isBig) return refuse(name, parts);
    if (value?.type.id !== 'DATE' && value?.type.id !== 'TIMESTAMP') return refuse(name, parts);
    const isDay = value.type.id === 'DATE';
    return strict([value.evaluate], ([x = 0]) => {
      const days = isDay ? Number(x) : Number(dayOf(BigInt(x)));
      return BigInt(part(new Date(days * 86_400_000)));
    });
  };
const yearStart = (date: Date): number => Date.UTC(date.getUTCFullYear(), 0, 1);
const dayParts: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day: (date) => date.getUTCDate(),
  dayofmonth: (date) => date.getUTCDate(),
  quarter: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  dayofweek: (date) => date.getUTCDay(),
  weekday: (date) => date.getUTCDay(),
  dow: (date) => date.getUTCDay(),
  isodow: (date) => date.getUTCDay() || 7,
  dayofyear: (date) => (date.getTime() - yearStart(date)) / 86_400_000 + 1,
  doy: (date) => (date.getTime() - yearStart(date)) / 86_400_000 + 1,
};
const micro = 1_000_000n;
const timeParts: Readonly<Record<string, (micros: bigint) => bigint>> = {
  hour: (micros) => micros / (3600n * micro),
  minute: (micros) => (micros / (60n * micro)) % 60n,
  second: (micros) => (micros / micro) % 60n,
};
const ofTime =
  (name: string, part: (micros: bigint) => bigint): Call =>
  (parts, type) => {
    const [value] = parts;
    if (parts.length !== 1 || value?.type.id !== 'TIMESTAMP' || type.id !== 'INTEGER') return refuse(name, parts);
    return strict([value.evaluate], ([x = 0]) => {
      const micros = BigInt(x);
      return part(micros - dayOf(micros) * 86_400_000_000n);
    });
  };
/** extract(year FROM x) is date_part('year', x). */
const datePart: Call = (parts, type) => {
  const [name, value] = parts;
  const part = String(name?.constant?.value ?? '').toLowerCase();
  const call = Object.hasOwn(dayParts, part) || Object.hasOwn(timeParts, part) ? calls[part] : undefined;
  if (call === undefined || value === undefined) throw new NotCovered(`date_part('${part}')`);
  return call([value], type);
};
const epochMicros: Call = (parts) => {
  const [value] = parts;
  return value?.type.id === 'TIMESTAMP' ? value.evaluate : refuse('epoch_us', parts);
};

const nullIf: Call = (parts, type) => {
  const [a, b] = parts;
  if (a === undefined || b === undefined || !sameType(a.type, type)) return refuse('nullif', parts);
  const isEqual = compare('COMPARE_EQUAL', a, b);
  return (frame) => (isEqual(frame) === true ? null : a.evaluate(frame));
};

const concatWith: Call = (parts) => {
  const [separator, ...others] = parts.map(asText);
  if (separator === undefined) return refuse('concat_ws', parts);
  return (frame) => {
    const between = separator(frame);
    const values = others.map((value) => value(frame)).filter((value) => value !== null);
    return between === null ? null : values.join(String(between));
  };
};

const replace = ofTexts('replace', 3, ([value = '', what = '', by = '']) =>
  what === '' ? value : value.replaceAll(what, () => by),
);
const startsWith = ofTexts('starts_with', 2, ([value = '', what = '']) => value.startsWith(what));
const lower = ofTexts('lower', 1, ([value = '']) => ascii(value).toLowerCase());
const upper = ofTexts('upper', 1, ([value = '']) => ascii(value).toUpperCase());
const lengthOf = ofTexts('length', 1, ([value = '']) => BigInt(pointsOf(value).length));
const ceiling = ofDouble('ceil', Math.ceil);

const calls: Readonly<Record<string, Call>> = {
  lower,
  lcase: lower,
  upper,
  ucase: upper,
  trim: trim('trim', true, true),
  ltrim: trim('ltrim', true, false),
  rtrim: trim('rtrim', false, true),
  length: lengthOf,
  len: lengthOf,
  replace,
  starts_with: startsWith,
  prefix: startsWith,
  ends_with: ofTexts('ends_with', 2, ([value = '', what = '']) => value.endsWith(what)),
  suffix: ofTexts('suffix', 2, ([value = '', what = '']) => value.endsWith(what)),
  contains: ofTexts('contains', 2, ([value = '', what = '']) => value.includes(what)),
  left: end('left', true),
  right: end('right', false),
  substring,
  substr: substring,
  concat,
  concat_ws: concatWith,
  '||': join,
  '~~': like(true, false),
  '!~~': like(false, false),
  '~~*': like(true, true),
  '!~~*': like(false, true),
  isnan: ofDouble('isnan', Number.isNaN, 'BOOLEAN'),
  isinf: ofDouble('isinf', (x) => x === Infinity || x === -Infinity, 'BOOLEAN'),
  isfinite: ofDouble('isfinite', Number.isFinite, 'BOOLEAN'),
  floor: ofDouble('floor', Math.floor),
  ceil: ceiling,
  ceiling,
  trunc: ofDouble('trunc', Math.trunc),
  sqrt: ofDouble('sqrt', (x) => (x < 0 ? defer() : Math.sqrt(x))),
  round,
  abs: absolute,
  nullif: nullIf,
  greatest: (parts, type) => extreme(alike(parts).parts, type, 1),
  least: (parts, type) => extreme(alike(parts).parts, type, -1),
  date_part: datePart,
  datepart: datePart,
  epoch_us: epochMicros,
  ...Object.fromEntries(Object.entries(dayParts).map(([name, part]) => [name, ofDay(name, part)])),
  ...Object.fromEntries(Object.entries(timeParts).map(([name, part]) => [name, ofTime(name, part)])),
};
/** As the list of what is covered names them. */
export const coveredFunctions: readonly string[] = Object.keys(calls);
