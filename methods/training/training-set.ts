/** What every trainer does before it learns: find target, task, classes and features, and refuse in words what cannot be learnt from. */
import type { PartitionName, TableInput, TaskType, Watch } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { featuresOf, leftOutTexts, targetOf, textFeaturesOf } from '../../shared/spec/learner.ts';
import type { ColumnRule } from '../../shared/spec/fields.ts';
import { id, join, raw, sql, type Sql } from '../../shared/sql.ts';
import { partitionColumn, typeFamily, type Column } from '../../shared/wires.ts';
import { isMissing, presentNumber } from '../preparation/present-number.ts';
import { classesOf, classNumbers, type ClassLabel } from './class-labels.ts';
import { detectTask } from './detect-task.ts';

export interface LearnerSettings {
  target: string;
  columns: ColumnRule;
  task: 'auto' | TaskType;
  /** A linear model has no rule for missing values; a constant reads nothing. */
  features: 'with-missing' | 'without-missing' | 'none';
}

export interface LearnerContext extends Watch {
  node: string;
  table: (port: string) => TableInput;
}

export interface TrainingSet {
  task: TaskType;
  target: Column;
  /** Empty for regression. */
  classes: readonly ClassLabel[];
  features: readonly Column[];
  /** Training rows with a target. */
  rows: number;
  withoutTarget: number;
  /** Target and weights of the rows of a partition that have a target, in `__row` order. */
  read: (partition: PartitionName) => Promise<TargetRows>;
  matrix32: (partition: PartitionName) => Promise<Float32Array>;
  matrix64: (partition: PartitionName) => Promise<Float64Array>;
  /** Facts for the model's page. */
  facts: Readonly<Record<string, string | number | readonly string[]>>;
}
export interface TargetRows {
  rows: number;
  /** Class numbers (−1: a class that no training row has), or values. */
  target: Float64Array;
  weights?: Float64Array;
}

export async function openTrainingSet(context: LearnerContext, settings: LearnerSettings): Promise<TrainingSet> {
  const table = context.table('rows');
  const target = findTarget(table, settings.target);
  const partition: PartitionName = table.schema.split ? 'train' : 'all';
  const trainRows = table.schema.split
    ? sql`(SELECT * FROM ${table.ref} WHERE ${id(partitionColumn)} = 'train')`
    : table.ref;
  const { rows, withoutTarget } = await countRows(table, trainRows, target);

  const detected =
    settings.task === 'auto'
      ? await detectTask(table.query, trainRows, target)
      : { task: settings.task, reason: 'chosen' };
  const { task } = detected;
  context.log(`${task === 'classification' ? 'Classification' : 'Regression'}: ${detected.reason}.`);
  if (withoutTarget > 0)
    context.log(
      `${withoutTarget} of ${rows + withoutTarget} training rows have no target and are left out.`,
      'warning',
    );
  if (task === 'regression') await judgeNumbers(context, table, trainRows, target);

  const known = sql`NOT ${isMissing(target)}`;
  const labels = async (of: PartitionName): Promise<Parameters<typeof classNumbers>[0]> =>
    await table.values({ column: target.name, partition: of, where: known });
  const classes = task === 'classification' ? judgeClasses(classesOf(await labels(partition)), rows, target) : [];
  const features =
    settings.features === 'none' ? [] : await chooseFeatures(context, table, trainRows, settings, target, rows);
  const names = features.map((c) => c.name);
  const weight = table.withRole('weight');
  if (weight) await refuseBadWeights(table, trainRows, target, weight);

  return {
    task,
    target,
    classes,
    features,
    rows,
    withoutTarget,
    read: async (of) => {
      const at = partitionOf(table, of);
      const values =
        task === 'classification'
          ? Float64Array.from(classNumbers(await labels(at), classes))
          : (await table.matrix64({ columns: [target.name], partition: at, where: known })).values;
      const weights = weight
        ? (await table.matrix64({ columns: [weight.name], partition: at, where: known })).values
        : undefined;
      return { rows: values.length, target: values, ...(weights ? { weights } : {}) };
    },
    matrix32: async (of) =>
      (await table.matrix({ columns: names, partition: partitionOf(table, of), where: known, as: 'float32' })).values,
    matrix64: async (of) =>
      (await table.matrix64({ columns: names, partition: partitionOf(table, of), where: known })).values,
    facts: {
      task,
      task_reason: detected.reason,
      rows,
      rows_without_target: withoutTarget,
      features: names,
      ...(classes.length > 0 ? { classes: classes.map(String) } : {}),
      ...(weight ? { weight: weight.name } : {}),
    },
  };
}

