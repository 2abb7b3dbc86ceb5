/**
 * How far one column alone tells the target: along the column's order, or by its values. Of a copy of the answer, a code of it or a number that was measured
 * after it, all rows agree; of a good feature, most.
 */
import { largest } from '../../shared/append.ts';
export type Cells = readonly (string | number | boolean | null)[];

/** The share of agreement from which a column is said to tell the target. */
export const leaksFrom = 0.995;
/** Fewer rows say nothing. */
export const leastRows = 50;

/** 1: nothing of the target is left open. Undefined: nothing can be said (too few rows, a column of names, one class). */
export function leaks(column: Cells, target: Cells, truth: 'label' | 'value'): number | undefined {
  const rows = column.flatMap((value, i) =>
    target[i] === null || target[i] === undefined ? [] : [{ value, y: target[i] }],
  );
  if (rows.length < leastRows) return undefined;
  return truth === 'label' ? leaksClass(rows) : leaksNumber(rows);
}

interface Row {
  value: Cells[number];
  y: string | number | boolean;
}

function leaksClass(rows: readonly Row[]): number | undefined {
  const classes = count(rows.map((row) => row.y));
  const most = largest(classes.values());
  // Of one class that nearly all rows have, every column tells as much.
  if (classes.size < 2 || most > rows.length * 0.98) return undefined;
  const groups = groupsOf(rows);
  if (groups === undefined) return undefined;
  const labels = groups.map((group) => mostFrequent(group.map((row) => row.y)));
  const wrong = labels.reduce((sum, { times }, i) => sum + (groups[i]?.length ?? 0) - times, 0);
  // In order, each class is one stretch; of values without an order, the groups are large.
  const changes = labels.filter(({ label }, i) => i > 0 && label !== labels[i - 1]?.label).length;
  const isOrdered = typeof rows[0]?.value === 'number' && groups.length > rows.length / 5;
  return 1 - (wrong + (isOrdered ? Math.max(0, changes - (classes.size - 1)) : 0)) / rows.length;
}

function leaksNumber(rows: readonly Row[]): number | undefined {
  const groups = groupsOf(rows.filter((row) => Number.isFinite(Number(row.y))));
  if (groups === undefined) return undefined;
  const numbers = groups.map((group) => group.map((row) => Number(row.y)));
  const all = numbers.flat();
  const total = squares(all);
  if (total === 0) return undefined;
  if (groups.length <= all.length / 5) return 1 - numbers.reduce((sum, group) => sum + squares(group), 0) / total;
  // Each row from its neighbours on both sides: any smooth course of the target along the column.
  let left = 0;
  let seen = 0;
  for (let i = 1; i + 1 < all.length; i++) {
    left += ((all[i] ?? 0) - ((all[i - 1] ?? 0) + (all[i + 1] ?? 0)) / 2) ** 2;
    seen += 1;
  }
  return 1 - (left * all.length) / Math.max(1, seen) / total;
}

/** Rows with equal values, numbers in their order; undefined for texts of which nearly each is another. */
function groupsOf(rows: readonly Row[]): Row[][] | undefined {
  const groups = new Map<Row['value'], Row[]>();
  for (const row of rows) {
    const group = groups.get(row.value);
    if (group === undefined) groups.set(row.value, [row]);
    else group.push(row);
  }
  const isNumbers = [...groups.keys()].every((value) => value === null || typeof value === 'number');
  if (groups.size < 2 || (!isNumbers && groups.size > rows.length / 5)) return undefined;
  return isNumbers
    ? [...groups].sort(([a], [b]) => order(a) - order(b)).map(([, group]) => group)
    : [...groups.values()];
}
const order = (value: Row['value']): number => (value === null ? Number.NEGATIVE_INFINITY : Number(value));

const count = <T>(values: readonly T[]): Map<T, number> => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};
function mostFrequent<T>(values: readonly T[]): { label: T | undefined; times: number } {
  let best: { label: T | undefined; times: number } = { label: undefined, times: 0 };
  for (const [label, times] of count(values)) if (times > best.times) best = { label, times };
  return best;
}
function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
}
