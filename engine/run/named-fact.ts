/** A fact about a copy of a node, as people know the node: by its name in the file, with the place of the copy beside it. */
import type { RunFact } from '../../shared/run/run-events.ts';
import type { PlanNode } from '../graph/graph.ts';
import { trialAxis } from '../plan/axes/trial/axis.ts';

type Copies = ReadonlyMap<string, NonNullable<PlanNode['copy']>>;

export function named(fact: RunFact, copies: Copies): RunFact {
  if (copies.size === 0) return fact;
  const said: RunFact = JSON.parse(JSON.stringify(fact), (_key, value: unknown) =>
    typeof value === 'string' ? (copies.get(value)?.of ?? value) : value,
  );
  switch (said.type) {
    case 'run-planned': {
      const [compute, cached] = [unique(said.compute), unique(said.cached)];
      return {
        ...said,
        compute,
        cached: cached.filter((node) => !compute.includes(node)),
        skipped: unique(said.skipped),
      };
    }
    case 'segment-finished':
      return { ...said, nodes: unique(said.nodes), ...trialIn(fact, copies) };
    case 'run-started':
    case 'run-queued':
    case 'run-moves':
    case 'run-finished':
    case 'model-registered':
    case 'service-declared':
      return said;
    default: {
      const variant = { ...placeBesideTrial(fact, copies), ...said.variant };
      return { ...said, ...trialIn(fact, copies), ...(Object.keys(variant).length === 0 ? {} : { variant }) };
    }
  }
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
const namesIn = (fact: RunFact): readonly string[] =>
  'node' in fact ? [fact.node] : fact.type === 'segment-finished' ? fact.nodes : [];

function trialIn(fact: RunFact, copies: Copies): Pick<RunFact, 'trial'> {
  const name = namesIn(fact).find((one) => copies.get(one)?.trial !== undefined);
  const trial = name === undefined ? undefined : copies.get(name)?.trial;
  return trial === undefined ? {} : { trial };
}

/** An iteration, a call: what a person reads beside the name. */
function placeBesideTrial(fact: RunFact, copies: Copies): Record<string, string> {
  const [name = ''] = namesIn(fact);
  const { [trialAxis.name]: _, ...place } = copies.get(name)?.coordinates ?? {};
  return place;
}
