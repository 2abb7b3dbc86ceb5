/** Does a window see only rows that come before its own, by a column? `lag`, or a frame that ends before the row. */
import { asRecord, asRecords, asTexts, isRecord, type Tree } from '../../shared/table/parse-tree.ts';

const overFrames = new Set(['WINDOW_AGGREGATE', 'WINDOW_FIRST_VALUE', 'WINDOW_LAST_VALUE', 'WINDOW_NTH_VALUE']);

/** The name of the column by which it looks back. */
export function looksBackBy(window: Tree): string | undefined {
  const [order] = asRecords(window['orders']);
  const column = asRecord(order?.['expression']);
  if (column['class'] !== 'COLUMN_REF' || order?.['type'] === 'DESCENDING') return undefined;
  const type = String(window['type']);
  const isBack =
    type === 'WINDOW_LAG'
      ? (window['offset_expr'] ?? null) === null || isAbove0(window['offset_expr'])
      : overFrames.has(type) && String(window['end']).startsWith('EXPR_PRECEDING') && isAbove0(window['end_expr']);
  return isBack ? asTexts(column['column_names']).at(-1) : undefined;
}

/** A number or a span of time that is written out. */
function isAbove0(expression: unknown): boolean {
  const constants: unknown[] = [];
  let isOpen = false;
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (!isRecord(value)) return;
    if (value['class'] === 'CONSTANT') return void constants.push(asRecord(value['value'])['value']);
    // A minus, a column, a query: who knows.
    const isSpan = value['class'] === 'FUNCTION' && /^(to_|trunc$)/.test(String(value['function_name']));
    isOpen ||= value['class'] !== undefined && value['class'] !== 'CAST' && !isSpan;
    Object.values(value).forEach(walk);
  };
  walk(expression);
  return !isOpen && constants.length > 0 && constants.every((constant) => Number(constant) > 0);
}
