/** Trials: with a sweep, a node whose settings differ is another node, and so is all that follows it. The rest stands once for all trials. */
import { listConsumers, originOf, withDescendants, type Graph, type PlanNode } from '../../../graph/graph.ts';
import type { Axis, GraphWish } from '../axis.ts';
import type { Trial } from './trials.ts';

export const trialAxis: Axis = {
  name: 'trial',
  label: (value) => value,
  multiply: (graph, wish) => (wish.sweep.length === 0 ? graph : multiplyTrials(graph, wish)),
};

/** The trial that a node is of; none: it stands for all. */
export const trialOf = ({ copy }: PlanNode): string | undefined => copy?.coordinates[trialAxis.name];

function multiplyTrials(graph: Graph, { build, sweep, trials }: GraphWish): Graph {
  const swept = withDescendants(
    graph,
    sweep.map((axis) => axis.node),
  );
  // The same values given twice are one trial.
  const each = [...new Map(trials.map((trial) => [trial.label, trial])).values()].map((trial) => ({
    trial,
    graph: build(trial.file),
    // Who is alone keeps the names of the file.
    nameOf: (id: string): string => (swept.has(id) && trials.length > 1 ? `${id}[${trial.label}]` : id),
  }));
  const copies = (id: string): string[] => (swept.has(id) ? each.map(({ nameOf }) => nameOf(id)) : [id]);
  const nodes = new Map<string, PlanNode>();
  for (const [id, node] of graph.nodes)
    if (!swept.has(id)) nodes.set(id, node);
    else for (const one of each) nodes.set(one.nameOf(id), copyNode(one.graph.nodes.get(id) ?? node, one));
  return {
    nodes,
    order: graph.order.flatMap(copies),
    cyclic: graph.cyclic.flatMap(copies),
    consumers: listConsumers(nodes),
    problems: [
      ...graph.problems.filter((p) => p.node === undefined || !swept.has(p.node)),
      ...each.flatMap((one) =>
        one.graph.problems.flatMap((p) =>
          p.node !== undefined && swept.has(p.node) ? [{ ...p, node: one.nameOf(p.node) }] : [],
        ),
      ),
    ],
  };
}

const copyNode = (node: PlanNode, { trial, nameOf }: { trial: Trial; nameOf: (id: string) => string }): PlanNode => ({
  ...node,
  id: nameOf(node.id),
  copy: {
    of: originOf(node),
    coordinates: { ...node.copy?.coordinates, [trialAxis.name]: trial.label },
    trial: trial.values,
  },
  inputs: new Map(
    [...node.inputs].map(([port, sources]) => [port, sources.map((s) => ({ ...s, node: nameOf(s.node) }))]),
  ),
});
