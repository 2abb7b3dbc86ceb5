/** The columns that a learner reads, and refusals of those that it cannot. */
import type { TableInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { featuresOf, leftOutTexts, textFeaturesOf } from '../../shared/kind/learner.ts';
import { raw, sql, type Sql } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import { askInBatches } from '../preparation/in-batches.ts';
import { isMissing, presentNumber } from '../preparation/present-number.ts';
import type { LearnerContext, LearnerSettings } from './learner-context.ts';

export async function chooseFeatures(
  context: LearnerContext,
  table: TableInput,
  trainRows: Sql,
  settings: LearnerSettings,
  target: Column,
  rows: number,
): Promise<Column[]> {
  const texts = textFeaturesOf(settings.columns, table.columns, target.name);
  const readsTexts = settings.features === 'with-texts';
  if (texts.length > 0 && !readsTexts) context.warn(leftOutTexts(texts, context.node));
  const picked = featuresOf(settings.columns, table.columns, target.name);
  if (picked.length === 0 && readsTexts && texts.length > 0) return texts;
  if (picked.length === 0)
    throw fail('train.no-features', {
      message: 'There is no column to learn from.',
      mend:
        texts.length > 0
          ? 'Encode the text columns first.'
          : 'Let the rule pick at least one number, yes/no column or date.',
      param: 'columns',
    });
  const found = await askInBatches(table.query, picked, {
    aggregates: (c, i) => [
      sql`count(${presentNumber(c)}) AS ${raw(`n${i}`)}`,
      sql`count(*) FILTER (WHERE isinf(${presentNumber(c)})) AS ${raw(`inf${i}`)}`,
    ],
    from: () => sql`${trainRows} WHERE NOT ${isMissing(target)}`,
  });
  const infinite = picked.filter((_, i) => Number(found[`inf${i}`]) > 0);
  if (infinite.length > 0)
    throw fail('train.infinite', {
      message: `${list(infinite)} hold${infinite.length === 1 ? 's' : ''} infinite values in the training rows.`,
      mend: 'Replace them before this node, or leave the column out.',
      param: 'columns',
      column: infinite[0]?.name ?? '',
    });
  const empty = picked.filter((_, i) => Number(found[`n${i}`]) === 0);
  const missing = picked.filter((_, i) => Number(found[`n${i}`]) < rows);
  if (settings.features === 'without-missing' && missing.length > 0) throw missingValues(missing, context.node);
  if (empty.length === picked.length && !(readsTexts && texts.length > 0))
    throw fail('train.empty-features', {
      message: `No feature has a single value in the training rows: ${list(empty)}.`,
      mend: 'Look at how the columns are read, or choose others.',
      param: 'columns',
    });
  if (empty.length > 0)
    context.warn({
      code: 'train.empty-feature',
      severity: 'warning',
      message: `${list(empty)} ha${empty.length === 1 ? 's' : 've'} no value in the training rows and cannot help.`,
      mend: 'Leave out what is always missing.',
      param: 'columns',
      column: empty[0]?.name ?? '',
    });
  return readsTexts ? [...picked, ...texts] : picked;
}

function missingValues(columns: readonly Column[], node: string): Error {
  const names = columns.map((c) => c.name);
  return fail('train.missing-values', {
    message: `${list(columns)} ${columns.length === 1 ? 'has' : 'have'} missing values, for which a linear model has no rule.`,
    mend: 'Put Impute before, or leave the columns out.',
    param: 'columns',
    column: names[0] ?? '',
    facts: { columns: names },
    fixes: [
      {
        do: 'insert',
        title: 'Insert Impute before',
        kind: 'prepare.impute',
        params: { columns: { by: 'names', names } },
        node,
        side: 'before',
        port: 'rows',
      },
    ],
  });
}

const list = (columns: readonly Column[]): string =>
  columns.length > 6
    ? `"${columns
        .slice(0, 5)
        .map((c) => c.name)
        .join('", "')}" and ${columns.length - 5} more`
    : columns.map((c) => `"${c.name}"`).join(', ');
