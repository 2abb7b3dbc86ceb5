/** Warnings whose mend stands in the pipeline already: the node that would be put behind is there, and makes the same columns. */
import type { Fix, Problem } from '../../shared/errors.ts';
import { withDescendants, type Graph } from '../graph/graph.ts';

type Insert = Extract<Fix, { do: 'insert' }>;

export const isMended = (graph: Graph, { severity, fixes = [] }: Problem): boolean =>
  severity === 'warning' && fixes.some((fix) => fix.do === 'insert' && fix.side === 'after' && isThere(graph, fix));

function isThere(graph: Graph, { kind, node, params }: Insert): boolean {
  const wanted = namesIn(params);
  return [...withDescendants(graph, [node])].some((id) => {
    const one = graph.nodes.get(id);
    if (one === undefined || one.kind !== kind || one.disabled) return false;
    const made = namesIn(one.params);
    return [...wanted].every((name) => made.has(name));
  });
}

/** Each column that parameters name: by itself in a list, or as a key. A person may have changed how it is made. */
function namesIn(params: Record<string, unknown>): Set<string> {
  const names = Object.entries(params).flatMap(([param, value]) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown) => (isRecord(one) ? [`${param}.${String(one['name'])}`] : []))
      : isRecord(value)
        ? Object.keys(value).map((name) => `${param}.${name}`)
        : [],
  );
  return new Set(names);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
