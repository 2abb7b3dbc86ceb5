import type { SqlValue } from '../../shared/sql.ts';
import { compareText } from '../preparation/compare-text.ts';

export type ClassLabel = string | number | boolean;

/** A class as JSON holds it: whole numbers beyond 2^53 as their digits. */
export const labelOf = (value: NonNullable<SqlValue>): ClassLabel =>
  typeof value !== 'bigint'
    ? value
    : value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value.toString();

/** The classes in order: no before yes, numbers by size, texts by code point. */
export function classesOf(values: readonly SqlValue[]): ClassLabel[] {
  const labels = new Map<string, ClassLabel>();
  for (const value of values) {
    if (value === null) continue;
    const label = labelOf(value);
    labels.set(String(label), label);
  }
  return [...labels.values()].sort(compareLabels);
}

function compareLabels(a: ClassLabel, b: ClassLabel): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

/** Class number of each value; −1 for a value that is none of the classes. */
export function classNumbers(values: readonly SqlValue[], classes: readonly ClassLabel[]): Int32Array {
  const numbers = new Map(classes.map((label, k) => [String(label), k]));
  return Int32Array.from(values, (value) => numbers.get(String(value)) ?? -1);
}
