/** Fits an encoding on training rows. Means and deviations are taken over the values that are there. */
import { fail } from '../../shared/errors.ts';
import { compareText } from '../preparation/compare-text.ts';
import type { CategoryEncoding, EncodingOf, NumberEncoding } from './encoding.ts';

interface Moments {
  mean: number;
  /** Population deviation; 1 where all values are equal, so that nothing is divided by nothing. */
  sd: number;
  missing: number;
}

/** Two passes in double: the mean first, then the squares around it. */
function momentsOf(count: number, at: (i: number) => number): Moments {
  let [sum, present] = [0, 0];
  for (let i = 0; i < count; i++) {
    const value = at(i);
    if (Number.isNaN(value)) continue;
    sum += value;
    present += 1;
  }
  const mean = present === 0 ? 0 : sum / present;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const value = at(i);
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  const sd = present === 0 ? 0 : Math.sqrt(squares / present);
  return { mean, sd: sd > Math.abs(mean) * 1e-12 && sd > 0 ? sd : 1, missing: count - present };
}

/** Squares of numbers beyond 1e154 are no numbers any more. */
function refuseTooLarge(what: string, { mean, sd }: Moments, column?: string): void {
  if (Number.isFinite(mean) && Number.isFinite(sd)) return;
  throw fail('train.too-large', {
    message: `${what} holds numbers that are too large to be brought to one scale (beyond 1e154).`,
    mend: 'Such numbers often stand for a missing value: make them missing, drop their rows, or learn from a logarithm.',
    ...(column === undefined ? {} : { column }),
  });
}

/**
 * @param values [rows, columns], row-major, missing is NaN
 * @throws `train.too-large` naming the column
 */
export function fitNumbers(columns: readonly string[], values: Float64Array, rows: number): NumberEncoding[] {
  return columns.map((column, c) => {
    const moments = momentsOf(rows, (row) => values[row * columns.length + c] ?? Number.NaN);
    refuseTooLarge(`The column "${column}"`, moments, column);
    return { column, mean: moments.mean, sd: moments.sd, flag: moments.missing > 0 };
  });
}

/** @throws `train.too-large` */
export const fitTarget = (values: Float64Array): { mean: number; sd: number } => {
  const moments = momentsOf(values.length, (i) => values[i] ?? Number.NaN);
  refuseTooLarge('The target', moments);
  return { mean: moments.mean, sd: moments.sd };
};

/** The most frequent values, in the order of their code points. A value seen once among many says nothing that could be learnt. */
export function fitCategory(
  column: string,
  values: readonly (string | null)[],
  { most, leastOften }: { most: number; leastOften: number },
): CategoryEncoding {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  const chosen = [...counts]
    .filter(([, count]) => count >= leastOften)
    .sort(([a, n], [b, m]) => m - n || compareText(a, b))
    .slice(0, most)
    .map(([value]) => value);
  return { column, values: chosen.sort(compareText) };
}

/**
 * @param values [rows, columns], columns channel by channel
 * @throws `train.too-large` naming the channel's columns
 */
export function fitSeries(
  columns: readonly string[],
  channels: number,
  values: Float64Array,
  rows: number,
): EncodingOf<'series'> {
  const length = columns.length / channels;
  const moments = Array.from({ length: channels }, (_, c) =>
    momentsOf(
      rows * length,
      (i) => values[Math.floor(i / length) * columns.length + c * length + (i % length)] ?? Number.NaN,
    ),
  );
  moments.forEach((one, c) => {
    const [first, last] = [columns[c * length] ?? '', columns[(c + 1) * length - 1] ?? ''];
    refuseTooLarge(`The series from "${first}" to "${last}"`, one);
  });
  return {
    kind: 'series',
    columns: [...columns],
    channels,
    mean: moments.map((m) => m.mean),
    sd: moments.map((m) => m.sd),
  };
}
