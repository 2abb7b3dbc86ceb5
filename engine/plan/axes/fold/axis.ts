/** Folds: between a Split by folds and an evaluation each node is computed once a fold, and once on all rows that are not test. */
import { equalJson } from '../../../../shared/json/equal-json.ts';
import { recipeKey, type Recipe } from '../../../graph/keys.ts';
import { originOf, withAncestors, withDescendants, type Graph, type PlanNode } from '../../../graph/graph.ts';
import type { Instance, InstanceInput } from '../../../graph/instance.ts';
import type { Axis, AxisFacts, Expansion, KnownInstances, Place, Wire } from '../axis.ts';

/** The place that is fitted on all rows that are not test: it stands for the node. */
export const refit = 'refit';

export const foldAxis: Axis = {
  name: 'fold',
  label: (value) => value,
  find: async (graph, { report }) => {
    const found = findFolds(graph, report);
    return found.length === 0 ? undefined : expandFolds(found);
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

/** @param found one for each Split by folds: none of them follows another */
function expandFolds(found: readonly Folds[]): Expansion {
  const foldsOf = (node: string): Folds | undefined => found.find(({ after }) => after.has(node));
  return {
    axis: foldAxis.name,
    placesOf: (node) => {
      const folds = foldsOf(node);
      return folds === undefined ? undefined : [...(folds.before.has(node) ? folds.tags : []), refit];
    },
    input: (input, wire, place, known) => inputOfFold(input, wire, place, known, foldsOf(wire.consumer.id)),
    own: (_sources, { id }) => (foldsOf(id)?.predictions.has(id) === true ? { heldOut: true } : {}),
    end: (node, made) => {
      const folds = foldsOf(node.id);
      const last = made.at(-1);
      if (last === undefined || folds === undefined) throw new Error(`the node ${node.id} has no fold`);
      return gathers(folds, node.id) ? gather(node, made) : last;
    },
  };
}

function inputOfFold(
  input: InstanceInput,
  { consumer }: Wire,
  place: Place,
  known: KnownInstances,
  folds: Folds | undefined,
): InstanceInput {
  const source = input.instance.node.id;
  if (place === undefined || folds === undefined) return input;
  if (source === folds.split) return { ...input, fold: { tag: place, expanding: folds.expanding } };
  // What follows the gathered rows has them all.
  if (gathers(folds, source) && !folds.before.has(consumer.id)) return input;
  return { ...input, instance: known.at(input.instance, foldAxis.name, place) ?? input.instance };
}

function findFolds(graph: Graph, report: AxisFacts['report']): Folds[] {
  const splits: PlanNode[] = [];
  const found: Folds[] = [];
  for (const node of graph.nodes.values()) {
    const facts = node.sound ? node.spec?.folds?.(node.params) : undefined;
    if (!facts) continue;
    const other = splits.find((one) => standTogether(one, node));
    splits.push(node);
    if (other === undefined) found.push(foldsAfter(graph, node.id, facts));
    else
      report({
        code: 'split.two-folds',
        severity: 'error',
        message: `"${originOf(other)}" and "${originOf(node)}" both split by folds.`,
        mend: 'Keep one of them; the other can split once.',
        node: node.id,
      });
  }
  return found;
}

/** In one trial, or for all of them. */
const standTogether = ({ copy: one }: PlanNode, { copy: other }: PlanNode): boolean =>
  one === undefined || other === undefined || equalJson(one.coordinates, other.coordinates);

function foldsAfter(graph: Graph, split: string, { count, expanding }: { count: number; expanding: boolean }): Folds {
  const { within, predictions } = findWithin(graph, split);
  const evaluations = new Set([...within].filter((id) => graph.nodes.get(id)?.spec?.measures === true));
  return {
    split,
    tags: Array.from({ length: count }, (_, i) => `fold ${i + 1}`).slice(expanding ? 1 : 0),
    expanding,
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
    if (isBeyond || (takesGathered && node.spec?.measures !== true)) continue;
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
    coordinates: node.copy?.coordinates ?? {},
    merges: parts,
    key: whole ? recipeKey(recipe) : null,
    recipe: whole ? recipe : null,
    inputs: new Map(),
    sources: [],
  };
}
