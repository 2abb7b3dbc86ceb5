/** Which chains may use all threads: those whose rows, and their order, are the same on any number of them. */
import type { RelationalContext, RelationalRun, Variation } from '../../../shared/capabilities.ts';
import { looksAtOtherRows } from '../../../shared/kind/expression-words.ts';
import type { Sql } from '../../../shared/sql.ts';
import { rowsOf, type PlanNode } from '../../graph/graph.ts';
import type { TableValue } from './table-value.ts';

/** Readers and row-wise steps give rows back in the order they came in, on any number of threads; a typed query or window promises nothing. */
export function variationOf(
  node: PlanNode,
  run: RelationalRun<never>,
  context: RelationalContext<never>,
  fragment: Sql,
): Variation | 'as-before' {
  if (run.varies !== undefined) return run.varies(context);
  if (node.spec?.marksRows === true) return 'nothing';
  return rowsOf(node) === 'mix' || fragment.typed.some(({ text }) => looksAtOtherRows(text)) ? 'values' : 'as-before';
}

/** An order that was lost is no loss to a step that makes its own; digits that vary stay so. */
export function threadsOf(
  own: Variation | 'as-before',
  before: readonly TableValue[],
): Pick<TableValue, 'mixes' | 'loose'> {
  if (own === 'values' || before.some((v) => v.mixes && v.loose !== true)) return { mixes: true };
  if (own === 'nothing') return { mixes: false };
  return own === 'order' || before.some((v) => v.mixes) ? { mixes: true, loose: true } : { mixes: false };
}
