/** A table as a task sees it: lazily composed, read by query, in `__row` order. */
import type { Matrix, PartitionName, QueryRows, TableInput } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { id, literal, ref, type Sql } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn, typeFamily } from '../../../shared/wires.ts';
import { featureNumber } from '../../recipe/recipe-query.ts';
import { putRows, type Database, type NumberChunk } from '../../table/database.ts';
import { composeQuery, isSplit, rowOrder, type TableValue } from '../../recipe/compose/table-value.ts';

/** Runs work that executes a fused chain: says which nodes take part, and finds the culprit when it fails. */
export type Executing = <T>(value: TableValue, work: (database: Database) => Promise<T>) => Promise<T>;

export interface BoundTable extends TableInput {
  value: TableValue;
}

/** From so many columns on, rows are put in order where they are read to: DuckDB would sort all their values. */
const placedFrom = 100;

// Over 80 lines: a list of the ways to read one table, each of a few lines.
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
  const countRows = async (filter: string): Promise<number> =>
    Number(
      await executing(value, (database) =>
        database.scalar(composeQuery(value, (from) => `SELECT count(*) FROM ${from}${filter}`)),
      ),
    );
  // Counted first: then each part of the rows goes where it belongs, and they stand in memory once.
  const eachPart = async (
    columns: readonly string[],
    filter: string,
    visit: (part: NumberChunk, to: number | Int32Array) => void,
  ): Promise<void> => {
    const list = columns.map((c, i) => `${featureNumber(columnOf(c))} AS f${i}`).join(', ');
    const isRanked = value.hidden.includes(rowColumn);
    if (!isRanked || columns.length < placedFrom) {
      const select = composeQuery(value, (from) => `SELECT ${list} FROM ${from}${filter}${rowOrder(value)}`);
      return executing(value, (database) => database.eachNumbers(select, (part) => visit(part, part.at)));
    }
    const rank = `CAST(${rowColumn} AS DOUBLE) AS rank`;
    await executing(value, async (database) => {
      const placed = placesOf(
        await database.columns(composeQuery(value, (from) => `SELECT ${rank} FROM ${from}${filter}`)),
      );
      const select = composeQuery(value, (from) => `SELECT ${rank}, ${list} FROM ${from}${filter}`);
      await database.eachNumbers(select, ({ columns: [ranks, ...columns], ...part }) => {
        const to = Int32Array.from({ length: part.rows }, (_, row) => placed(ranks?.items[row] ?? 0));
        visit({ ...part, columns }, to);
      });
    });
  };
  const read = async <T extends Float32Array | Float64Array>(
    columns: readonly string[],
    filter: string,
    make: (size: number) => T,
  ): Promise<Matrix<T>> => {
    const rows = await countRows(filter);
    const values = make(rows * columns.length);
    await eachPart(columns, filter, (part, to) => putRows(part, values, to));
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
      return countRows(where(partition, undefined));
    },
    matrix: ({ columns, partition, where: more }) => read(columns, where(partition, more), sharedFloats),
    matrix64: ({ columns, partition, where: more }) =>
      read(columns, where(partition, more), (n) => new Float64Array(n)),
    columns64: async ({ columns, partition, where: more }) => {
      const filter = where(partition, more);
      const rows = await countRows(filter);
      const found = columns.map((name): Float64Array | Uint8Array =>
        typeFamily(columnOf(name).type) === 'boolean' ? new Uint8Array(rows) : new Float64Array(rows),
      );
      await eachPart(columns, filter, (part, to) => {
        part.columns.forEach(({ items, isNull }, c) => {
          let into = found[c] ?? new Float64Array(0);
          // Yes and no take a byte, and have no way to be missing.
          if (into instanceof Uint8Array && isNull !== null) found[c] = into = Float64Array.from(into);
          for (let r = 0; r < part.rows; r++)
            into[typeof to === 'number' ? to + r : (to[r] ?? 0)] =
              isNull !== null && isNull(r) ? Number.NaN : (items[r] ?? Number.NaN);
        });
      });
      return found;
    },
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

/** A rank's place among those that are there; equal ones go beside each other. */
function placesOf([column]: Awaited<ReturnType<Database['columns']>>): (rank: number) => number {
  const ranks = Float64Array.from(column?.values ?? [], Number).sort();
  const taken = new Int32Array(ranks.length);
  return (rank) => {
    let [low, high] = [0, ranks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranks[middle] ?? Infinity) < rank) low = middle + 1;
      else high = middle;
    }
    const before = taken[low] ?? 0;
    taken[low] = before + 1;
    return low + before;
  };
}

/** Threads that learn from it need no copy. */
const sharedFloats = (size: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * size));

const refName = (fragment: Sql): string => fragment.parts.map((p) => (typeof p === 'string' ? p : p.ref)).join('');
