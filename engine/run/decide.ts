/** What a run will compute and what it will take from the store, before anything runs: the text on the Run button, and the plan of the runner. */
import type { Artifact, ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { Instance } from '../graph/instance.ts';
import { effectsHold } from './effects.ts';

export interface Decision {
  /** Instances that will be computed, or take part in a query. */
  compute: ReadonlySet<Instance>;
  /** Results that are there. */
  stored: ReadonlyMap<Instance, Artifact>;
  /** Everything that the targets need, computed or not. */
  reached: ReadonlySet<Instance>;
}

export function decide(
  targets: readonly Instance[],
  store: Pick<ArtifactStore, 'find'>,
  ignoreStored = false,
  /** Of what is stored, these count all the same. */
  made: ReadonlySet<string> = new Set(),
): Decision {
  const compute = new Set<Instance>();
  const stored = new Map<Instance, Artifact>();
  const reached = new Set<Instance>();
  const seen = new Map<string, Artifact | undefined>();
  const find = (instance: Instance): Artifact | undefined => {
    if (instance.key === null || (ignoreStored && !made.has(instance.key))) return undefined;
    if (!seen.has(instance.key)) seen.set(instance.key, findWhole(instance, store));
    const artifact = seen.get(instance.key);
    if (artifact !== undefined) stored.set(instance, artifact);
    return artifact;
  };
  /** The result itself: an artifact, or what makes it. */
  const needResult = (instance: Instance): void => {
    if (find(instance) !== undefined || compute.has(instance)) return;
    compute.add(instance);
    for (const part of madeOf(instance)) needResult(part);
    if (instance.parted === undefined) for (const input of inputsOf(instance)) needInput(input);
  };
  /** The rows of a table output: lazy for relational and fitted nodes. */
  const needRows = (instance: Instance): void => {
    const form = instance.node.spec?.form;
    if (form === 'relational' && instance.node.spec?.marksRows !== true) {
      if (instance.parted !== undefined) return needResult(instance);
      if (find(instance) !== undefined || compute.has(instance)) return;
      compute.add(instance);
      inputsOf(instance).forEach(needInput);
    } else if (form === 'fitted') {
      const known = fittedSeen.has(instance);
      fittedSeen.add(instance);
      needResult(instance);
      if (!known) inputsOf(instance).forEach(needInput);
    } else needResult(instance);
  };
  const fittedSeen = new Set<Instance>();
  const needInput = (input: Instance): void => (givesTable(input) ? needRows(input) : needResult(input));
  const reach = (instance: Instance): void => {
    if (reached.has(instance)) return;
    reached.add(instance);
    madeOf(instance).forEach(reach);
    if (instance.parted === undefined) inputsOf(instance).forEach(reach);
  };
  for (const target of targets) {
    // What a check stops needs nothing yet: else all before it would count as there.
    if (target.key === null) continue;
    reach(target);
    needResult(target);
  }
  for (const instance of reached) find(instance);
  return { compute, stored, reached };
}

/** A task whose effect lies outside the store (a file written) counts as done only while the effect is still there. */
function findWhole(instance: Instance, store: Pick<ArtifactStore, 'find'>): Artifact | undefined {
  if (instance.key === null) return undefined;
  const artifact = store.find(instance.key);
  return artifact !== undefined && effectsHold(artifact) ? artifact : undefined;
}

/** The folds or parts that it is put together from. */
const madeOf = (instance: Instance): readonly Instance[] => instance.merges ?? instance.parted?.parts ?? [];
const inputsOf = (instance: Instance): Instance[] => [...instance.inputs.values()].flat().map((i) => i.instance);
const givesTable = (instance: Instance): boolean =>
  Object.values(instance.node.spec?.outputs ?? {}).some((p) => p.wire === 'table') && instance.merges === undefined;
