import type { ApplyContext, FitContext, OnnxContext, StateTable } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { id, ids, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { compareText } from '../../../methods/preparation/compare-text.ts';
import { countValues } from '../../../methods/preparation/most-frequent.ts';
import { foldInTraining, foldToApply, fullFit } from '../../../methods/preparation/out-of-fold.ts';
import { exactSum, exactSumFactor } from '../../../methods/preparation/number-statistics.ts';
import { lookUp } from '../../../methods/preparation/onnx-lookup.ts';
import { categoryText, isMissing, presentNumber } from '../../../methods/preparation/present-number.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import type { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type TargetColumn = {
  readonly name: string;
  /** The columns that take its place: itself, or one for each class. */
  readonly outputs: readonly string[];
  /** `[category (null: missing), fold (−1: all training rows), mean of each output]` */
  readonly means: readonly (readonly (string | number | null)[])[];
};
export type TargetState = {
  readonly method: 'target';
  readonly folds: number;
  readonly columns: readonly TargetColumn[];
  /** By fold, the full fit last: the overall mean for each output. */
  readonly priors: readonly (readonly number[])[];
};

/** What is averaged: the number itself, or for each class (for two: the later one) whether the row has it. */
interface Averaged {
  sums: readonly Sql[];
  factor: number;
  classes: readonly string[] | undefined;
}

/**
 * Smoothed means (Micci-Barreca 2001, "A preprocessing scheme for high-cardinality categorical attributes"): (sum + m · prior) / (count + m).
 * A training row is given the value learned from the other folds.
 */
export async function fitTargetMean(context: FitContext<Params>): Promise<TargetState> {
  const { train, params, progress } = context;
  const target = train.columns.find((c) => c.role === 'target');
  if (!target)
    throw fail('encode.no-target', {
      message: 'The mean of the target needs a target.',
      mend: 'Name the target on Split.',
      param: 'method',
    });
  const averaged = await averagedTarget(context, target);
  const picked = pickColumns(params.columns, train.columns, ['text', 'boolean', 'number']);
  const gone = new Set(picked.map((c) => c.name));
  const taken = train.columns.filter((c) => !gone.has(c.name) || averaged.classes === undefined).map((c) => c.name);
  const totals = await sumsOf(context, target, averaged, sql`NULL::VARCHAR`);
  const priors = smooth(totals, params.folds, averaged.factor, averaged.sums.length, undefined, 0).map(
    (row) => row.means,
  );
  const columns: TargetColumn[] = [];
  for (const [i, column] of picked.entries()) {
    progress(i / picked.length, column.name);
    const outputs =
      averaged.classes === undefined
        ? [column.name]
        : uniqueNames(
            averaged.classes.map((label) => `${column.name}_${label}`),
            taken,
          );
    if (averaged.classes) taken.push(...outputs);
    const sums = await sumsOf(context, target, averaged, categoryText(column));
    const byCategory = Map.groupBy(sums, (row) => row.category);
    const means = [...byCategory].flatMap(([category, rows]) =>
      smooth(rows, params.folds, averaged.factor, averaged.sums.length, priors, params.smoothing).map(
        ({ fold, means: values }) => [category, fold, ...values],
      ),
    );
    columns.push({ name: column.name, outputs, means });
  }
  return {
    method: 'target',
    folds: params.folds,
    columns,
    priors: priors.map((p) => p.map((value) => (Number.isFinite(value) ? value : 0))),
  };
}

async function averagedTarget({ train }: FitContext<Params>, target: Column): Promise<Averaged> {
  if (typeFamily(target.type) === 'number') {
    const value = presentNumber(target);
    const row = (await train.query(sql`SELECT max(abs(${value})) AS largest FROM ${train.ref}`))[0];
    const factor = exactSumFactor(Number(row?.['largest'] ?? 0));
    return { sums: [exactSum(value, factor)], factor, classes: undefined };
  }
  const classes = (await countValues(train.query, train.ref, target)).map((c) => c.value).sort(compareText);
  if (classes.length > 100)
    throw fail('encode.too-many-classes', {
      message: `The target "${target.name}" has ${classes.length} classes; a mean for each would be as many columns.`,
      mend: 'Use one-hot or ordinal codes here.',
      param: 'method',
    });
  const counted = classes.length <= 2 ? classes.slice(-1) : classes;
  const text = categoryText(target);
  return {
    sums: counted.map((label) => sql`count(*) FILTER (WHERE ${text} = ${label})`),
    factor: 1,
    classes: classes.length <= 2 ? undefined : classes,
  };
}

interface Sums {
  category: string | null;
  fold: number;
  count: number;
  sums: readonly bigint[];
}

