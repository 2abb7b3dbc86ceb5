/**
 * Principal components as scikit-learn's PCA finds them: eigenvectors of the covariance of the training rows. Means and covariances are exact sums, so that
 * nothing depends on threads or on the order of rows.
 */
import type { QueryRows } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { double, join, raw, sql, type Sql } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import type { LongTask } from '../long-task.ts';
import { askInBatches } from '../preparation/in-batches.ts';
import { distanceIn, farthest, measureNumbers, type NumberStatistics } from '../preparation/number-statistics.ts';
import { presentNumber } from '../preparation/present-number.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PcaSettings {
  /** How many components, or the least share of the variance that they explain together. */
  keep: { readonly components: number } | { readonly share: number };
}
export interface Pca {
  readonly rows: number;
  /** One for each column. */
  readonly means: readonly number[];
  /** Each of length 1, with a loading for each column. */
  readonly components: readonly (readonly number[])[];
  /** Of every direction, kept or not, falling: division by n − 1. */
  readonly variances: readonly number[];
}

/** @throws `pca.no-columns`, `pca.too-few-rows`, `pca.missing`, `pca.too-wide`, `pca.no-variance`, `pca.too-many-components`, `prepare.infinite` */
export async function fitPca(
  query: QueryRows,
  ref: Sql,
  columns: readonly Column[],
  { keep }: PcaSettings,
  task: LongTask = {},
): Promise<Pca> {
  if (columns.length === 0)
    throw fail('pca.no-columns', {
      message: 'There is no number to find components of.',
      mend: 'Choose at least one column of numbers.',
      param: 'columns',
    });
  const rows = Number((await query(sql`SELECT count(*) AS n FROM ${ref}`))[0]?.['n'] ?? 0);
  if (rows < 2)
    throw fail('pca.too-few-rows', {
      message: `${rows === 1 ? 'One training row has' : 'No training row has'} no variance to explain.`,
      mend: 'Give it at least two training rows.',
    });
  const found = await measureNumbers(query, ref, columns);
  const measured = columns.map(({ name }) => statisticsOf(found, name));
  columns.forEach(({ name }, i) => refuseMissing(name, rows - (measured[i]?.count ?? 0), rows));
  const covariance = await covarianceOf(query, ref, columns, measured, rows, task);
  const { values, vectors } = await symmetricEigen(covariance, columns.length, task);
  const variances = Array.from(values, (value) => Math.max(0, value));
  const [first = 0] = variances;
  if (!(first > 0))
    throw fail('pca.no-variance', {
      message:
        'Every chosen column has one value alone in all training rows, so there is no direction in which rows differ.',
      mend: 'Choose columns whose values differ.',
      param: 'columns',
    });
  const varying = variances.filter((value) => value > columns.length * Number.EPSILON * first).length;
  const count = 'components' in keep ? keep.components : Math.min(varying, countFor(keep.share, variances));
  if (count > varying)
    throw fail('pca.too-many-components', {
      message: `The ${columns.length.toLocaleString('en')} chosen columns vary in ${varying === 1 ? 'one direction' : `${varying.toLocaleString('en')} directions`} in the training rows, fewer than the ${count.toLocaleString('en')} components asked for.`,
      mend: 'Lower "Components", or choose more columns.',
      param: 'components',
    });
  return {
    rows,
    means: measured.map((m) => m.mean),
    components: Array.from({ length: count }, (_, k) =>
      signed(Array.from(vectors.subarray(k * columns.length, (k + 1) * columns.length))),
    ),
    variances,
  };
}

/** The fewest whose variances together exceed the share, as scikit-learn counts them. */
function countFor(share: number, variances: readonly number[]): number {
  const total = variances.reduce((sum, value) => sum + value, 0);
  let together = 0;
  const last = variances.findIndex((value) => (together += value / total) > share);
  return last < 0 ? variances.length : last + 1;
}

/**
 * The sign by which the loading that is largest in size is positive (scikit-learn's `svd_flip` by the components). Of several that are as large within rounding
 * the first decides, so that it is not rounding that does.
 */
function signed(component: readonly number[]): number[] {
  const largest = component.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const leading = component.find((value) => Math.abs(value) >= largest * (1 - 1e-10)) ?? 1;
  // Adding 0 makes −0 0, which is what JSON keeps.
  return component.map((value) => (leading < 0 ? -value : value) + 0);
}

/** Columns are taken in squares of this size, so that few are read for many pairs. */
const tile = 8;
const halfBits = 30;