/** Without a Split every row is a training row. */
const partitionOf = (table: TableInput, partition: PartitionName): PartitionName =>
  table.schema.split ? partition : 'all';

function findTarget(table: TableInput, named: string): Column {
  const role = table.withRole('target');
  if (named !== '' && role && role.name !== named)
    throw fail('train.other-target', {
      message: `Split was told that the target is "${role.name}", but this node is to predict "${named}".`,
      mend: 'Let both name the same column.',
      param: 'target',
      column: named,
    });
  const target = role ?? targetOf({ target: named, columns: { by: 'all' } }, table.columns);
  if (!target)
    throw named === ''
      ? fail('train.no-target', {
          message: 'No column is named as the target.',
          mend: 'Name the target on Split, or choose it on this node.',
          param: 'target',
        })
      : fail('column.missing', {
          message: `There is no column "${named}".`,
          mend: `Choose one of ${table.columns.map((c) => c.name).join(', ')}.`,
          param: 'target',
          column: named,
        });
  if (['time', 'other'].includes(typeFamily(target.type)))
    throw fail('train.target-type', {
      message: `The target "${target.name}" is ${target.type}, which is neither a class nor a number.`,
      mend: 'Derive a number or a text from it before Split.',
      param: 'target',
      column: target.name,
    });
  return target;
}

async function countRows(
  table: TableInput,
  trainRows: Sql,
  target: Column,
): Promise<{ rows: number; withoutTarget: number }> {
  const found =
    (
      await table.query(
        sql`SELECT count(*) AS n, count(*) FILTER (WHERE ${isMissing(target)}) AS missing FROM ${trainRows}`,
      )
    )[0] ?? {};
  const all = Number(found['n'] ?? 0);
  const withoutTarget = Number(found['missing'] ?? 0);
  if (all === 0)
    throw fail('train.no-rows', {
      message: 'There are no training rows.',
      mend: 'Check the filters before this node and the fractions of Split.',
      port: 'rows',
    });
  if (withoutTarget === all)
    throw fail('train.no-targets', {
      message: `The target "${target.name}" is missing in all ${all} training rows.`,
      mend: 'Choose another target, or look at how it is read.',
      param: 'target',
      column: target.name,
    });
  return { rows: all - withoutTarget, withoutTarget };
}

async function judgeNumbers(
  { warn }: LearnerContext,
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

function judgeClasses(classes: readonly ClassLabel[], rows: number, target: Column): readonly ClassLabel[] {
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

async function refuseBadWeights(table: TableInput, trainRows: Sql, target: Column, weight: Column): Promise<void> {
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

async function chooseFeatures(
  context: LearnerContext,
  table: TableInput,
  trainRows: Sql,
  settings: LearnerSettings,
  target: Column,
  rows: number,
): Promise<Column[]> {
  const texts = textFeaturesOf(settings.columns, table.columns, target.name);
  if (texts.length > 0) context.warn(leftOutTexts(texts, context.node));
  const picked = featuresOf(settings.columns, table.columns, target.name);
  if (picked.length === 0)
    throw fail('train.no-features', {
      message: 'There is no column to learn from.',
      mend:
        texts.length > 0
          ? 'Encode the text columns first.'
          : 'Let the rule pick at least one number, yes/no column or date.',
      param: 'columns',
    });
  const found =
    (
      await table.query(sql`
    SELECT ${join(picked.flatMap((c, i) => [sql`count(${presentNumber(c)}) AS ${raw(`n${i}`)}`, sql`count(*) FILTER (WHERE isinf(${presentNumber(c)})) AS ${raw(`inf${i}`)}`]))}
    FROM ${trainRows} WHERE NOT ${isMissing(target)}`)
    )[0] ?? {};
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
  if (empty.length === picked.length)
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
  return picked;
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
