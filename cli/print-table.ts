/** A small table for a person at a terminal. */
import { largest } from '../shared/append.ts';
import { jsonLine, lineOf, showControls } from './say.ts';

export function printTable(header: readonly string[], values: readonly (readonly string[])[]): void {
  const rows = values.map((row) => row.map(showControls));
  const widths = header.map((name, i) => largest([name.length, ...rows.map((row) => row[i]?.length ?? 0)]));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  printLines([line(header), ...rows.map(line)]);
}

export const printLines = (lines: readonly string[]): void => void process.stdout.write(lines.map(lineOf).join(''));
export const printJson = (value: unknown): void => void process.stdout.write(jsonLine(value));

/** `2026-11-24 10:15:30`, in the person's time zone. */
export function sayTime(ms: number): string {
  const at = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
export const sayMetrics = (metrics: Readonly<Record<string, number | null>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value === null ? '–' : Number(value.toPrecision(6))}`)
    .join(', ');
export const sayBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
