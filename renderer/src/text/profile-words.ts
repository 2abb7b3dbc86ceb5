/** What a profile says of a column in one short line, and the shares that its little pictures draw. */
import type * as z from 'zod';
import type { profile } from '../../../shared/rpc/contract.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { sayCount } from './say.ts';
import { t } from './t.ts';

export type Profile = z.output<typeof profile>;
export type ProfileColumn = Profile['columns'][number];

/** `1.2`, `0.04`, `100`: a share in per cent with as many digits as it is worth. Never 0 for what is not, never 100 for what is not all. */
export function sayShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0';
  if (part >= whole) return '100';
  const percent = (part / whole) * 100;
  if (percent < 0.01) return '<0.01';
  if (percent > 99.99) return '>99.99';
  return percent < 1 ? percent.toFixed(2) : percent < 10 || percent > 99 ? percent.toFixed(1) : percent.toFixed(0);
}

/** Numbers of a summary: four digits that count, no dust. */
export function sayNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2).replace('-', '−');
  // As cells write them: a year is 2009, not 2,009.
  const text =
    size >= 10_000 ? sayCount(value) : String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
  return text.replace('-', '−');
}

export const sayEdge = (value: string | number | null): string =>
  value === null ? '–' : typeof value === 'number' ? sayNumber(value) : value.slice(0, 10);

/** The line under the picture in a column's header: what is missing, which must not be cut in a narrow column, and its range or values. */
export function sayColumn(column: ProfileColumn): string {
  if (column.count > 0 && column.nulls >= column.count) return t('preview.profile.allMissing');
  const gaps =
    column.nulls > 0 ? t('preview.profile.missingShare', { share: sayShare(column.nulls, column.count) }) : '';
  return [gaps, sayContent(column)].filter((part) => part !== '').join(' · ');
}

function sayContent(column: ProfileColumn): string {
  const family = typeFamily(column.type);
  const present = column.count - column.nulls;
  if (family === 'boolean')
    return t('preview.profile.trueShare', {
      share: sayShare(column.top.find((v) => v.value === 'true')?.count ?? 0, present),
    });
  if (
    column.distinct !== null &&
    column.distinct > 1 &&
    column.distinct >= present &&
    family !== 'time' &&
    (family !== 'number' || /INT/.test(column.type))
  )
    return t('preview.profile.unique', { number: sayCount(column.distinct) });
  if (family === 'number' || family === 'time')
    return column.min === column.max
      ? t('preview.profile.constant', { value: sayEdge(column.min) })
      : t('preview.profile.range', { from: sayEdge(column.min), to: sayEdge(column.max) });
  if (column.distinct === null) return '';
  return t('preview.profile.values', { count: column.distinct });
}

export interface ShareBar {
  value: string;
  /** 0 to 1 of the values that are present. */
  share: number;
}

/** The most frequent values as shares, and one bar for all others together. */
export function topShares(column: ProfileColumn, most: number): { bars: ShareBar[]; others: number } {
  const present = Math.max(1, column.count - column.nulls);
  const bars = column.top.slice(0, most).map(({ value, count }) => ({ value, share: count / present }));
  const others = Math.max(0, 1 - bars.reduce((sum, bar) => sum + bar.share, 0));
  return { bars, others: others < 1e-9 ? 0 : others };
}
