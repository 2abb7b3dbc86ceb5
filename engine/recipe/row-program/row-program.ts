/**
 * A recipe as typed closures over one row, for the steps and values where no bit differs from what DuckDB computes. SQL stays the definition: a recipe that
 * holds anything else is refused by its name, and a row whose value only DuckDB reads, or that it would refuse, is left to it.
 */
import { FlowyardError } from '../../../shared/errors.ts';
import type { SqlValue } from '../../../shared/sql.ts';
import type { Database } from '../../table/database.ts';
import { parse } from './bind-parts.ts';
import type { Typed } from './cast.ts';
import { toText } from './raw-text.ts';
import { textReader } from './read-text.ts';
import { compileSelect, type NamedType, type Relation, type Workshop } from './select.ts';
import { Deferred, NotCovered, typeOf, type Evaluate, type Frame, type SqlType, type Value } from './value.ts';

export type RawCells = Readonly<Record<string, SqlValue>>;

export interface RowRecipe {
  base: readonly NamedType[];
  /** A text of nothing is a missing one. */
  isEmptyMissing: boolean;
  steps: readonly RowStep[];
  /** A list of expressions over the last table, all DOUBLE. */
  features: string;
  width: number;
}
export interface RowStep {
  title: string;
  /** SELECT over `rowsName`. */
  sql: string;
  /** Of the table after it. */
  columns: readonly NamedType[];
  /** Why a row that it leaves out has no answer; absent: it leaves none out. */
  leavesOut?: string;
}
/** How a SELECT of a recipe names the rows that it is applied to. */
export const rowsName = 'flowyard_rows';

export interface Uncovered {
  /** The title of the step. */
  step: string;
  what: string;
}
/** `answered`: its numbers are written; `deferred`: SQL answers it; else why the row is left out. */
export type RowOutcome = 'answered' | 'deferred' | { leftOut: string };
export interface RowProgram {
  width: number;
  /** Missing is NaN. */
  compute: (row: RawCells, into: Float64Array, at: number) => RowOutcome;
}

/** Where the frame holds the row itself. */
export async function compileRows(database: Database, recipe: RowRecipe): Promise<RowProgram | Uncovered> {
  let current = 'the model';
  const filters: { passes: Evaluate; why: string }[] = [];
  const tables = new Map<string, string>();
  const readers: { slot: number; name: string; read: (value: SqlValue) => Value }[] = [];
  let slots = 0;
  let leavesOut: string | undefined;
  const shop: Workshop = {
    database,
    rowsName,
    slot: () => slots++,
    emptyTable: async (columns) => {
      const list = columns.map((c) => `"${c.name.replaceAll('"', '""')}" ${c.type}`).join(', ');
      const name = tables.get(list) ?? `flowyard_empty_${tables.size}`;
      if (!tables.has(list)) {
        tables.set(list, name);
        await database.run(`CREATE TEMP TABLE ${name} (${list})`);
      }
      return name;
    },
    filter: (passes) => {
      if (leavesOut === undefined) throw new NotCovered('WHERE');
      filters.push({ passes, why: leavesOut });
    },
  };
  const base: Relation = {
    columns: withRow(recipe.base),
    need: async (names) => {
      const found = recipe.base.filter((column) => names.has(column.name.toLowerCase()));
      return new Map(found.map((column) => [column.name.toLowerCase(), cellOf(column)]));
    },
  };
  const cells = new Map<string, Typed>();
  const cellOf = ({ name, type }: NamedType): Typed => {
    const known = cells.get(name);
    if (known !== undefined) return known;
    const slot = shop.slot();
    const sqlType = typeOf(type);
    readers.push({ slot, name, read: cellReader(sqlType, recipe.isEmptyMissing) });
    const typed: Typed = { type: sqlType, evaluate: (frame) => frame[slot] ?? null };
    cells.set(name, typed);
    return typed;
  };
  /** The table after so many steps. A filter of one of them holds whatever is read. */
  const after = (count: number): Relation => {
    const step = recipe.steps[count - 1];
    if (step === undefined) return base;
    const before = after(count - 1);
    return {
      columns: withRow(step.columns),
      need: async (names) => {
        const tree = await at(step, () => parse(database, step.sql));
        const lazy: Relation = { columns: before.columns, need: (wanted) => before.need(wanted) };
        return at(step, () => compileSelect(shop, tree, lazy, names));
      },
    };
  };
  async function at<T>(step: RowStep, work: () => Promise<T>): Promise<T> {
    const outer = { current, leavesOut };
    [current, leavesOut] = [step.title, step.leavesOut];
    const result = await work();
    ({ current, leavesOut } = outer);
    return result;
  }
  try {
    const tree = await parse(database, `SELECT ${recipe.features} FROM ${rowsName}`);
    const names = new Set(Array.from({ length: recipe.width }, (_, i) => `f${i}`));
    const columns = await compileSelect(shop, tree, after(recipe.steps.length), names);
    const outputs = [...names].map((name) => numberOf(columns.get(name)));
    return { width: recipe.width, compute: makeCompute(slots, readers, filters, outputs) };
  } catch (thrown) {
    if (thrown instanceof NotCovered) return { step: current, what: thrown.what };
    // A part that DuckDB alone refuses may never be reached in the query.
    if (thrown instanceof FlowyardError) return { step: current, what: thrown.message };
    throw thrown;
  } finally {
    for (const name of tables.values()) await database.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

const withRow = (columns: readonly NamedType[]): NamedType[] =>
  columns.some((c) => c.name === '__row') ? [...columns] : [...columns, { name: '__row', type: 'BIGINT' }];

function numberOf(typed: Typed | undefined): Evaluate {
  if (typed?.type.id !== 'DOUBLE') throw new NotCovered('a feature that is no number');
  return typed.evaluate;
}

function makeCompute(
  slots: number,
  readers: readonly { slot: number; name: string; read: (value: SqlValue) => Value }[],
  filters: readonly { passes: Evaluate; why: string }[],
  outputs: readonly Evaluate[],
): RowProgram['compute'] {
  const frame: Frame = Array.from({ length: slots });
  return (row, into, at) => {
    frame.fill(undefined);
    try {
      for (const { slot, name, read } of readers) frame[slot] = read(row[name] ?? null);
      for (const { passes, why } of filters) if (passes(frame) !== true) return { leftOut: why };
      outputs.forEach((output, i) => {
        const value = output(frame);
        into[at + i] = value === null ? Number.NaN : Number(value);
      });
      return 'answered';
    } catch (thrown) {
      if (thrown instanceof Deferred) return 'deferred';
      throw thrown;
    }
  };
}

/** A cell as `CAST(text AS type)` reads it. */
function cellReader(type: SqlType, isEmptyMissing: boolean): (value: SqlValue) => Value {
  const read = textReader(type);
  const readPlain = (value: Exclude<SqlValue, null>): Value => read(toText(value));
  switch (type.id) {
    case 'VARCHAR':
      return (value) => {
        if (value === null) return null;
        const text = toText(value);
        // Half of a pair is no character, and becomes the mark for one that is lost.
        return text === '' && isEmptyMissing ? null : text.toWellFormed();
      };
    case 'DOUBLE':
      // Through a text minus zero loses its sign.
      return (value) => (typeof value === 'number' ? value + 0 : value === null ? null : readPlain(value));
    case 'BOOLEAN':
      return (value) => (value === null || typeof value === 'boolean' ? value : readPlain(value));
    default:
      return (value) => (value === null ? null : readPlain(value));
  }
}
