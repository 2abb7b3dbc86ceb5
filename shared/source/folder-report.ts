/** Tables in the report of a kind that reads a folder: how often each value stands there, and what was left out. */
import type { ReportBlock } from '../report.ts';

export const mostListed = 100;

/** Most first; of one number, by name. */
export function countBy(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** @param of what is counted: its name, and its title */
export const countTable = (
  title: string,
  value: string,
  of: { name: string; title: string },
  counts: readonly (readonly [string, number])[],
): ReportBlock => ({
  type: 'table',
  title,
  columns: [
    { name: 'value', title: value, align: 'left' },
    { name: of.name, title: of.title, align: 'right' },
  ],
  rows: counts.slice(0, mostListed).map(([one, n]) => [one, n]),
  ...(counts.length > mostListed ? { caption: `The ${mostListed} most frequent of ${counts.length}.` } : {}),
});

/** Nothing, where nothing was left out. */
export const leftOutTable = (faults: readonly { name: string; says: string }[]): ReportBlock[] =>
  faults.length === 0
    ? []
    : [
        {
          type: 'table',
          title: 'Left out',
          columns: [
            { name: 'file', title: 'File', align: 'left' },
            { name: 'why', title: 'Why', align: 'left' },
          ],
          rows: faults.slice(0, mostListed).map(({ name, says }) => [name, says]),
          ...(faults.length > mostListed ? { caption: `The first ${mostListed} of ${faults.length}.` } : {}),
        },
      ];