/**
 * [columns, columns], divided by rows − 1. Distances from the mean become whole numbers of 60 bits and are multiplied half by half, which DuckDB sums exactly, and
 * sooner than products of doubles that are cast to 128 bits. What is left out is within 2^-59 of the largest product.
 */
async function covarianceOf(
  query: QueryRows,
  ref: Sql,
  columns: readonly Column[],
  measured: readonly NumberStatistics[],
  rows: number,
  task: LongTask,
): Promise<Float64Array> {
  const size = columns.length;
  const pairs = pairsOf(size);
  const spreads = measured.map(({ min, max, mean, unit }) => powerAbove(farthest(min, max, mean, unit)));
  const [high, low] = [(i: number): Sql => raw(`h${i}`), (i: number): Sql => raw(`l${i}`)];
  const sums = await askInBatches(query, pairs, {
    atOnce: tile * tile,
    aggregates: ([i, j], nth) => [
      sql`sum(${high(i)} * ${high(j)}) AS ${raw(`a${nth}`)}`,
      sql`sum(${high(i)} * ${low(j)} + ${low(i)} * ${high(j)}) AS ${raw(`b${nth}`)}`,
    ],
    from: (batch, first) => {
      task.onProgress?.(first / pairs.length);
      const asked = [...new Set(batch.flat())];
      const whole = asked.flatMap((i) => {
        const [column, own] = [columns[i], measured[i]];
        if (column === undefined || own === undefined) return [];
        const distance = distanceIn(own.unit, presentNumber(column), own.mean);
        // Two factors: together they may be beyond a double.
        return [
          sql`CAST(${distance} / ${double(spreads[i] ?? 1)} * ${double(2 ** (2 * halfBits))} AS BIGINT) AS ${raw(`q${i}`)}`,
        ];
      });
      const halves = asked.map(
        (i) => sql`${raw(`q${i}`)} >> ${halfBits} AS ${high(i)}, ${raw(`q${i}`)} & ${2 ** halfBits - 1} AS ${low(i)}`,
      );
      return sql`(SELECT ${join(halves)} FROM (SELECT ${join(whole)} FROM ${ref}))`;
    },
  });
  const covariance = new Float64Array(size * size);
  pairs.forEach(([i, j], nth) => {
    const whole = (BigInt(sums[`a${nth}`] ?? 0) << BigInt(halfBits)) + BigInt(sums[`b${nth}`] ?? 0);
    const inUnits = (Number(whole) / 2 ** (3 * halfBits) / (rows - 1)) * (spreads[i] ?? 1) * (spreads[j] ?? 1);
    const value = inUnits * (measured[i]?.unit ?? 1) * (measured[j]?.unit ?? 1);
    if (!Number.isFinite(value)) throw tooWide(columns[i]?.name ?? '');
    covariance[i * size + j] = value;
    covariance[j * size + i] = value;
  });
  return covariance;
}

/** Each pair once, tile by tile. */
function pairsOf(size: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let top = 0; top < size; top += tile)
    for (let left = top; left < size; left += tile)
      for (let i = top; i < Math.min(top + tile, size); i++)
        for (let j = Math.max(i, left); j < Math.min(left + tile, size); j++) pairs.push([i, j]);
  return pairs;
}

/** The power of two that is no smaller; 1 for nothing. */
function powerAbove(value: number): number {
  if (!(value > 0)) return 1;
  return 2 ** Math.max(-1022, Math.min(1023, Math.ceil(Math.log2(value))));
}

function statisticsOf(found: ReadonlyMap<string, NumberStatistics>, name: string): NumberStatistics {
  const statistics = found.get(name);
  if (statistics === undefined) throw new Error(`"${name}" was not measured`);
  return statistics;
}

function refuseMissing(column: string, missing: number, rows: number): void {
  if (missing === 0) return;
  throw fail('pca.missing', {
    message: `"${column}" has no value in ${missing.toLocaleString('en')} of ${rows.toLocaleString('en')} training rows, and a component is a sum over all its columns.`,
    mend: 'Put Impute before this node, or leave the column out.',
    param: 'columns',
    column,
  });
}

const tooWide = (column: string): Error =>
  fail('pca.too-wide', {
    message: `The values of "${column}" lie so far apart that their variance is beyond the largest number there is (1.8e308).`,
    mend: 'Put Scale before this node.',
    param: 'columns',
    column,
  });
