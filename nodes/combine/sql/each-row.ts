/**
 * Is a query a step that each row takes alone? Its tree says so: SELECTs over one table and nothing of other rows (no WHERE, GROUP BY, DISTINCT, LIMIT, join,
 * aggregate, window, subquery in an expression or UNNEST). The same SELECTs then carry the hidden columns, by which a row stays the row that it was.
 */
import { asRecord, asRecords, asTexts, isRecord, type Tree, type TreeTools } from '../../../shared/table/parse-tree.ts';

/** Where in the text something stands; what stands nowhere has a number that is too large for JSON. */
const place = 'query_location';

/** @returns the query with the hidden columns in each of its SELECTs; undefined: it may mix rows */
export async function eachRowQuery(
  query: string,
  hidden: readonly string[],
  tools: TreeTools,
): Promise<string | undefined> {
  const [statement, ...more] = asRecords(asRecord(await tools.parse(query))['statements']);
  if (statement === undefined || more.length > 0) return undefined;
  const node = rewrite(asRecord(statement['node']), new Set(['rows']), hidden, tools.aggregates);
  if (node === undefined || !isExact(node)) return undefined;
  const tree = { error: false, statements: [{ ...statement, node: withoutPlaces(node) }] };
  const text = await tools.write(tree);
  // What is written must be read as what was meant.
  const again = text === undefined ? undefined : asRecords(asRecord(await tools.parse(text))['statements']);
  return again !== undefined && sameTree(again, tree.statements) ? text : undefined;
}

const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

function rewrite(
  node: Tree,
  tables: ReadonlySet<string>,
  hidden: readonly string[],
  aggregates: ReadonlySet<string>,
): Tree | undefined {
  if (node['type'] !== 'SELECT_NODE' || !keepsRows(node)) return undefined;
  const known = new Set(tables);
  const ctes: Tree[] = [];
  for (const entry of asRecords(asRecord(node['cte_map'])['map'])) {
    const value = asRecord(entry['value']);
    const query = asRecord(value['query']);
    if (asTexts(value['aliases']).length > 0) return undefined;
    const inner = rewrite(asRecord(query['node']), known, hidden, aggregates);
    if (inner === undefined) return undefined;
    known.add(lower(entry['key']));
    ctes.push({ ...entry, value: { ...value, query: { ...query, node: inner } } });
  }
  const from = rewriteFrom(asRecord(node['from_table']), known, hidden, aggregates);
  if (from === undefined) return undefined;
  const items = asRecords(node['select_list']);
  const names = new Set([lower(from['alias']), lower(from['table_name'])].filter((name) => name !== ''));
  if (!items.every((item) => isAlone(item, names, aggregates, true))) return undefined;
  const carried = items.some((item) => item['class'] === 'STAR');
  return {
    ...node,
    // The order of rows is none of a row's business.
    modifiers: [],
    cte_map: { ...asRecord(node['cte_map']), map: ctes },
    select_list: carried ? items : [...items, ...hidden.map(columnRef)],
    from_table: from,
  };
}

/** Nothing beside the list of columns chooses, groups or doubles rows. */
const keepsRows = (node: Tree): boolean =>
  [node['where_clause'], node['having'], node['qualify'], node['sample']].every((one) => (one ?? null) === null) &&
  asRecords(node['group_expressions']).length === 0 &&
  (Array.isArray(node['group_sets']) ? node['group_sets'] : []).length === 0 &&
  node['aggregate_handling'] === 'STANDARD_HANDLING' &&
  asRecords(node['modifiers']).every((modifier) => modifier['type'] === 'ORDER_MODIFIER');

function rewriteFrom(
  table: Tree,
  known: ReadonlySet<string>,
  hidden: readonly string[],
  aggregates: ReadonlySet<string>,
): Tree | undefined {
  if ((table['sample'] ?? null) !== null || asTexts(table['column_name_alias']).length > 0) return undefined;
  if (table['type'] === 'BASE_TABLE')
    return known.has(lower(table['table_name'])) &&
      lower(table['schema_name']) === '' &&
      (table['at_clause'] ?? null) === null
      ? table
      : undefined;
  if (table['type'] !== 'SUBQUERY') return undefined;
  const query = asRecord(table['subquery']);
  const inner = rewrite(asRecord(query['node']), known, hidden, aggregates);
  return inner === undefined ? undefined : { ...table, subquery: { ...query, node: inner } };
}

/** A value made from its own row's columns. */
function isAlone(
  value: unknown,
  tables: ReadonlySet<string>,
  aggregates: ReadonlySet<string>,
  isItem = false,
): boolean {
  if (Array.isArray(value)) return value.every((one) => isAlone(one, tables, aggregates));
  if (!isRecord(value)) return true;
  const { class: kind, type } = value;
  if (kind === 'WINDOW' || kind === 'SUBQUERY' || kind === 'POSITIONAL_REFERENCE' || type === 'POSITIONAL_REFERENCE')
    return false;
  if (kind === 'STAR' && (!isItem || value['columns'] === true || (value['expr'] ?? null) !== null)) return false;
  if (kind === 'FUNCTION') {
    const name = lower(value['function_name']);
    if (aggregates.has(name) || moreRows.has(name)) return false;
  }
  // A table's own name stands for the whole row, with what is hidden in it.
  const names = kind === 'COLUMN_REF' ? asTexts(value['column_names']) : [];
  if (names.length === 1 && tables.has(lower(names[0]))) return false;
  return Object.values(value).every((one) => isAlone(one, tables, aggregates));
}
const moreRows = new Set(['unnest', 'unlist', 'generate_subscripts']);

const columnRef = (name: string): Tree => ({
  class: 'COLUMN_REF',
  type: 'COLUMN_REF',
  alias: '',
  [place]: 0,
  column_names: [name],
});

/** No number of the tree was rounded when it was read. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isExact);
  return !isRecord(value) || Object.entries(value).every(([name, one]) => name === place || isExact(one));
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, name === place ? 0 : withoutPlaces(one)]),
  );
}

/** Equal but for where in the text something stands. */
function sameTree(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => sameTree(one, b[i]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => name === place || sameTree(a[name], b[name]));
}
