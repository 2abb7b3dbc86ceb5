/** What DuckDB says of the parts of a SELECT: the type of each, by its binder over empty tables, and the value of each that is the same for every row. */
import { literal } from '../../../shared/sql.ts';
import { asRecord, isRecord, type Tree } from '../../../shared/table/parse-tree.ts';
import { exactDoubles } from '../../sql/exact-doubles.ts';
import type { Database } from '../../table/database.ts';
import { isArithmetic } from './arithmetic.ts';
import { functionName, isNull } from './expression.ts';
import { isCovered } from './functions.ts';
import { textReader } from './read-text.ts';
import { Deferred, NotCovered, typeOf, type Value } from './value.ts';

export const parse = async (database: Database, statement: string): Promise<Tree> => {
  const text = String(await database.scalar(`SELECT json_serialize_sql(${literal(statement)})`));
  const tree: unknown = JSON.parse(text, readNumber);
  const statements = asRecord(tree)['statements'];
  const first: unknown = Array.isArray(statements) ? statements[0] : undefined;
  if (!isRecord(first)) throw new NotCovered(`SQL that cannot be read`);
  return asRecord(first['node']);
};

/** Not in the library's types. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** Numbers are written again as DuckDB wrote them: 1.0 is a DOUBLE there, and 19 digits are more than a number holds. Places in the text do not matter. */
function readNumber(key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === 'query_location') return 0;
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
  return rawJSON(source);
}

const toJson = (node: Tree): string => JSON.stringify(exactDoubles({ error: false, statements: [{ node }] }));

export const write = async (database: Database, node: Tree): Promise<string> =>
  String(await database.scalar(`SELECT json_deserialize_sql(${literal(toJson(node))}::JSON)`));

export interface BoundParts {
  types: ReadonlyMap<Tree, string>;
  constants: ReadonlyMap<Tree, { value: Value }>;
}

/**
 * @param roots expressions of the SELECT
 * @param from its FROM, over empty tables
 */
export async function bindParts(database: Database, roots: readonly Tree[], from: unknown): Promise<BoundParts> {
  const parts: Tree[] = [];
  const steady: Tree[] = [];
  for (const root of roots) collect(root, parts, steady, true);
  const types = new Map<Tree, string>();
  if (parts.length > 0) {
    const base = await parse(database, 'SELECT 1');
    const text = await write(database, { ...base, select_list: parts.map(unnamed), from_table: from });
    (await database.describe(text)).forEach(({ type }, i) => {
      const part = parts[i];
      if (part !== undefined) types.set(part, type);
    });
  }
  return { types, constants: await valuesOf(database, steady, types) };
}

const unnamed = (node: Tree): Tree => ({ ...node, alias: '' });

async function valuesOf(
  database: Database,
  nodes: readonly Tree[],
  types: ReadonlyMap<Tree, string>,
): Promise<Map<Tree, { value: Value }>> {
  const constants = new Map<Tree, { value: Value }>();
  if (nodes.length === 0) return constants;
  const base = await parse(database, 'SELECT 1');
  const text = await write(database, { ...base, select_list: nodes.map(unnamed) });
  // A text is its own text, whatever it is the value of.
  const names = nodes.map((_, i) => `v${i}`);
  const list = names.map((name) => `CAST(${name} AS VARCHAR)`).join(', ');
  const columns = await database.columns(`SELECT ${list} FROM (${text}) AS v(${names.join(', ')})`);
  nodes.forEach((node, i) => {
    const found = columns[i]?.values[0] ?? null;
    constants.set(node, { value: found === null ? null : readConstant(String(found), types.get(node) ?? '') });
  });
  return constants;
}

export function readConstant(text: string, type: string): Value {
  try {
    return textReader(typeOf(type))(text);
  } catch (thrown) {
    if (thrown instanceof Deferred) throw new NotCovered(`the value ${text} of type ${type}`);
    throw thrown;
  }
}

/** Types are needed of what a binder decides; the outermost of what names no column is computed once. */
function collect(node: Tree, parts: Tree[], steady: Tree[], isOutermost: boolean): void {
  if (isNull(node)) return;
  const isSteady = isOutermost && isConstant(node);
  if (isSteady) steady.push(node);
  if (isTyped(node)) parts.push(node);
  if (node['class'] === 'FUNCTION' && functionName(node) === 'error') return;
  for (const child of childrenOf(node)) collect(child, parts, steady, isOutermost && !isSteady);
}

const isTyped = (node: Tree): boolean =>
  ['CONSTANT', 'CAST', 'CASE', 'OPERATOR', 'COMPARISON', 'CONJUNCTION', 'BETWEEN'].includes(String(node['class'])) ||
  (node['class'] === 'FUNCTION' && functionName(node) !== 'error');

/** The expressions right below. */
export function childrenOf(node: Tree): Tree[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (['cast_type', 'value', 'order_bys', 'type_info'].includes(key)) return [];
    if (Array.isArray(value))
      return value.filter(isRecord).flatMap((one) => (isExpression(one) ? [one] : childrenOf(one)));
    return isRecord(value) ? (isExpression(value) ? [value] : childrenOf(value)) : [];
  });
}
const isExpression = (node: Tree): boolean => typeof node['class'] === 'string';

function isConstant(node: Tree): boolean {
  switch (node['class']) {
    case 'CONSTANT':
      return true;
    case 'FUNCTION': {
      const name = functionName(node);
      return (isArithmetic(name) || isCovered(name)) && childrenOf(node).every(isConstant);
    }
    case 'CAST':
    case 'CASE':
    case 'OPERATOR':
    case 'COMPARISON':
    case 'CONJUNCTION':
    case 'BETWEEN':
      return childrenOf(node).every(isConstant);
    default:
      return false;
  }
}
