/** Folds: between a Split by folds and an evaluation each node is computed once a fold, and once on all rows that are not test. */
import { recipeKey, type Recipe } from '../../../graph/keys.ts';
import { withAncestors, withDescendants, type Graph, type PlanNode } from '../../../graph/graph.ts';
import type { Instance, InstanceInput } from '../../../graph/instance.ts';
import type { Axis, AxisFacts, Expansion, KnownInstances, Place, Wire } from '../axis.ts';

/** The place that is fitted on all rows that are not test: it stands for the node. */
export const refit = 'refit';

export const foldAxis: Axis = {
  name: 'fold',
  label: (value) => value,
  find: async (graph, { report }) => {
    const folds = findFolds(graph, report);
    return folds === undefined ? undefined : expandFolds(folds);
  },
};

interface Folds {
  split: string;
  tags: string[];
  expanding: boolean;
  after: Set<string>;
  /** Nodes whose folds are gathered, and what they need. */
  before: Set<string>;
  evaluations: Set<string>;
  /** Predictions of rows by the models that did not see them. */
  predictions: Set<string>;
}
const gathers = (folds: Folds, id: string): boolean => folds.evaluations.has(id) || folds.predictions.has(id);

function expandFolds(folds: Folds): Expansion {
  return {
    axis: foldAxis.name,
    placesOf: (node) => (folds.after.has(node) ? [...(folds.before.has(node) ? folds.tags : []), refit] : undefined),
    input: (input, wire, place, known) => inputOfFold(input, wire, place, known, folds),
    own: (_sources, { id }) => (folds.predictions.has(id) ? { heldOut: true } : {}),
    end: (node, made) => {
      const last = made.at(-1);
      if (last === undefined) throw new Error(`the node ${node.id} has no fold`);
      return gathers(folds, node.id) ? gather(node, made) : last;
    },
  };
}

function inputOfFold(
  input: InstanceInput,
  { consumer }: Wire,
  place: Place,
  known: KnownInstances,
  folds: Folds,
): InstanceInput {
  const source = input.instance.node.id;
  if (place === undefined) return input;
  if (source === folds.split) return { ...input, fold: { tag: place, expanding: folds.expanding } };
  // What follows the gathered rows has them all.
  if (gathers(folds, source) && !folds.before.has(consumer.id)) return input;
  return { ...input, instance: known.at(input.instance, foldAxis.name, place) ?? input.instance };
}

function findFolds(graph: Graph, report: AxisFacts['report']): Folds | undefined {
  const splits = [...graph.nodes.values()].filter((n) => n.sound && n.spec?.folds?.(n.params));
  const [first, second] = splits;
  if (first === undefined) return undefined;
  const facts = first.spec?.folds?.(first.params);
  if (!facts) return undefined;
  if (second !== undefined)
    report({
      code: 'split.two-folds',
      severity: 'error',
      message: `"${first.id}" and "${second.id}" both split by folds.`,
      mend: 'Keep one of them; the other can split once.',
      node: second.id,
    });
  const { within, predictions } = findWithin(graph, first.id);
  const evaluations = new Set([...within].filter((id) => graph.nodes.get(id)?.spec?.category === 'evaluate'));
  return {
    split: first.id,
    tags: Array.from({ length: facts.count }, (_, i) => `fold ${i + 1}`).slice(facts.expanding ? 1 : 0),
    expanding: facts.expanding,
    after: within,
    before: withAncestors(graph, [...evaluations, ...predictions]),
    evaluations,
    predictions,
  };
}

/** What is computed for each fold: all that follows Split, up to predictions that were gathered, which are rows like any others to what follows them. */
function findWithin(graph: Graph, split: string): { within: Set<string>; predictions: Set<string> } {
  const after = withDescendants(graph, [split]);
  const within = new Set<string>();
  const predictions = new Set<string>();
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined || id === split || !after.has(id)) continue;
    const sources = [...node.inputs.values()].flat().map((source) => source.node);
    const isBeyond = sources.some((s) => after.has(s) && s !== split && !within.has(s));
    const takesGathered = sources.some((s) => predictions.has(s));
    // An evaluation measures each fold by its own model, by way of Predict too.
    if (isBeyond || (takesGathered && node.spec?.category !== 'evaluate')) continue;
    within.add(id);
    // Rows from elsewhere are new to every model, and get the one that is fitted on all rows.
    const isGathered = node.sound && node.spec?.outOfFold?.(node.params) === true;
    if (isGathered && sources.every((s) => after.has(s))) predictions.add(id);
  }
  return { within, predictions };
}

function gather(node: PlanNode, parts: readonly Instance[]): Instance {
  const keys = parts.map((p) => p.key).filter((k) => k !== null);
  const recipe: Recipe = { kind: 'flow.gather-folds', computes: 1, params: { of: node.kind }, inputs: { folds: keys } };
  const whole = keys.length === parts.length;
  return {
    id: node.id,
    node,
    coordinates: {},
    merges: parts,
    key: whole ? recipeKey(recipe) : null,
    recipe: whole ? recipe : null,
    inputs: new Map(),
    sources: [],
  };
}
