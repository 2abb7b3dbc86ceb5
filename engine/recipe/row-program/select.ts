/** A SELECT over the rows of a recipe, and over tables that are the same for every row, as closures: one for each column that somebody needs. */
import { asRecord, asRecords, asTexts, isRecord, type Tree } from '../../../shared/table/parse-tree.ts';
import { id } from '../../../shared/sql.ts';
import type { Database } from '../../table/database.ts';
import { bindParts, childrenOf, parse, write } from './bind-parts.ts';
import type { Typed } from './cast.ts';
import { compileExpression, type Scope } from './expression.ts';
import { lookUp, readTable, type Joined } from './look-up.ts';
import { NotCovered, typeOf, type Evaluate } from './value.ts';

export interface NamedType {
  name: string;
  type: string;
}
/** Rows that go through the recipe, at one place of it. */
export interface Relation {
  columns: readonly NamedType[];
  /** By the names in lower case. */
  need: (names: ReadonlySet<string>) => Promise<ReadonlyMap<string, Typed>>;
}
/** What a compilation shares. */
export interface Workshop {
  database: Database;
  /** The name by which a SELECT names the rows. */
  rowsName: string;
  /** A place in the frame. */
  slot: () => number;
  /** Empty, with these columns: its name. */
  emptyTable: (columns: readonly NamedType[]) => Promise<string>;
  /** Conditions of WHERE, in the order of the steps. */
  filter: (passes: Evaluate) => void;
}

interface Item {
  alias: string;
  columns: readonly NamedType[];
  /** Absent: a table that is the same for every row, read from this SELECT. */
  rows?: Relation;
  steady?: string;
  condition?: Tree;
}

