/** What a graph's file need not say: nodes that no output depends on, and copies that only give a tensor another name. */
import type { GraphNode } from './graph-node.ts';

/** The nodes, in their order, that the outputs depend on. */
export function neededNodes(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const wanted = new Set(outputs);
  const needed: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && wanted.has(name))) continue;
    needed.push(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return needed.reverse();
}

/**
 * Lets nodes write outputs themselves, where else a copy would follow. Only for graphs whose outputs are never written where an input lies: a node may come
 * before others that still read this input.
 */
export function withoutCopies(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const isOutput = new Set(outputs);
  const made = new Set(nodes.flatMap((node) => (node.op === 'Identity' ? [] : node.outputs)));
  const renamed = new Map<string, string>();
  const kept = nodes.filter((node) => {
    const [from = '', to = ''] = [node.inputs[0], node.outputs[0]];
    const isCopy = node.op === 'Identity' && isOutput.has(to) && !isOutput.has(from);
    if (!isCopy || !made.has(from) || renamed.has(from)) return true;
    renamed.set(from, to);
    return false;
  });
  const now = (name: string): string => renamed.get(name) ?? name;
  return kept.map((node) => ({ ...node, inputs: node.inputs.map(now), outputs: node.outputs.map(now) }));
}
