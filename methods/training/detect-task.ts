import type { QueryRows } from '../../shared/capabilities.ts';
import { sql, type Sql } from '../../shared/sql.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import type { TargetKind } from './target-kind.ts';
import { isMissing, presentNumber } from '../preparation/present-number.ts';

export interface DetectedTask {
  learns: TargetKind;
  /** Why, in words: for the log and the model's page. */
  reason: string;
}

/** Whole numbers are classes when they are at most this many, and at least `rowsPerClass` rows come to each. */
const mostNumericClasses = 20;
const rowsPerClass = 10;

/** Text and yes/no targets are classes; so are whole numbers with few different values; every other number is regression. */
export async function detectTask(query: QueryRows, rows: Sql, target: Column): Promise<DetectedTask> {
  const family = typeFamily(target.type);
  if (family !== 'number')
    return {
      learns: 'classes',
      reason: `"${target.name}" holds ${family === 'boolean' ? 'yes and no' : 'texts'}`,
    };
  const value = presentNumber(target);
  const found =
    (
      await query(
        sql`SELECT count(*) AS n, count(DISTINCT ${value}) AS different, coalesce(bool_and(${value} = floor(${value})), false) AS whole FROM ${rows} WHERE NOT ${isMissing(target)}`,
      )
    )[0] ?? {};
  const n = Number(found['n'] ?? 0);
  const different = Number(found['different'] ?? 0);
  if (found['whole'] !== true) return { learns: 'numbers', reason: `"${target.name}" holds numbers with decimals` };
  if (different <= 2 || (different <= mostNumericClasses && n >= different * rowsPerClass))
    return {
      learns: 'classes',
      reason: `"${target.name}" holds only ${different} different whole numbers in ${n} rows`,
    };
  return { learns: 'numbers', reason: `"${target.name}" holds ${different} different whole numbers in ${n} rows` };
}