export async function compileSelect(
  shop: Workshop,
  node: Tree,
  rows: Relation,
  needed: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Typed>> {
  refuseOthers(node);
  const items: Item[] = [];
  const from = await openFrom(shop, asRecord(node['from_table']), rows, items);
  const outputs = expand(node, items).filter((one) => needed.has(one.name.toLowerCase()));
  const condition = node['where_clause'];
  const where: Tree[] = isRecord(condition) ? [condition] : [];
  const conditions = items.map((item) => item.condition).filter((one) => one !== undefined);
  const roots: Tree[] = [...outputs.map((one) => one.node), ...where, ...conditions];
  const columns = new Map<Item, ReadonlyMap<string, Typed>>();
  const find = finder(items);
  const wanted = new Map<Item, Set<string>>(items.map((item) => [item, new Set()]));
  for (const root of roots)
    for (const names of columnsIn(root)) {
      const { item, name } = find(names);
      wanted.get(item)?.add(name.toLowerCase());
    }
  const { types, constants } = await bindParts(shop.database, roots, from);
  const scope: Scope = {
    column: (names) => {
      const { item, name } = find(names);
      const found = columns.get(item)?.get(name.toLowerCase());
      if (found === undefined) throw new NotCovered(`the column "${names.join('.')}"`);
      return found;
    },
    typeOf: (part) => typeOf(types.get(part) ?? ''),
    constantOf: (part) => constants.get(part),
  };
  for (const item of items) {
    const names = wanted.get(item) ?? new Set();
    if (item.rows !== undefined) columns.set(item, await item.rows.need(names));
    else {
      const table = await readTable(shop.database, item.steady ?? '', item.columns, names);
      const joined: Joined = {
        slot: shop.slot(),
        table,
        isOwn: (tree) => columnsIn(tree).every((c) => find(c).item === item),
        isFree: (tree) => columnsIn(tree).every((c) => find(c).item !== item),
      };
      // Its own columns are known while its rows are put in order.
      columns.set(item, lookUp.columns(joined));
      columns.set(item, lookUp.match(joined, item.condition ?? {}, scope));
    }
  }
  for (const one of where) {
    const { evaluate, type } = compileExpression(one, scope);
    if (type.id !== 'BOOLEAN') throw new NotCovered('a WHERE that is neither true nor false');
    shop.filter(evaluate);
  }
  return new Map(
    outputs.map((one) => [one.name.toLowerCase(), remembered(shop, one.node, compileExpression(one.node, scope))]),
  );
}

/** Computed at most once for a row. */
function remembered(shop: Workshop, node: Tree, typed: Typed): Typed {
  if (node['class'] === 'COLUMN_REF' || typed.constant !== undefined) return typed;
  const slot = shop.slot();
  const { evaluate } = typed;
  return {
    ...typed,
    evaluate: (frame) => {
      const known = frame[slot];
      if (known !== undefined) return known;
      const value = evaluate(frame);
      frame[slot] = value;
      return value;
    },
  };
}

function refuseOthers(node: Tree): void {
  if (node['type'] !== 'SELECT_NODE') throw new NotCovered(String(node['type'] ?? 'nothing').toLowerCase());
  const isGiven = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
  for (const key of ['modifiers', 'group_expressions', 'group_sets', 'having', 'sample', 'qualify'])
    if (isGiven(node[key])) throw new NotCovered(key.replaceAll('_', ' '));
  const ctes = asRecord(node['cte_map'])['map'];
  if (isGiven(ctes)) throw new NotCovered('WITH');
}

/** Gives the same FROM over empty tables. */
async function openFrom(shop: Workshop, from: Tree, rows: Relation, items: Item[]): Promise<Tree> {
  const alias = String(from['alias'] ?? '') || String(from['table_name'] ?? '');
  if (from['type'] === 'JOIN') {
    const isPlain = from['join_type'] === 'LEFT' && from['ref_type'] === 'REGULAR';
    const condition = from['condition'];
    if (!isPlain || !isRecord(condition)) throw new NotCovered(`a join that is no LEFT JOIN ON`);
    const left = await openFrom(shop, asRecord(from['left']), rows, items);
    const before = items.length;
    const right = await openFrom(shop, asRecord(from['right']), rows, items);
    const joined = items[before];
    if (joined === undefined || items.length !== before + 1 || joined.rows !== undefined)
      throw new NotCovered('a join of the rows with themselves');
    joined.condition = condition;
    return { ...from, left, right };
  }
  if (!namesRows(shop, from)) {
    if (items.length === 0) throw new NotCovered('a table before the rows');
    return steadyItem(shop, from, alias, items);
  }
  if (from['type'] === 'BASE_TABLE') {
    if (asTexts(from['column_name_alias']).length > 0) throw new NotCovered('columns renamed in FROM');
    items.push({ alias, columns: rows.columns, rows });
    return leaf(shop, alias, rows.columns);
  }
  const inner = asRecord(asRecord(from['subquery'])['node']);
  if (from['type'] !== 'SUBQUERY' || asTexts(from['column_name_alias']).length > 0)
    throw new NotCovered(`FROM ${String(from['type']).toLowerCase()}`);
  const columns = await shop.database.describe(await write(shop.database, await emptied(shop, inner, rows)));
  items.push({ alias, columns, rows: { columns, need: (names) => compileSelect(shop, inner, rows, names) } });
  return leaf(shop, alias, columns);
}

async function steadyItem(shop: Workshop, from: Tree, alias: string, items: Item[]): Promise<Tree> {
  refuseVolatile(from);
  const base = await parse(shop.database, 'SELECT *');
  const steady = await write(shop.database, { ...base, from_table: from });
  const columns = await shop.database.describe(steady);
  items.push({ alias, columns, steady });
  return leaf(shop, alias, columns);
}

const volatile =
  /^(random|setseed|uuid|uuidv[47]|gen_random_uuid|now|today|nextval|currval|current_.*|get_current_.*|transaction_timestamp|txid_current|version|pg_.*)$/;
function refuseVolatile(tree: unknown): void {
  if (Array.isArray(tree)) tree.forEach(refuseVolatile);
  if (!isRecord(tree)) return;
  const name = tree['function_name'];
  if (typeof name === 'string' && volatile.test(name.toLowerCase())) throw new NotCovered(`${name}()`);
  Object.values(tree).forEach(refuseVolatile);
}

async function leaf(shop: Workshop, alias: string, columns: readonly NamedType[]): Promise<Tree> {
  const table = await shop.emptyTable(columns);
  const named = alias === '' ? '' : ` AS ${id(alias).render()}`;
  return asRecord((await parse(shop.database, `SELECT 1 FROM ${table}${named}`))['from_table']);
}

/** The same statement, over an empty table of the rows. */
async function emptied(shop: Workshop, tree: Tree, rows: Relation): Promise<Tree> {
  const table = await shop.emptyTable(rows.columns);
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace);
    if (!isRecord(value)) return value;
    if (value['type'] === 'BASE_TABLE' && value['table_name'] === shop.rowsName)
      return { ...value, table_name: table, alias: String(value['alias'] ?? '') || shop.rowsName };
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one)]));
  };
  return asRecord(replace(tree));
}

