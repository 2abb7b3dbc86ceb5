/** A WITH RECURSIVE that can never come to an end, seen by its form: most that never end cannot be told from those that do. */
import { isRecord } from '../../shared/table/parse-tree.ts';

/** The name of a query that adds to itself, each step as many rows as the last: behind UNION ALL stands itself alone, with nothing that leaves rows out. */
export function endlessName(node: Record<string, unknown>): string | undefined {
  const { right } = node;
  if (node['type'] !== 'RECURSIVE_CTE_NODE' || node['union_all'] !== true || !isRecord(right)) return undefined;
  const name = String(node['cte_name']);
  const from = right['from_table'];
  const isItself =
    right['type'] === 'SELECT_NODE' &&
    isRecord(from) &&
    from['type'] === 'BASE_TABLE' &&
    String(from['table_name']).toLowerCase() === name.toLowerCase();
  const leavesOut =
    ['where_clause', 'having', 'sample', 'qualify'].some((part) => right[part] !== null) ||
    [right['modifiers'], right['group_expressions']].some((list) => !Array.isArray(list) || list.length > 0) ||
    // A list of nothing gives no row.
    JSON.stringify(right['select_list']).includes('"unnest"') ||
    (isRecord(from) && from['sample'] !== null);
  return isItself && !leavesOut ? name : undefined;
}
