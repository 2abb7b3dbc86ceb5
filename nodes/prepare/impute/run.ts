import { fitted, type OnnxColumn, type OnnxGraph } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { id, literal, raw, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, typeFamily, type Column, type TypeFamily } from '../../../shared/wires.ts';
import { askInBatches } from '../../../methods/preparation/in-batches.ts';
import { countValues } from '../../../methods/preparation/most-frequent.ts';
import { infinite, measureNumbers, type NumberStatistics } from '../../../methods/preparation/number-statistics.ts';
import { asDouble, isMissingValue, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { isMissing } from '../../../methods/preparation/present-number.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Fill = {
  readonly name: string;
  readonly type: string;
  /** DuckDB's type of the filled column. */
  readonly output: string;
  /** Numbers as number where JSON holds them exactly, everything else as DuckDB writes it. */
  readonly fill: string | number;
  readonly missing: number;
  readonly flag: string | null;
};
type State = { readonly columns: readonly Fill[] };

const families: readonly TypeFamily[] = ['number', 'text', 'boolean', 'time'];
/** What a column is filled with that has no value at all in the training rows. */
const zeroOf: Readonly<Record<TypeFamily, string>> = {
  number: '0',
  text: 'missing',
  boolean: 'false',
  time: '1970-01-01',
  other: '',
};

const isAveraged = (strategy: Params['strategy'], family: TypeFamily): boolean =>
  family === 'number' && (strategy === 'median' || strategy === 'mean');

export default fitted(spec, {
  fit: async ({ train, params, warn, progress }): Promise<State> => {
    const picked = pickColumns(params.columns, train.columns, families);
    const averaged = picked.filter((column) => isAveraged(params.strategy, typeFamily(column.type)));
    const statistics = await measureNumbers(train.query, train.ref, averaged);
    const counts = await askInBatches(train.query, picked, {
      aggregates: (c, i) => [sql`count(CASE WHEN ${isMissing(c)} THEN 1 END) AS ${raw(`m${i}`)}`],
      from: () => train.ref,
    });
    const flags = uniqueNames(
      picked.map((c) => `${c.name}_missing`),
      train.columns.map((c) => c.name),
    );
    const columns: Fill[] = [];
    for (const [i, column] of picked.entries()) {
      progress(i / picked.length, column.name);
      const family = typeFamily(column.type);
      const learnt = await learn(
        params,
        column,
        statistics.get(column.name),
        (of, limit) => countValues(train.query, train.ref, of, limit),
        (query) => train.query(query),
        train.ref,
      );
      if (learnt === undefined)
        warn({
          code: 'impute.all-missing',
          severity: 'warning',
          message: `"${column.name}" has no value in the training rows; it is filled with ${zeroOf[family]}.`,
          mend: 'Leave the column out, or give a constant.',
          param: 'columns',
          column: column.name,
        });
      columns.push({
        name: column.name,
        type: column.type,
        output: isAveraged(params.strategy, family) ? 'DOUBLE' : column.type,
        fill: asJson(learnt ?? zeroOf[family], family),
        missing: Number(counts[`m${i}`] ?? 0),
        flag: params.flag ? (flags[i] ?? null) : null,
      });
    }
    return { columns };
  },

  apply: ({ input, state }) => {
    // The type as it comes: a served row may hold DOUBLE where the training file held BIGINT.
    const given = new Map(input.columns.map((c) => [c.name, c]));
    const columns = state.columns.flatMap((c) => {
      const own = given.get(c.name);
      return own ? [{ ...c, type: own.type }] : [];
    });
    if (columns.length === 0) return sql`SELECT * FROM ${input.ref}`;
    const replaced = new Map(
      columns.map((c) => [
        c.name,
        sql`CASE WHEN ${isMissing(c)} THEN ${filled(c)} ELSE CAST(${id(c.name)} AS ${raw(c.output)}) END`,
      ]),
    );
    const added = columns.flatMap((c) => (c.flag === null ? [] : [sql`${isMissing(c)} AS ${id(c.flag)}`]));
    return sql`SELECT ${selectList(input, { replaced, added })} FROM ${input.ref}`;
  },

  onnx: ({ graph, columns, state }) => {
    for (const fill of state.columns) {
      const column = columns.get(fill.name);
      if (!column) continue;
      if (fill.flag !== null) columns.set(fill.flag, { value: isMissingValue(graph, column), type: 'bool' });
      columns.set(fill.name, filledTensor(graph, column, fill));
    }
  },
});

