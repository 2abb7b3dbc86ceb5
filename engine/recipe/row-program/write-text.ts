/** Values as the texts that DuckDB makes of them. */
import { defer, NotCovered, nameOf, tenTo, type SqlType, type Value } from './value.ts';

export function textWriter(type: SqlType): (value: Exclude<Value, null>) => string {
  switch (type.id) {
    case 'VARCHAR':
    case 'INTEGER':
    case 'BOOLEAN':
      return String;
    case 'DOUBLE':
      return (value) => writeDouble(Number(value));
    case 'DECIMAL':
      return (value) => writeDecimal(BigInt(value), type.scale);
    case 'DATE':
      return (value) => writeDay(Number(value));
    case 'TIMESTAMP':
      return (value) => writeTimestamp(BigInt(value));
    case 'FLOAT':
    case 'NULL':
      throw new NotCovered(`${nameOf(type)} as a text`);
  }
}

/** The shortest digits that read back to the same bits, as in JavaScript, with a power of ten from 1e16 and below 1e-4. */
function writeDouble(value: number): string {
  // DuckDB writes its sign, which JavaScript does not tell.
  if (Number.isNaN(value)) return defer();
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits = '', power = ''] = value.toExponential().split('e');
    const sign = power.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${power.slice(1).padStart(2, '0')}`;
  }
  // JavaScript writes a power from 1e21 and below 1e-6 alone.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

function writeDecimal(value: bigint, scale: number): string {
  if (scale === 0) return value.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** @param days since 1970 */
function writeDay(days: number): string {
  const date = new Date(days * 86_400_000);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 10) : defer();
}

const dayMicros = 86_400_000_000n;
export const dayOf = (micros: bigint): bigint =>
  (micros - (((micros % dayMicros) + dayMicros) % dayMicros)) / dayMicros;

function writeTimestamp(micros: bigint): string {
  const day = dayOf(micros);
  const left = micros - day * dayMicros;
  const seconds = Number(left / 1_000_000n);
  const two = (part: number): string => String(part).padStart(2, '0');
  const fraction =
    left % 1_000_000n === 0n
      ? ''
      : `.${String(left % 1_000_000n)
          .padStart(6, '0')
          .replace(/0+$/, '')}`;
  return `${writeDay(Number(day))} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

/** Rounded half away from zero. */
export function divideRounded(value: bigint, by: bigint): bigint {
  const half = by / 2n;
  return value < 0n ? -((-value + half) / by) : (value + half) / by;
}

/** As DuckDB divides: what a double cannot hold whole is split at the point first. */
export function decimalToDouble(value: bigint, scale: number): number {
  const power = tenTo(scale);
  const isExact = value <= 9_007_199_254_740_992n && value >= -9_007_199_254_740_992n;
  if (isExact || scale === 0) return Number(value) / Number(power);
  return Number(value / power) + Number(value % power) / Number(power);
}
