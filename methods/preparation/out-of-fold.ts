/** Out-of-fold values: inside a run a training row is given what the other folds of the training rows teach, so that it never sees its own target. */
import { id, sql, type Sql } from '../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../shared/wires.ts';

/** The fold number that stands for "learned from all training rows". */
export const fullFit = -1;

/** The fold of a training row while its node learns: its rank modulo `folds` (Split has ranked the rows by hash). */
export const foldInTraining = (folds: number, hidden: readonly string[]): Sql =>
  hidden.includes(rowColumn) ? sql`(${id(rowColumn)} % ${folds})::INTEGER` : sql`0`;

/** The fold whose value a row is given: its own for a training row inside a run; the full fit for other rows, for rows without marks, and in a model. */
export function foldToApply(folds: number, hidden: readonly string[], training: boolean): Sql {
  if (!training || !hidden.includes(rowColumn) || !hidden.includes(partitionColumn)) return sql`${fullFit}`;
  return sql`(CASE WHEN ${id(partitionColumn)} = 'train' THEN ${foldInTraining(folds, hidden)} ELSE ${fullFit} END)`;
}
