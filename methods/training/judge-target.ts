/** What makes a target, or the weights beside it, unfit to learn from, in words. */
import type { TableInput, Watch } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { sql, type Sql } from '../../shared/sql.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import { isMissing, presentNumber } from '../preparation/present-number.ts';
import type { ClassLabel } from './class-labels.ts';

export async function judgeNumbers(
  { warn }: Pick<Watch, 'warn'>,
  table: TableInput,
  trainRows: Sql,
  target: Column,
): Promise<void> {
  if (typeFamily(target.type) === 'text')
    throw fail('train.target-type', {
      message: `The target "${target.name}" holds texts, which regression cannot predict.`,
      mend: 'Turn it into a number before Split, or set the task to classification.',
      param: 'task',
      column: target.name,
    });
  const value = presentNumber(target);
  const found =
    (
      await table.query(
        sql`SELECT count(*) FILTER (WHERE isinf(${value})) AS infinite, min(${value}) = max(${value}) AS constant, count(${value}) AS n FROM ${trainRows}`,
      )
    )[0] ?? {};
  if (found['constant'] === true && Number(found['n']) > 1)
    warn({
      code: 'train.constant-target',
      severity: 'warning',
      message: `The target "${target.name}" is the same in all ${Number(found['n'])} training rows: there is nothing to learn.`,
      mend: 'Check the target, the filters and the split.',
      column: target.name,
    });
  if (Number(found['infinite'] ?? 0) > 0)
    throw fail('train.infinite', {
      message: `The target "${target.name}" is infinite in ${Number(found['infinite'])} training rows.`,
      mend: 'Filter these rows out before this node.',
      column: target.name,
    });
}

export function judgeClasses(classes: readonly ClassLabel[], rows: number, target: Column): readonly ClassLabel[] {
  if (classes.length === 1)
    throw fail('train.one-class', {
      message: `All ${rows} training rows have the same class: "${target.name}" is ${String(classes[0])}.`,
      mend: 'Check the target, the filters and the split: at least two classes are needed.',
      column: target.name,
    });
  if (classes.length > 1000 || (classes.length > 20 && classes.length > rows / 2))
    throw fail('train.too-many-classes', {
      message: `The target "${target.name}" has ${classes.length} different values in ${rows} training rows: too many to be classes.`,
      mend:
        typeFamily(target.type) === 'number'
          ? 'Set the task to regression.'
          : 'Choose another target, or derive groups from it.',
      column: target.name,
    });
  return classes;
}

export async function refuseBadWeights(
  table: TableInput,
  trainRows: Sql,
  target: Column,
  weight: Column,
): Promise<void> {
  const value = presentNumber(weight);
  const found =
    (
      await table.query(sql`
    SELECT count(*) FILTER (WHERE ${isMissing(weight)}) AS missing, count(*) FILTER (WHERE ${value} < 0 OR isinf(${value})) AS bad, coalesce(max(${value}), 0) AS largest
    FROM ${trainRows} WHERE NOT ${isMissing(target)}`)
    )[0] ?? {};
  const missing = Number(found['missing'] ?? 0);
  const bad = Number(found['bad'] ?? 0);
  const refuse = (what: string): Error =>
    fail('train.bad-weight', {
      message: `The weight "${weight.name}" is ${what}.`,
      mend: 'Give every training row a weight of 0 or more, or take the role away on Split.',
      column: weight.name,
    });
  if (missing > 0) throw refuse(`missing in ${missing} training rows`);
  if (bad > 0) throw refuse(`negative or infinite in ${bad} training rows`);
  if (!(Number(found['largest']) > 0)) throw refuse('0 in all training rows');
}
