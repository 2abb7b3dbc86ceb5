/** A table of a recipe's state, joined by its key: read once, and asked by value. */
import { asRecord, asRecords, type Tree } from '../../../shared/table/parse-tree.ts';
import { id } from '../../../shared/sql.ts';
import type { Database } from '../../table/database.ts';
import { readConstant } from './bind-parts.ts';
import type { Typed } from './cast.ts';
import { alike } from './compare.ts';
import { compileExpression, type Scope } from './expression.ts';
import { NotCovered, typeOf, type Evaluate, type Frame, type Value } from './value.ts';

/** More would take the memory of a service. */
const mostRows = 1_000_000;

interface Table {
  rows: number;
  columns: ReadonlyMap<string, { type: string; values: readonly Value[] }>;
}
export interface Joined {
  /** Where the frame has the number of the row that was found; -1: none. */
  slot: number;
  table: Table;
  /** It names columns of this table alone, or none of them. */
  isOwn: (tree: Tree) => boolean;
  isFree: (tree: Tree) => boolean;
}

/** @param names in lower case */
export async function readTable(
  database: Database,
  select: string,
  columns: readonly { name: string; type: string }[],
  names: ReadonlySet<string>,
): Promise<Table> {
  const rows = Number(await database.scalar(`SELECT count(*) FROM (${select})`));
  if (rows > mostRows) throw new NotCovered(`a look-up of more than ${mostRows} rows`);
  const read = columns.filter((column) => names.has(column.name.toLowerCase()));
  if (read.length === 0) return { rows, columns: new Map() };
  const list = read.map((column) => `CAST(${id(column.name).render()} AS VARCHAR)`).join(', ');
  const found = await database.columns(`SELECT ${list} FROM (${select})`);
  return {
    rows,
    columns: new Map(
      read.map(({ name, type }, i) => [
        name.toLowerCase(),
        { type, values: (found[i]?.values ?? []).map((v) => (v === null ? null : readConstant(String(v), type))) },
      ]),
    ),
  };
}

/** Columns of the row that `find` names. */
function columnsBy({ table }: Joined, find: (frame: Frame) => number): ReadonlyMap<string, Typed> {
  return new Map(
    [...table.columns].map(([name, { type, values }]) => [
      name,
      { type: typeOf(type), evaluate: (frame: Frame) => values[find(frame)] ?? null },
    ]),
  );
}

interface Key {
  own: Evaluate;
  asked: Evaluate;
  /** A missing key finds a missing one. */
  finds: boolean;
}

export const lookUp = {
  /** Of the row whose number stands in the frame. */
  columns: (joined: Joined): ReadonlyMap<string, Typed> => columnsBy(joined, (frame) => Number(frame[joined.slot])),

  /** Of the row that the condition finds. */
  match: (joined: Joined, condition: Tree, scope: Scope): ReadonlyMap<string, Typed> => {
    const keys: Key[] = [];
    const tests: Evaluate[] = [];
    for (const part of conjuncts(condition)) {
      if (joined.isOwn(part)) tests.push(compileExpression(part, scope).evaluate);
      else keys.push(keyOf(joined, part, scope));
    }
    if (keys.length === 0) throw new NotCovered('a look-up without a key');
    const found = new Map<Value, number>();
    const frame: Frame = [];
    for (let row = 0; row < joined.table.rows; row++) {
      frame.fill(undefined);
      frame[joined.slot] = row;
      if (tests.some((test) => test(frame) !== true)) continue;
      const key = valueOf(keys, frame, (one) => one.own);
      if (key === undefined) continue;
      if (found.has(key)) throw new NotCovered('a look-up that finds several rows for one key');
      found.set(key, row);
    }
    const { slot } = joined;
    const find = (one: Frame): number => {
      const known = one[slot];
      if (typeof known === 'number') return known;
      const key = valueOf(keys, one, (k) => k.asked);
      const row = key === undefined ? -1 : (found.get(key) ?? -1);
      one[slot] = row;
      return row;
    };
    return columnsBy(joined, find);
  },
};

function conjuncts(node: Tree): Tree[] {
  if (node['class'] === 'CONJUNCTION' && node['type'] === 'CONJUNCTION_AND')
    return asRecords(node['children']).flatMap(conjuncts);
  return [node];
}

function keyOf({ isOwn, isFree }: Joined, part: Tree, scope: Scope): Key {
  const kind = part['type'];
  const [left, right] = [asRecord(part['left']), asRecord(part['right'])];
  const isTurned = isOwn(right) && isFree(left);
  if (part['class'] !== 'COMPARISON' || (kind !== 'COMPARE_EQUAL' && kind !== 'COMPARE_NOT_DISTINCT_FROM'))
    throw new NotCovered('a look-up by other than equal values');
  if (!isTurned && !(isOwn(left) && isFree(right))) throw new NotCovered('a look-up whose key is made of both sides');
  const { parts } = alike(
    [isTurned ? right : left, isTurned ? left : right].map((one) => compileExpression(one, scope)),
  );
  const [own, asked] = parts;
  if (own === undefined || asked === undefined) throw new NotCovered('a look-up');
  return { own: own.evaluate, asked: asked.evaluate, finds: kind === 'COMPARE_NOT_DISTINCT_FROM' };
}

/** One value, or a text that tells several values from any others; undefined: nothing equals it. */
function valueOf(keys: readonly Key[], frame: Frame, side: (key: Key) => Evaluate): Value | undefined {
  const [only] = keys;
  const values: Value[] = [];
  for (const key of keys) {
    const value = side(key)(frame);
    if (value === null && !key.finds) return undefined;
    values.push(value);
  }
  if (only !== undefined && keys.length === 1) return values[0] ?? null;
  return values.map((v) => `${v === null ? 'n' : typeof v}${String(v).length}:${String(v)}`).join('');
}