async function sumsOf(
  { train, params }: FitContext<Params>,
  target: Column,
  { sums }: Averaged,
  category: Sql,
): Promise<Sums[]> {
  const rows = await train.query(sql`
    SELECT ${category} AS category, ${foldInTraining(params.folds, train.hidden)} AS fold, count(*) AS n${join(
      sums.map((sum, k) => sql`, ${sum} AS ${raw(`s${k}`)}`),
      '',
    )}
    FROM ${train.ref} WHERE NOT ${isMissing(target)} GROUP BY ALL ORDER BY category NULLS LAST, fold`);
  return rows.map((row) => ({
    category: row['category'] === null || row['category'] === undefined ? null : String(row['category']),
    fold: Number(row['fold']),
    count: Number(row['n']),
    sums: sums.map((_, k) => BigInt(row[`s${k}`] ?? 0)),
  }));
}

/** Means without each fold, then of everything. Sums are integers, so what is left after a fold is taken out is exact. */
function smooth(
  rows: readonly Sums[],
  folds: number,
  factor: number,
  outputs: number,
  priors: readonly (readonly number[])[] | undefined,
  smoothing: number,
): { fold: number; means: number[] }[] {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const places = [...Array.from({ length: folds }, (_, fold) => fold), fullFit];
  return places.flatMap((fold, place) => {
    const own = rows.find((row) => row.fold === fold);
    const count = total - (own?.count ?? 0);
    if (priors !== undefined && count === 0) return [];
    const means = Array.from({ length: outputs }, (_, k) => {
      const sum = rows.reduce((all, row) => all + (row === own ? 0n : (row.sums[k] ?? 0n)), 0n);
      const prior = priors?.[place]?.[k] ?? 0;
      return (Number(sum) / factor + smoothing * prior) / (count + smoothing);
    });
    return [{ fold, means: means.map((value) => (Number.isFinite(value) ? value : 0)) }];
  });
}

export const targetTables = (state: TargetState): Record<string, StateTable> =>
  Object.fromEntries(
    state.columns.map(({ name, outputs, means }) => [
      name,
      {
        columns: [
          { name: '__category', type: 'VARCHAR' },
          { name: '__fold', type: 'INTEGER' },
          ...outputs.map((_, k) => ({ name: `__mean_${k}`, type: 'DOUBLE' })),
        ],
        rows: means,
      },
    ]),
  );

export function applyTargetMean({
  input,
  state,
  table,
  training,
}: Pick<ApplyContext<Params, TargetState>, 'input' | 'state' | 'table' | 'training'>): Sql {
  const fold = foldToApply(state.folds, input.hidden, training);
  const found = state.columns.flatMap(({ name, outputs }, i) => {
    const column = input.columns.find((c) => c.name === name);
    if (!column) return [];
    const means = raw(`__means_${i}`);
    const values = outputs.map(
      (output, k) => sql`coalesce(${means}.${raw(`__mean_${k}`)}, ${priorOf(state, k, fold)}) AS ${id(output)}`,
    );
    const replaces = outputs.length === 1 && outputs[0] === name;
    const text = categoryText(column, sql`__rows.${id(name)}`);
    return [
      {
        name,
        replaces,
        values,
        join: sql`LEFT JOIN ${table(name)} AS ${means} ON ${means}.__category IS NOT DISTINCT FROM ${text} AND ${means}.__fold = ${fold}`,
      },
    ];
  });
  if (found.length === 0) return sql`SELECT * FROM ${input.ref}`;
  const added = found.filter((f) => !f.replaces);
  const replaced = found.filter((f) => f.replaces).flatMap((f) => f.values);
  const without = added.length === 0 ? sql`` : sql` EXCLUDE (${ids(added.map((f) => f.name))})`;
  const instead = replaced.length === 0 ? sql`` : sql` REPLACE (${join(replaced)})`;
  return sql`SELECT __rows.*${without}${instead}${join(
    added.flatMap((f) => f.values).map((v) => sql`, ${v}`),
    '',
  )} FROM ${input.ref} AS __rows ${join(
    found.map((f) => f.join),
    ' ',
  )}`;
}

function priorOf(state: TargetState, k: number, fold: Sql): Sql {
  const values = state.priors.map((p) => p[k] ?? 0);
  const full = values.at(-1) ?? 0;
  if (fold.render() === String(fullFit)) return sql`${full}::DOUBLE`;
  return sql`(CASE ${fold} ${join(
    values.slice(0, -1).map((value, f) => sql`WHEN ${f} THEN ${value}::DOUBLE`),
    ' ',
  )} ELSE ${full}::DOUBLE END)`;
}

export function targetMeanOnnx({
  graph,
  columns,
  state,
}: Pick<OnnxContext<Params, TargetState>, 'graph' | 'columns' | 'state'>): void {
  for (const { name, outputs, means } of state.columns) {
    const column = columns.get(name);
    if (!column) continue;
    columns.delete(name);
    outputs.forEach((output, k) => {
      const full = means
        .filter((row) => row[1] === fullFit)
        .map((row): [string, number] => [String(row[0] ?? ''), Number(row[k + 2])]);
      columns.set(output, {
        value: lookUp(graph, name, column, new Map(full), state.priors.at(-1)?.[k] ?? 0),
        type: 'double',
      });
    });
  }
}
