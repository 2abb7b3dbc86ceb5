/** After Split, a choice among rows may be meant for the training rows alone: the other rows then pass as they are. */
import type { TableRef } from './capabilities.ts';
import { id, sql, type Sql } from './sql.ts';
import { partitionColumn } from './wires.ts';

/** Rows that a `trainingOnly` step must leave as they are; `undefined` when it is for everyone or the rows are not split. */
export function untouchedRows(rows: TableRef, trainingOnly: boolean): Sql | undefined {
  return trainingOnly && rows.hidden.includes(partitionColumn) ? sql`${id(partitionColumn)} IN ('validation', 'test')` : undefined;
}

export function keepingOthers(rows: TableRef, trainingOnly: boolean, condition: Sql): Sql {
  const others = untouchedRows(rows, trainingOnly);
  return others === undefined ? condition : sql`(${others} OR ${condition})`;
}
