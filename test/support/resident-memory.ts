/** What processes hold in memory, on Linux. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
};

export const residentMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1024;

/** Processes below one whose command line ends with a role of ours. */
export function descendants(pid: number, role: string): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(all.map((one) => [one, Number(/PPid:\s+(\d+)/.exec(read(`/proc/${one}/status`))?.[1])]));
  const isBelow = (one: number | undefined): boolean => one !== undefined && (one === pid || isBelow(parents.get(one)));
  return all.filter((one) => isBelow(parents.get(one)) && read(`/proc/${one}/cmdline`).split('\0').includes(role));
}

/** How much the last fifth of a series lies above its first: medians, so that one breath of a collector decides nothing. */
export function growth(series: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(series.length / 5));
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return median(series.slice(-fifth)) - median(series.slice(0, fifth));
}
