/** What rows behind Split look up in a table that never went through it. */
import type { Problem } from '../../shared/errors.ts';
import type { TableSchema } from '../../shared/wires.ts';
import { withAncestors, type Graph, type PlanNode } from '../graph/graph.ts';
import { findLookedUpLeaks, type Lineage } from './lineage.ts';

/** The rows to which a table's values are added. */
const lookUpOf = (node: PlanNode): string | undefined => {
  const lookup = node.spec?.lookup?.(node.params);
  return lookup === undefined ? undefined : node.inputs.get(lookup.rows)?.[0]?.node;
};
const splitsBefore = (graph: Graph, id: string | undefined): PlanNode[] =>
  id === undefined
    ? []
    : [...withAncestors(graph, [id])].flatMap((before) => {
        const node = graph.nodes.get(before);
        return node?.spec?.marksRows === true ? [node] : [];
      });

export const looksUpBehindSplit = (graph: Graph, node: PlanNode): boolean =>
  splitsBefore(graph, lookUpOf(node)).length > 0;

/** A table that rows behind Split look values up in may be made of the rows that were divided. */
export function judgeLookUp(
  graph: Graph,
  node: PlanNode,
  inputs: Record<string, TableSchema | undefined>,
  schema: TableSchema,
  made: Lineage,
  lineage: ReadonlyMap<string, Lineage>,
): Problem[] {
  const lookup = node.spec?.lookup?.(node.params);
  const from = lookUpOf(node);
  const rows = lineage.get(from ?? '');
  if (lookup === undefined || rows === undefined || inputs[lookup.rows]?.split !== true) return [];
  if (inputs[lookup.table]?.split === true) return [];
  return splitsBefore(graph, from).flatMap((split) => {
    const before = lineage.get(split.inputs.get('rows')?.[0]?.node ?? '');
    return before === undefined ? [] : findLookedUpLeaks(graph, node, schema, { rows, made, split, before });
  });
}
