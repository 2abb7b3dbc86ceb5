/** The axes, outermost first: an inner one is told what the outer ones multiply. */
import type { Coordinates, Graph } from '../../graph/graph.ts';
import type { Axis, GraphWish } from './axis.ts';
import { foldAxis } from './fold/axis.ts';
import { partAxis } from './part/axis.ts';
import { trialAxis } from './trial/axis.ts';

export const axes: readonly Axis[] = [trialAxis, foldAxis, partAxis];

/** The graph with every node that the axes make of one. */
export const multiplyNodes = (graph: Graph, wish: GraphWish): Graph =>
  axes.reduce((made, axis) => axis.multiply?.(made, wish) ?? made, graph);

/** What a computation is called: `boosting`, `boosting[fold 2]`. @param own its place beside that of its node, whose name says the rest */
export function nameOf(node: string, own: Coordinates): string {
  const labels = axes.flatMap(({ name, label }) => {
    const value = own[name];
    return value === undefined ? [] : [label(value)];
  });
  return labels.length === 0 ? node : `${node}[${labels.join(', ')}]`;
}
