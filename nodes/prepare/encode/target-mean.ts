import { append } from '../../../shared/append.ts';
import type { ApplyContext, FitContext, KeptTable, OnnxContext, StateTable } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { double, id, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
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
  /** `[category (null: missing), fold (−1: all training rows), mean of each output]`: of the folds, those that have rows of the category. */
  readonly means: readonly (readonly (string | number | null)[])[] | KeptTable;
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
  const priors = smooth(await sumsOf(context, target, averaged), params.folds, averaged);
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
    if (averaged.classes) append(taken, outputs);
    const table = await context.keep(
      meanColumns(outputs.length),
      meansSql({ ...context, target, averaged, priors, category: categoryText(column) }),
    );
    columns.push({
      name: column.name,
      outputs,
      means: 'file' in table ? table : table.rows.map((row) => row.map(plain)),
    });
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
  fold: number;
  count: number;
  sums: readonly bigint[];
}

/** Of all training rows, by fold. */
async function sumsOf({ train, params }: FitContext<Params>, target: Column, { sums }: Averaged): Promise<Sums[]> {
  const rows = await train.query(sql`
    SELECT ${foldInTraining(params.folds, train.hidden)} AS fold, count(*) AS n${numbered(sums)}
    FROM ${train.ref} WHERE NOT ${isMissing(target)} GROUP BY ALL ORDER BY fold`);
  return rows.map((row) => ({
    fold: Number(row['fold']),
    count: Number(row['n']),
    sums: sums.map((_, k) => BigInt(row[`s${k}`] ?? 0)),
  }));
}

/** The overall means without each fold, then of everything. Sums are integers, so what is left after a fold is taken out is exact. */
function smooth(rows: readonly Sums[], folds: number, { sums, factor }: Averaged): number[][] {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return [...Array.from({ length: folds }, (_, fold) => fold), fullFit].map((fold) => {
    const own = rows.find((row) => row.fold === fold);
    return sums.map((_, k) => {
      const sum = rows.reduce((all, row) => all + (row === own ? 0n : (row.sums[k] ?? 0n)), 0n);
      const value = Number(sum) / factor / (total - (own?.count ?? 0));
      return Number.isFinite(value) ? value : 0;
    });
  });
}

const numbered = (sums: readonly Sql[]): Sql =>
  join(
    sums.map((sum, k) => sql`, ${sum} AS ${raw(`s${k}`)}`),
    '',
  );

const meanColumns = (outputs: number): Column[] => [
  { name: '__category', type: 'VARCHAR' },
  { name: '__fold', type: 'INTEGER' },
  ...Array.from({ length: outputs }, (_, k) => ({ name: `__mean_${k}`, type: 'DOUBLE' })),
];

interface Means extends Pick<FitContext<Params>, 'train' | 'params'> {
  target: Column;
  averaged: Averaged;
  /** By fold, the full fit last. */
  priors: readonly (readonly number[])[];
  category: Sql;
}

