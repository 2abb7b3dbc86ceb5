/** Which inputs of a graph a value depends on: an exported model asks for nothing that does not change its prediction. */
import type { GraphBuilder } from '../../../methods/onnx/graph-builder.ts';

export interface TracedGraph {
  graph: GraphBuilder;
  inputsOf: (value: string) => ReadonlySet<string>;
  /** Whether any operator has taken it. */
  isRead: (value: string) => boolean;
}

export function traceInputs(g: GraphBuilder): TracedGraph {
  const origins = new Map<string, ReadonlySet<string>>();
  const read = new Set<string>();
  const inputsOf = (value: string): ReadonlySet<string> => origins.get(value) ?? new Set();
  const node: GraphBuilder['node'] = (op, from, attributes, options) => {
    for (const value of from) read.add(value);
    const made = g.node(op, from, attributes, options);
    const origin = new Set(from.flatMap((value) => [...inputsOf(value)]));
    for (const value of made) origins.set(value, origin);
    return made;
  };
  const graph: GraphBuilder = {
    ...g,
    input: (name, type, dims) => {
      origins.set(name, new Set([name]));
      return g.input(name, type, dims);
    },
    node,
    splice: (parts, from) => {
      const origin = new Set(from.flatMap((value) => [...inputsOf(value)]));
      for (const value of parts.values) origins.set(value, origin);
      g.splice(parts, from);
    },
    apply: (op, from, attributes, options) => node(op, from, attributes, options)[0] ?? '',
  };
  return { graph, inputsOf, isRead: (value) => read.has(value) };
}
