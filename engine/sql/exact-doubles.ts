import { isRecord, type Tree } from '../../shared/table/parse-tree.ts';

/**
 * A statement's tree as DuckDB can write it without changing a number: it writes a DOUBLE of the tree like a DECIMAL (`0.25` for `2.5e-1`), which is read with
 * another last bit. Here each is a text that is cast, and a text is read exactly.
 */
export function exactDoubles(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(exactDoubles);
  if (!isRecord(tree) || isRawJSON(tree)) return tree;
  const number = doubleIn(tree);
  if (number === undefined)
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, exactDoubles(value)]));
  const text = { type: { id: 'VARCHAR', type_info: null }, is_null: false, value: number };
  return {
    class: 'CAST',
    type: 'OPERATOR_CAST',
    alias: tree['alias'],
    query_location: tree['query_location'],
    child: { ...tree, alias: '', value: text },
    cast_type: { id: 'DOUBLE', type_info: null },
    try_cast: false,
  };
}

function doubleIn({ class: kind, value }: Tree): string | undefined {
  if (kind !== 'CONSTANT' || !isRecord(value) || value['is_null'] === true) return undefined;
  const { type, value: number } = value;
  if (!isRecord(type) || type['id'] !== 'DOUBLE') return undefined;
  return isRecord(number) ? String(number['rawJSON']) : String(number);
}

/** Not in the library's types. */
const { isRawJSON } = JSON as unknown as { isRawJSON: (value: unknown) => boolean };
