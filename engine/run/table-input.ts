/** A table as a task sees it: lazily composed, read by query, in `__row` order. */
import type { Matrix, PartitionName, QueryRows, TableInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { id, literal, ref, type Sql } from '../../shared/sql.ts';
import { partitionColumn } from '../../shared/wires.ts';
import { featureNumber } from '../model/recipe-query.ts';
import type { Database } from '../table/database.ts';
import { composeQuery, isSplit, rowOrder, type TableValue } from './table-value.ts';

/** Runs work that executes a fused chain: says which nodes take part, and finds the culprit when it fails. */
export type Executing = <T>(value: TableValue, work: (database: Database) => Promise<T>) => Promise<T>;

export interface BoundTable extends TableInput {
  value: TableValue;
}

export function bindTable(
  name: string,
  value: TableValue,
  executing: Executing,
  others: () => readonly BoundTable[],
): BoundTable {
  const asked = <T>(text: Sql, work: (database: Database, select: string) => Promise<T>): Promise<T> => {
    const tables = new Map(others().map((t) => [refName(t.ref), t.value]));
    const used = text.parts.flatMap((p) => (typeof p === 'string' ? [] : [tables.get(p.ref) ?? value]));
    const ctes = new Map([value, ...used].flatMap((v) => v.ctes.map((c) => [c.name, c] as const)));
    const select = composeQuery({ ctes: [...ctes.values()], from: value.from }, () =>
      text.render((r) => (tables.get(r) ?? value).from),
    );
    return executing(value, (database) => work(database, select));
  };
  const query: QueryRows = (text) => asked(text, (database, select) => database.query(select));
  const where = (partition: PartitionName | undefined, more: Sql | undefined): string => {
    const conditions: string[] = [];
    if (isSplit(value) && partition !== undefined && partition !== 'all')
      conditions.push(`${partitionColumn} = ${literal(partition)}`);
    if (more !== undefined) conditions.push(`(${more.render(() => value.from)})`);
    return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  };
  const columnOf = (column: string) => {
    const found = value.columns.find((c) => c.name === column);
    if (found === undefined)
      throw fail('column.missing', {
        message: `There is no column "${column}" here.`,
        mend: 'Choose a column that the input has.',
        column,
      });
    return found;
  };
  const read = async <T extends Float32Array | Float64Array>(
    columns: readonly string[],
    filter: string,
    make: (size: number) => T,
  ): Promise<Matrix<T>> => {
    const list = columns.map((c, i) => `${featureNumber(columnOf(c))} AS f${i}`).join(', ');
    const { values, rows } = await executing(value, (database) =>
      database.matrix(
        composeQuery(value, (from) => `SELECT ${list} FROM ${from}${filter}${rowOrder(value)}`),
        (n, m) => make(n * m),
      ),
    );
    return { rows, columns, values };
  };
  return {
    value,
    vectors: (text) => asked(text, (database, select) => database.vectors(select)),
    schema: { columns: [...value.columns], split: isSplit(value) && value.allTraining !== true },
    columns: value.columns,
    ref: ref(name),
    query,
    withRole: (role) => value.columns.find((c) => c.role === role),
    // Without a Split every row is a training row; nothing is validation or test.
    count: async (partition) => {
      if ((!isSplit(value) || value.allTraining === true) && (partition === 'test' || partition === 'validation'))
        return 0;
      return Number(
        await executing(value, (database) =>
          database.scalar(composeQuery(value, (from) => `SELECT count(*) FROM ${from}${where(partition, undefined)}`)),
        ),
      );
    },
    matrix: ({ columns, partition, where: more }) => read(columns, where(partition, more), (n) => new Float32Array(n)),
    matrix64: ({ columns, partition, where: more }) =>
      read(columns, where(partition, more), (n) => new Float64Array(n)),
    values: async ({ column, partition, where: more }) => {
      const name_ = id(columnOf(column).name).render();
      const [first] = await executing(value, (database) =>
        database.columns(
          composeQuery(value, (from) => `SELECT ${name_} FROM ${from}${where(partition, more)}${rowOrder(value)}`),
        ),
      );
      return first?.values ?? [];
    },
  };
}

const refName = (fragment: Sql): string => fragment.parts.map((p) => (typeof p === 'string' ? p : p.ref)).join('');