/** One query for any number of categories: each with all its rows, and without each fold that has some of them. */
function meansSql({ train, params, target, averaged: { sums, factor }, priors, category }: Means): Sql {
  const m = double(params.smoothing);
  const mean = (sum: Sql, count: Sql, prior: Sql): Sql => {
    const value = sql`(CAST(${sum} AS DOUBLE) / ${double(factor)} + ${m} * ${prior}) / (${count} + ${m})`;
    return sql`CASE WHEN isfinite(${value}) THEN ${value} ELSE 0 END`;
  };
  const priorWithout = (k: number): Sql =>
    sql`(CASE fold ${join(
      priors.slice(0, -1).map((p, fold) => sql`WHEN ${fold} THEN ${double(p[k] ?? 0)}`),
      ' ',
    )} END)`;
  const columns = (means: readonly Sql[]): Sql => join(means.map((value, k) => sql`${value} AS ${raw(`__mean_${k}`)}`));
  const whole = columns(sums.map((_, k) => mean(raw(`sum(s${k})`), raw('sum(n)'), double(priors.at(-1)?.[k] ?? 0))));
  const others = raw('sum(n) OVER (PARTITION BY category)');
  const without = columns(
    sums.map((_, k) => {
      const left = mean(raw(`(all${k} - s${k})`), raw('(total - n)'), priorWithout(k));
      return sql`CASE WHEN total = n THEN ${priorWithout(k)} ELSE ${left} END`;
    }),
  );
  const totals = join(
    sums.map((_, k) => raw(`, sum(s${k}) OVER (PARTITION BY category) AS all${k}`)),
    '',
  );
  return sql`SELECT * FROM (
    WITH grouped AS (
      SELECT ${category} AS category, ${foldInTraining(params.folds, train.hidden)} AS fold, count(*) AS n${numbered(sums)}
      FROM ${train.ref} WHERE NOT ${isMissing(target)} GROUP BY ALL
    )
    SELECT category AS __category, CAST(${fullFit} AS INTEGER) AS __fold, ${whole} FROM grouped GROUP BY category
    UNION ALL
    SELECT category, fold, ${without} FROM (SELECT *, ${others} AS total${totals} FROM grouped)
    ) ORDER BY __fold, __category NULLS LAST`;
}

const plain = (value: SqlValue): string | number | null =>
  typeof value === 'string' || value === null ? value : Number(value);

export const targetTables = (state: TargetState): Record<string, StateTable | KeptTable> =>
  Object.fromEntries(
    state.columns.map(({ name, outputs, means }) => [
      name,
      'file' in means ? means : { columns: meanColumns(outputs.length), rows: means },
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
    const all = raw(`__all_${i}`);
    const byFold = fold.render() !== String(fullFit);
    const found = (k: number): Sql => sql`${means}.${raw(`__mean_${k}`)}`;
    // A training row without a target may be the only one of its category in its fold: what all rows teach holds none of it.
    const values = outputs.map(
      (_, k) =>
        sql`coalesce(${found(k)}, ${byFold ? sql`${all}.${raw(`__mean_${k}`)}, ` : raw('')}${priorOf(state, k, fold)})`,
    );
    const replaces = outputs.length === 1 && outputs[0] === name;
    const text = categoryText(column, sql`__rows.${id(name)}`);
    const joined = (as: Sql, of: Sql): Sql =>
      sql`LEFT JOIN ${table(name)} AS ${as} ON ${as}.__category IS NOT DISTINCT FROM ${text} AND ${as}.__fold = ${of}`;
    return [
      {
        name,
        values: values.map((value, k) => ({ name: outputs[k] ?? name, value })),
        replaces,
        join: byFold ? sql`${joined(means, fold)} ${joined(all, sql`${fullFit}`)}` : joined(means, fold),
      },
    ];
  });
  if (found.length === 0) return sql`SELECT * FROM ${input.ref}`;
  const list = selectList(input, {
    replaced: new Map(found.flatMap((f) => (f.replaces ? f.values.map(({ value }) => [f.name, value] as const) : []))),
    without: new Set(found.flatMap((f) => (f.replaces ? [] : [f.name]))),
    added: found.flatMap((f) => (f.replaces ? [] : f.values.map(({ name, value }) => sql`${value} AS ${id(name)}`))),
    table: raw('__rows'),
  });
  return sql`SELECT ${list} FROM ${input.ref} AS __rows ${join(
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
  tables,
}: Pick<OnnxContext<Params, TargetState>, 'graph' | 'columns' | 'state' | 'tables'>): void {
  for (const { name, outputs, means } of state.columns) {
    const rows = 'file' in means ? (tables[name]?.rows ?? []) : means;
    const column = columns.get(name);
    if (!column) continue;
    columns.delete(name);
    outputs.forEach((output, k) => {
      const full = rows
        .filter((row) => row[1] === fullFit)
        .map((row): [string, number] => [String(row[0] ?? ''), Number(row[k + 2])]);
      columns.set(output, {
        value: lookUp(graph, name, column, new Map(full), state.priors.at(-1)?.[k] ?? 0),
        type: 'double',
      });
    });
  }
}
