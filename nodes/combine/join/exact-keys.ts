/** Keys that are compared: whole numbers with numbers with a fraction only as far as each is told from its neighbour. */
import { confusedFrom } from '../../../shared/table/mixed-numbers.ts';
import { raise } from '../../../shared/raise.ts';
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';

interface Side {
  as: 'l' | 'r';
  name: string;
  columns: readonly Column[];
}

const typeOf = ({ name, columns }: Side): string => columns.find((c) => c.name === name)?.type ?? '';

/**
 * The side's key as it is to be compared. Of 9007199254740993 read as a number with a fraction nothing says that it was not 9007199254740992, so that
 * such a key finds a wrong row: it stops the query.
 * @param kept both keys become one column, which has the type of the fraction
 */
export function comparedKey(side: Side, other: Side, kept: boolean): Sql {
  const key = sql`${raw(side.as)}.${id(side.name)}`;
  const [own, its] = [typeOf(side), typeOf(other)];
  const asFraction = confusedFrom(its, own);
  const asWhole = kept ? confusedFrom(own, its) : undefined;
  const from = asFraction ?? asWhole;
  if (from === undefined) return key;
  const isLarge =
    asFraction === undefined
      ? sql`${key} NOT BETWEEN ${raw(String(-from))} AND ${raw(String(from))}`
      : sql`isfinite(${key}) AND abs(${key}) >= ${raw(String(from))}`;
  const shown = asFraction === undefined ? sql`CAST(${key} AS VARCHAR)` : sql`printf('%.0f', CAST(${key} AS DOUBLE))`;
  const said = `The ${side.as === 'l' ? 'left' : 'right'} key "${side.name}" is ${own} and has `;
  return sql`CASE WHEN ${isLarge} THEN ${raise({
    code: 'join.inexact-keys',
    message: sql`${said} || ${shown} || ${`, the other is ${its}: numbers so large are not told from their neighbours when the two are compared.`}`,
    mend: 'Give both columns one type where they are read: whole number, or text.',
    param: 'keys',
    column: side.name,
  })} ELSE ${key} END`;
}
