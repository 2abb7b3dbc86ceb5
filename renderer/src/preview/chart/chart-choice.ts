/** Which chart of a table to draw: a sensible first one, and what stays sensible when a person changes a part. */
import { create } from 'zustand';
import { hiddenColumns, typeFamily, type Column } from '../../../../shared/wires.ts';

export const marks = ['histogram', 'bar', 'line', 'point', 'box'] as const;
export type Mark = (typeof marks)[number];
export interface ChartChoice {
  mark: Mark;
  x: string;
  y: string | null;
  color: string | null;
}

/** Marks that need a second column; bars may count rows instead. */
export const needsY = (mark: Mark): boolean => mark === 'line' || mark === 'point' || mark === 'box';
export const takesY = (mark: Mark): boolean => mark !== 'histogram';

const isNumeric = (c: Column): boolean => typeFamily(c.type) === 'number';
const isMeasured = (c: Column): boolean => isNumeric(c) && c.role !== 'id';
export const chartColumns = (columns: readonly Column[]): Column[] =>
  columns.filter((c) => !hiddenColumns.includes(c.name));

/** Columns that can stand across: numbers and times for a histogram, any for the rest. */
export const columnsForX = (mark: Mark, columns: readonly Column[]): Column[] =>
  mark === 'histogram'
    ? columns.filter((c) => isNumeric(c) || typeFamily(c.type) === 'time')
    : mark === 'point'
      ? columns.filter((c) => isNumeric(c) || typeFamily(c.type) === 'time')
      : [...columns];
export const columnsForY = (columns: readonly Column[]): Column[] => columns.filter(isNumeric);
/** Few values make good colours: texts and booleans, and a target of any type. */
export const columnsForColor = (columns: readonly Column[]): Column[] =>
  columns.filter((c) => !isNumeric(c) || c.role === 'target').filter((c) => typeFamily(c.type) !== 'time');

/** The chart that is asked for, as near to the requested as the columns allow; undefined: no column fits. */
export function settleChart(requested: Partial<ChartChoice>, all: readonly Column[]): ChartChoice | undefined {
  const columns = chartColumns(all);
  const mark = requested.mark ?? (columns.some(isMeasured) ? 'histogram' : 'bar');
  const acrossAll = columnsForX(mark, columns);
  const across =
    acrossAll.find((c) => c.name === requested.x) ??
    (mark === 'box' || mark === 'bar'
      ? acrossAll.find((c) => !isNumeric(c) && typeFamily(c.type) !== 'time')
      : mark === 'line'
        ? acrossAll.find((c) => typeFamily(c.type) === 'time')
        : undefined) ??
    acrossAll.find((c) => c.role !== 'id' && c.role !== 'target') ??
    acrossAll[0];
  if (across === undefined) return undefined;
  const up = columnsForY(columns);
  const chosenUp = requested.y === null ? undefined : up.find((c) => c.name === requested.y);
  const y = takesY(mark)
    ? (chosenUp ?? (needsY(mark) ? (up.find((c) => isMeasured(c) && c.name !== across.name) ?? up[0]) : undefined))
    : undefined;
  if (needsY(mark) && y === undefined) return undefined;
  const color = columns.some((c) => c.name === requested.color) ? (requested.color ?? null) : null;
  return { mark, x: across.name, y: y?.name ?? null, color };
}

/** What a person chose for each port that was looked at. */
const useRequested = create<Readonly<Record<string, Partial<ChartChoice>>>>()(() => ({}));
const noRequest: Partial<ChartChoice> = {};
export const useRequestedChart = (place: string): Partial<ChartChoice> => useRequested((s) => s[place] ?? noRequest);
export const changeRequestedChart = (place: string, change: Partial<ChartChoice>): void =>
  useRequested.setState((s) => ({ [place]: { ...s[place], ...change } }));
