/** Texts as values, where there is one way to write them: what DuckDB writes itself, and what JSON and files commonly hold. Anything else is left to DuckDB. */
import { defer, tenTo, type SqlType, type Value } from './value.ts';

export type ReadText = (text: string) => Value;

/** @param isTry what can be no value of the type is missing, as TRY_CAST has it */
export function textReader(type: SqlType, isTry = false): ReadText {
  const other = isTry ? (text: string): Value => (isNoValue(text) ? null : defer()) : defer;
  switch (type.id) {
    case 'VARCHAR':
      return (text) => text;
    case 'NULL':
      return defer;
    case 'BOOLEAN':
      return (text) => (text === 'true' ? true : text === 'false' ? false : other(text));
    case 'DOUBLE':
      return (text) => readDouble(text) ?? other(text);
    case 'FLOAT':
      return (text) => {
        const value = readDouble(text);
        return value === undefined ? other(text) : toFloat(value);
      };
    case 'INTEGER':
      return (text) => {
        if (!/^-?\d{1,19}$/.test(text)) return other(text);
        const value = BigInt(text);
        if (value < type.least || value > type.most) return isTry ? null : defer();
        return type.isBig ? value : Number(value);
      };
    case 'DECIMAL':
      return (text) => {
        const found = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?$/.exec(text);
        const fraction = found?.[3] ?? '';
        if (found === null || fraction.length > type.scale) return other(text);
        const value = BigInt(`${found[2] ?? ''}${fraction.padEnd(type.scale, '0')}`);
        if (value >= tenTo(type.width)) return isTry ? null : defer();
        return found[1] === '-' ? -value : value;
      };
    case 'DATE':
      return (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? (readDay(text) ?? defer()) : other(text));
    case 'TIMESTAMP':
      return (text) => readTimestamp(text) ?? other(text);
  }
}

/** Begins with a sign or letter that no number, time or truth begins with. */
const isNoValue = (text: string): boolean =>
  /^[^\s\d+\-._a-z]/i.test(text) || /^[acdghjkmopqrsuvwxz][^\d]*$/i.test(text);

function readDouble(text: string): number | undefined {
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return words.get(text);
}
/** As JavaScript and DuckDB write them. */
const words: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['nan', Number.NaN],
  ['Infinity', Infinity],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['-inf', -Infinity],
]);

const bits = new DataView(new ArrayBuffer(8));
/** A text read as DOUBLE and rounded to FLOAT is what it is when read as FLOAT, but just between two of them. */
function toFloat(value: number): number {
  const single = Math.fround(value);
  if (single === value || Number.isNaN(value)) return single;
  bits.setFloat64(0, value);
  const isBetween = (bits.getUint32(4) & 0x1fff_ffff) === 0x1000_0000;
  return isBetween || !Number.isFinite(single) || Math.abs(single) < 1e-37 ? defer() : single;
}

const dayMs = 86_400_000;
/** Days since 1970 of a date that the calendar has. */
function readDay(text: string): number | undefined {
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse rolls 31 February over into March.
  if (Number.isNaN(ms) || text.startsWith('0000') || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms / dayMs;
}

function readTimestamp(text: string): bigint | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?)?$/.exec(text);
  const day = found === null ? undefined : readDay(found[1] ?? '');
  if (found === null || day === undefined) return undefined;
  const seconds = Number(found[2] ?? 0) * 3600 + Number(found[3] ?? 0) * 60 + Number(found[4] ?? 0);
  return BigInt(day) * 86_400_000_000n + BigInt(seconds) * 1_000_000n + BigInt((found[5] ?? '').padEnd(6, '0'));
}
