import type { FitContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';
import {
  distanceIn,
  exactSum,
  exactSumFactor,
  farthest,
  measureNumbers,
  unitOf,
} from '../../../methods/preparation/number-statistics.ts';
import { isMissing, presentNumber } from '../../../methods/preparation/present-number.ts';
import type { groupFunctions } from './spec.ts';

export interface GroupAggregate {
  /** The aggregate, in a query that groups. */
  value: Sql;
  /** What it means, as a number. */
  of: (value: SqlValue) => number | null;
}

/**
 * An aggregate that is the same for every number of threads and order of rows: sums go through exact integers, as text since they are wider than a double.
 *
 * @throws `prepare.infinite` where a sum would be
 */
export async function groupAggregate(
  train: Pick<FitContext<unknown>['train'], 'query' | 'ref'>,
  kind: keyof typeof groupFunctions,
  column: Column,
): Promise<GroupAggregate> {
  if (kind === 'count') return { value: sql`count(*) FILTER (WHERE NOT ${isMissing(column)})`, of: plain };
  const number = presentNumber(column);
  if (kind === 'min' || kind === 'max' || kind === 'median') return { value: sql`${raw(kind)}(${number})`, of: plain };
  const found = (await measureNumbers(train.query, train.ref, [column])).get(column.name);
  const { min = 0, max = 0, mean = 0 } = found && found.count > 0 ? found : {};
  const factor = exactSumFactor(Math.max(-min, max));
  const count = sql`count(${number})`;
  switch (kind) {
    case 'sum':
      return {
        value: sumText(number, factor),
        of: (value) => (value === null ? null : finite(Number(value) / factor, column)),
      };
    case 'mean':
      return { value: together(count, sumText(number, factor)), of: ofParts(([n, sum]) => sum / n / factor) };
    case 'sd': {
      // From the mean of all rows, so that squares of numbers far from zero keep their digits.
      const unit = unitOf(Math.max(-min, max));
      const distance = distanceIn(unit, number, mean);
      const most = farthest(min, max, mean, unit);
      const [first, second] = [exactSumFactor(most), exactSumFactor(most * most)];
      return {
        value: together(count, sumText(distance, first), sumText(sql`(${distance} * ${distance})`, second)),
        of: ofParts(([n, sum, squares]) =>
          n < 2 ? null : unit * Math.sqrt(Math.max(0, squares / second - (sum / first) ** 2 / n) / (n - 1)),
        ),
      };
    }
  }
}

function finite(sum: number, { name }: Column): number {
  if (Number.isFinite(sum)) return sum;
  throw fail('prepare.infinite', {
    message: `The sum of "${name}" in a group is beyond the largest number that a column can hold (1.8e308).`,
    mend: 'Take the mean instead, or divide the values before.',
    column: name,
  });
}

const plain = (value: SqlValue): number | null => (value === null ? null : Number(value));
const sumText = (value: Sql, factor: number): Sql => sql`CAST(${exactSum(value, factor)} AS VARCHAR)`;
const together = (...parts: readonly [Sql, Sql, Sql?]): Sql =>
  sql`(${parts[0]} || '/' || ${parts[1]}${parts[2] === undefined ? sql`` : sql` || '/' || ${parts[2]}`})`;

function ofParts(combine: (parts: readonly [number, number, number]) => number | null): GroupAggregate['of'] {
  return (value) => {
    if (typeof value !== 'string') return null;
    const [count = NaN, sum = NaN, squares = NaN] = value.split('/').map(Number);
    return combine([count, sum, squares]);
  };
}
