/** What becomes of rows in parts, in words: for the log, the check and the run sheet. */
import type { Graph } from '../graph/graph.ts';
import type { Parting } from './axes/part/parting.ts';

export interface PartingNote {
  node: string;
  text: string;
  /** 1: by one query. */
  parts: number;
}

export function sayParting(graph: Graph, parting: Parting | undefined): PartingNote[] {
  if (parting === undefined) return [];
  const inParts = [...parting.nodes].flatMap(([node, { parts, form, ends }]): PartingNote[] =>
    ends
      ? [{ node, parts, text: `${parts} parts, ${form === 'merge' ? 'merged' : 'put together in their order'}` }]
      : [],
  );
  const whole = parting.whole.map(({ node, reason }): PartingNote => ({
    node,
    parts: 1,
    text: `one query, not in parts: "${graph.nodes.get(node)?.title ?? node}" – ${reason}`,
  }));
  return [...inParts, ...whole];
}