function namesRows(shop: Workshop, tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.some((one) => namesRows(shop, one));
  if (!isRecord(tree)) return false;
  if (tree['type'] === 'BASE_TABLE' && tree['table_name'] === shop.rowsName) return true;
  return Object.values(tree).some((one) => namesRows(shop, one));
}

/** Which table a column's name means. */
function finder(items: readonly Item[]): (names: readonly string[]) => { item: Item; name: string } {
  return (names) => {
    const name = (names.at(-1) ?? '').toLowerCase();
    const table = names.length > 1 ? names.slice(0, -1).join('.').toLowerCase() : undefined;
    const found = items.find(
      (item) =>
        (table === undefined || item.alias.toLowerCase() === table) &&
        item.columns.some((column) => column.name.toLowerCase() === name),
    );
    if (found === undefined) throw new NotCovered(`the name "${names.join('.')}"`);
    return { item: found, name };
  };
}

function columnsIn(node: Tree): (readonly string[])[] {
  if (node['class'] === 'COLUMN_REF') return [asTexts(node['column_names'])];
  if (node['class'] === 'FUNCTION' && String(node['function_name']).toLowerCase() === 'error') return [];
  return childrenOf(node).flatMap(columnsIn);
}

/** What the SELECT gives, each column as an expression. */
function expand(node: Tree, items: readonly Item[]): { name: string; node: Tree }[] {
  return asRecords(node['select_list']).flatMap((one) => {
    if (one['class'] !== 'STAR') return [{ name: String(one['alias'] ?? '') || lastName(one), node: one }];
    if (one['columns'] === true || isRecord(one['expr']) || asRecords(one['rename_list']).length > 0)
      throw new NotCovered('COLUMNS or RENAME');
    const table = String(one['relation_name'] ?? '').toLowerCase();
    const left = new Set(excludedOf(one).map((name) => name.toLowerCase()));
    const replaced = new Map(
      asRecords(one['replace_list']).map((each) => [String(each['key']).toLowerCase(), asRecord(each['value'])]),
    );
    return items
      .filter((item) => table === '' || item.alias.toLowerCase() === table)
      .flatMap((item) => item.columns.map((column) => ({ item, name: column.name })))
      .filter(({ name }) => !left.has(name.toLowerCase()))
      .map(({ item, name }) => ({ name, node: replaced.get(name.toLowerCase()) ?? reference(item, name) }));
  });
}

const reference = (item: Item, name: string): Tree => ({
  class: 'COLUMN_REF',
  type: 'COLUMN_REF',
  alias: '',
  column_names: item.alias === '' ? [name] : [item.alias, name],
});

const lastName = (node: Tree): string => asTexts(node['column_names']).at(-1) ?? '';

function excludedOf(star: Tree): string[] {
  const plain = star['exclude_list'];
  const names = Array.isArray(plain) ? plain.map((one) => (isRecord(one) ? String(one['column']) : String(one))) : [];
  return [...names, ...asRecords(star['qualified_exclude_list']).map((one) => String(one['column']))];
}
