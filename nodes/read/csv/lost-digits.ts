/** Cells that say more digits than the values that are made of them. */
import { decimalMarks, thousandsMarks } from '../../../shared/table/cell-reading.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import { readAs } from './explain-csv.ts';
import type { CsvParams } from './read-csv-sql.ts';

interface Cell {
  name: string;
  type: string;
  value: string;
}

/** Of the digits before the point: those behind it are seldom meant to the last. */
export function losesDigits(value: string, p: Pick<CsvParams, 'decimalMark' | 'thousandsMark'>): boolean {
  const [whole = '', ...rest] = digitsOf(value, p);
  if (rest.length > 1 || !/^[+-]?\d{16,}$/.test(whole) || !/^\d*$/.test(rest[0] ?? '')) return false;
  const read = Number(`${whole}.${rest[0] ?? ''}`);
  return Number.isFinite(read) && BigInt(whole.replace('+', '')) !== BigInt(Math.trunc(read));
}

/** A number that would be infinite, which the file does not say. */
export function isBeyond(value: string, type: string, p: Pick<CsvParams, 'decimalMark' | 'thousandsMark'>): boolean {
  const read = Number(digitsOf(value, p).join('.'));
  return /\d/.test(value) && Math.abs(type === 'DOUBLE' ? read : Math.fround(read)) === Infinity;
}

const digitsOf = (value: string, { decimalMark, thousandsMark }: Pick<CsvParams, 'decimalMark' | 'thousandsMark'>) =>
  value
    .trim()
    .replaceAll(thousandsMarks[thousandsMark] || /$^/g, '')
    .split(decimalMarks[decimalMark]);

/** Times are kept in microseconds. */
export const isFinerTime = (value: string): boolean => /:\d{2}\.\d{6}\d*[1-9]/.test(value);

export const digitsLost = (node: string, p: CsvParams, { name, type, value }: Cell): Finding => {
  const isTime = type.startsWith('TIME');
  // There is no such type for times with a zone, nor for times of day.
  const holds = type === 'TIMESTAMP' ? 'TIMESTAMP_NS' : undefined;
  return {
    code: 'csv.digits-lost',
    severity: 'warning',
    message: isTime
      ? `"${name}" has times with more digits than microseconds have, such as ${value}: the last are lost.`
      : `"${name}" has numbers too long for a number, such as ${value}: their last digits are lost.`,
    mend: isTime
      ? `Read the column as text${holds === undefined ? '' : ', or as times of nanoseconds'}, if these digits count.`
      : 'Read the column as text, if it names things, or as a decimal number with so many digits.',
    param: 'types',
    column: name,
    fixes: [
      readAs(node, p, name, 'text'),
      ...(holds === undefined
        ? []
        : [
            {
              do: 'set' as const,
              title: `Read "${name}" as ${holds}`,
              node,
              param: 'types',
              value: { ...p.types, [name]: holds },
            },
          ]),
    ],
  };
};

/** @param at `Row 12`, or `Line 13` @param others how many more rows are like that, in words */
export const beyondNumbers = (
  node: string,
  p: CsvParams,
  { name, value }: Cell,
  { at, others = '', facts }: { at: string; others?: string; facts: Finding['facts'] & object },
): Finding => ({
  code: 'csv.beyond-numbers',
  message: `${at} has "${value}" in the column "${name}", which no number can hold: it would be infinite${others}.`,
  mend: 'Read the column as text; or correct the value in the file.',
  param: 'types',
  column: name,
  facts: { ...facts, value },
  fixes: [readAs(node, p, name, 'text')],
});