async function learn(
  params: Params,
  column: Column,
  statistics: NumberStatistics | undefined,
  count: (column: Column, limit: number) => Promise<{ value: string }[]>,
  query: (query: Sql) => Promise<readonly Readonly<Record<string, unknown>>[]>,
  ref: Sql,
): Promise<string | number | undefined> {
  const family = typeFamily(column.type);
  if (params.strategy === 'constant') return params.constant === '' ? zeroOf[family] : params.constant;
  if (statistics)
    return statistics.count === 0 ? undefined : params.strategy === 'mean' ? statistics.mean : statistics.median;
  if (params.strategy !== 'most-frequent' && family === 'time') {
    const found = (
      await query(sql`SELECT CAST(quantile_disc(${id(column.name)}, 0.5) AS VARCHAR) AS "middle" FROM ${ref}`)
    )[0]?.['middle'];
    return typeof found === 'string' ? found : undefined;
  }
  const frequent = (await count(column, 1))[0]?.value;
  if (family === 'number' && /^-?inf$/i.test(frequent ?? '')) throw infinite(column.name);
  return frequent;
}

/** A number stays one where it survives; beyond 2^53 its digits do. */
function asJson(value: string | number, family: TypeFamily): string | number {
  if (family !== 'number' || typeof value === 'number') return value;
  const number = Number(value);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number;
}

const filled = (c: Fill): Sql => sql`CAST(${raw(literal(c.fill))} AS ${raw(c.output)})`;

function filledTensor(graph: OnnxGraph, column: OnnxColumn, { fill, type, output }: Fill): OnnxColumn {
  if (column.type === 'string') {
    const value = onlyOutput(
      graph.node('Where', [isMissingValue(graph, column), graph.constant('string', [1], [String(fill)]), column.value]),
    );
    return { value, type: 'string' };
  }
  if (column.type === 'bool' || column.type === 'int64') return column;
  const double: OnnxColumn = { value: asDouble(graph, column), type: 'double' };
  const value = onlyOutput(
    graph.node('Where', [
      isMissingValue(graph, double),
      graph.constant('double', [1], [numberOf(fill, output)]),
      double.value,
    ]),
  );
  return { value, type: 'double', ...(column.holds === undefined || output !== type ? {} : { holds: column.holds }) };
}

/** The number that stands for a value in a matrix: dates as days, times as seconds since 1970. What is filled into whole numbers is rounded as SQL does. */
function numberOf(fill: string | number, type: string): number {
  switch (typeFamily(type)) {
    case 'boolean':
      return String(fill).toLowerCase() === 'true' ? 1 : 0;
    case 'time':
      return timeNumber(String(fill), type);
    default: {
      const number = Number(fill);
      return isInteger(type) ? Math.sign(number) * Math.round(Math.abs(number)) : number;
    }
  }
}

function timeNumber(text: string, type: string): number {
  if (type.startsWith('TIME') && !type.startsWith('TIMESTAMP')) {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map((part) => Number.parseFloat(part));
    return hours * 3600 + minutes * 60 + seconds;
  }
  // To the second by the calendar; the digits behind it are finer than JavaScript's clock.
  const [, day = '', time = '00:00:00', fraction = '', zone = ''] =
    /^(\d{4,}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|[+-][\d:]+)?)?$/.exec(text.trim()) ?? [];
  const offset = zone === '' || zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone;
  const seconds = Date.parse(`${day}T${time}${offset}`) / 1000 + Number(fraction === '' ? 0 : fraction);
  return type === 'DATE' ? Math.floor(seconds / 86_400) : seconds;
}
