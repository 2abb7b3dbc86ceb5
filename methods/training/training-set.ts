/** What every trainer does before it learns: find target, task, classes and features, and refuse in words what cannot be learnt from. */
import type { ModelDraft, PartitionName, TableInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { isReadable, targetOf } from '../../shared/kind/learner.ts';

import { id, sql, type Sql } from '../../shared/sql.ts';
import { partitionColumn, typeFamily, type Column } from '../../shared/wires.ts';
import { classFacts, positiveClass } from '../evaluation/positive-class.ts';
import { isMissing } from '../preparation/present-number.ts';
import { classesOf, classNumbers, type ClassLabel } from './class-labels.ts';
import { chooseFeatures } from './choose-features.ts';
import { detectTask } from './detect-task.ts';
import { kindOf, sayKind, taskOf, type TargetKind } from './target-kind.ts';
import { judgeClasses, judgeNumbers, refuseBadWeights } from './judge-target.ts';
import type { LearnerContext, LearnerSettings } from './learner-context.ts';

export interface TrainingSet {
  learns: TargetKind;
  /** What the model's draft says of its answers. */
  answers: Pick<ModelDraft, 'task' | 'target' | 'classes'>;
  target: Column;
  /** Empty where numbers are learnt. */
  classes: readonly ClassLabel[];
  features: readonly Column[];
  /** Training rows with a target. */
  rows: number;
  withoutTarget: number;
  /** Target and weights of the rows of a partition that have a target, in `__row` order. */
  read: (partition: PartitionName) => Promise<TargetRows>;
  matrix32: (partition: PartitionName) => Promise<Float32Array>;
  matrix64: (partition: PartitionName) => Promise<Float64Array>;
  columns64: (partition: PartitionName) => Promise<(Float64Array | Uint8Array)[]>;
  /** Columns of texts or images for the same rows, as text. */
  texts: (columns: readonly string[], partition: PartitionName) => Promise<(string | null)[][]>;
  /** Of two classes, the number of the positive one. */
  positive: number;
  /** Facts for the model's page. */
  facts: Readonly<Record<string, string | number | readonly string[] | Readonly<Record<string, number>>>>;
}
export interface TargetRows {
  rows: number;
  /** Class numbers (−1: a class that no training row has), or values. */
  target: Float64Array;
  weights?: Float64Array;
}

// Over 80 lines: each refusal of rows stands where its column is read.
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
      : { learns: kindOf[settings.task], reason: 'chosen' };
  const { learns } = detected;
  context.log(`${sayKind[learns]}: ${detected.reason}.`);
  if (withoutTarget > 0)
    context.log(
      `${withoutTarget} of ${rows + withoutTarget} training rows have no target and are left out.`,
      'warning',
    );
  if (learns === 'numbers') await judgeNumbers(context, table, trainRows, target);

  const known = sql`NOT ${isMissing(target)}`;
  const labels = async (of: PartitionName): Promise<Parameters<typeof classNumbers>[0]> =>
    await table.values({ column: target.name, partition: of, where: known });
  const given = learns === 'classes' ? await labels(partition) : [];
  const classes = learns === 'classes' ? judgeClasses(classesOf(given), rows, target) : [];
  const classRows = classes.map(() => 0);
  for (const k of classNumbers(given, classes)) classRows[k] = (classRows[k] ?? 0) + 1;
  const features =
    settings.features === 'none' ? [] : await chooseFeatures(context, table, trainRows, settings, target, rows);
  const names = features.map((c) => c.name);
  const numbers = features.filter(isReadable).map((c) => c.name);
  const weight = table.withRole('weight');
  if (weight) await refuseBadWeights(table, trainRows, target, weight);

  return {
    learns,
    answers: { task: taskOf[learns], target, ...(learns === 'classes' ? { classes } : {}) },
    target,
    classes,
    positive: positiveClass(classes.map(String), classRows),
    features,
    rows,
    withoutTarget,
    read: async (of) => {
      const at = partitionOf(table, of);
      const values =
        learns === 'classes'
          ? Float64Array.from(classNumbers(await labels(at), classes))
          : (await table.matrix64({ columns: [target.name], partition: at, where: known })).values;
      const weights = weight
        ? (await table.matrix64({ columns: [weight.name], partition: at, where: known })).values
        : undefined;
      return { rows: values.length, target: values, ...(weights ? { weights } : {}) };
    },
    matrix32: async (of) =>
      (await table.matrix({ columns: numbers, partition: partitionOf(table, of), where: known, as: 'float32' })).values,
    // A table of texts alone has no numbers.
    matrix64: async (of) =>
      numbers.length === 0
        ? new Float64Array(0)
        : (await table.matrix64({ columns: numbers, partition: partitionOf(table, of), where: known })).values,
    columns64: (of) => table.columns64({ columns: numbers, partition: partitionOf(table, of), where: known }),
    texts: (columns, of) =>
      Promise.all(
        columns.map(async (column) => {
          const values = await table.values({ column, partition: partitionOf(table, of), where: known });
          return values.map((value) => (value === null ? null : String(value)));
        }),
      ),
    facts: {
      task: taskOf[learns],
      task_reason: detected.reason,
      rows,
      rows_without_target: withoutTarget,
      features: names,
      ...(classes.length > 0 ? { classes: classes.map(String), ...classFacts(classes.map(String), classRows) } : {}),
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
