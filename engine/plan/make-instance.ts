/** One computation of a plan with its key, or the one of the plan before it where nothing of it is different. */
import { equalJson } from '../../shared/json/equal-json.ts';
import type { PlanNode } from '../graph/graph.ts';
import { ownCoordinates, type Instance, type InstanceInput } from '../graph/instance.ts';
import { recipeKey, type Recipe } from '../graph/keys.ts';
import type { FoundSource } from '../sources/found-source.ts';
import { readsFiles } from './read-sources.ts';

export type Base = Pick<Instance, 'id' | 'node' | 'coordinates' | 'inputs' | 'heldOut' | 'partial'>;

/** One object, since what is said of a node depends on its files. */
export const noFiles: readonly FoundSource[] = [];
export const unmade = (base: Base): Instance => ({ ...base, key: null, recipe: null, sources: noFiles });

export function makeInstance(base: Base, sources: readonly FoundSource[], old: Instance | undefined): Instance {
  if (old !== undefined && isAsBefore(old, base, sources)) return old;
  return canBeMade(base) ? keyed({ ...unmade(base), sources }) : unmade(base);
}

export const canBeMade = ({ node, inputs }: Pick<Base, 'node' | 'inputs'>): boolean =>
  node.sound &&
  Object.entries(node.spec?.inputs ?? {}).every(([port, spec]) => spec.optional || (inputs.get(port)?.length ?? 0) > 0);

/** Of a node that stands once: whether all that an instance is made of is there as it was. What a file holds must be asked anew. */
export function isUntouched(instance: Instance, main: ReadonlyMap<string, Instance>): boolean {
  const { node, inputs, merges, parted, problem } = instance;
  if (
    readsFiles(node) ||
    Object.keys(ownCoordinates(instance)).length > 0 ||
    merges !== undefined ||
    parted !== undefined ||
    problem !== undefined
  )
    return false;
  for (const wired of inputs.values())
    for (const input of wired)
      if (input.fold !== undefined || main.get(input.instance.node.id) !== input.instance) return false;
  return true;
}

function isAsBefore(old: Instance, base: Base, sources: readonly FoundSource[]): boolean {
  return (
    old.node === base.node &&
    equalJson(old.coordinates, base.coordinates) &&
    old.heldOut === base.heldOut &&
    old.partial === base.partial &&
    old.merges === undefined &&
    old.parted === undefined &&
    old.problem === undefined &&
    equalJson(old.sources, sources) &&
    old.inputs.size === base.inputs.size &&
    [...base.inputs].every(([port, wired]) => {
      const others = old.inputs.get(port) ?? [];
      return wired.length === others.length && wired.every((input, i) => isSameInput(input, others[i]));
    })
  );
}
const isSameInput = (a: InstanceInput, b: InstanceInput | undefined): boolean =>
  a.instance === b?.instance && a.port === b.port && equalJson(a.fold, b.fold) && a.none === b.none;

/** The instance with its recipe; without one where an input has none. */
function keyed(instance: Instance): Instance {
  const { node, inputs, sources, heldOut, partial } = instance;
  const wiredKeys: Record<string, string[]> = {};
  for (const [port, wired] of inputs) {
    const keys = wired.map((i) =>
      i.instance.key === null
        ? null
        : `${i.instance.key}.${i.port}${i.fold === undefined ? '' : `@${i.fold.tag}`}${i.none === true ? '@none' : ''}`,
    );
    const known = keys.filter((k) => k !== null);
    if (known.length !== keys.length) return { ...instance, key: null, recipe: null };
    wiredKeys[port] = known;
  }
  const params =
    sources.length === 0
      ? node.params
      : { ...node.params, ...Object.fromEntries(sources.map((s) => [s.param, { content: s.sha256 }])) };
  const recipe: Recipe = {
    kind: node.kind,
    computes: node.spec?.computes ?? 0,
    params,
    inputs: wiredKeys,
    ...(heldOut === true ? { fold: 'held out' } : {}),
    ...(partial === true ? { partial } : {}),
    ...(givesModel(node) && isBehindMap(instance) ? { mapped: true } : {}),
  };
  return { ...instance, key: recipeKey(recipe), recipe };
}

const givesModel = ({ spec }: PlanNode): boolean =>
  Object.values(spec?.outputs ?? {}).some(({ wire }) => wire === 'model');

const behindMap = new WeakMap<Instance, boolean>();
/** A batch function stands on the way to it. */
function isBehindMap(instance: Instance): boolean {
  const known = behindMap.get(instance);
  if (known !== undefined) return known;
  const found = [...instance.inputs.values()]
    .flat()
    .some((one) => one.instance.node.spec?.form === 'map' || isBehindMap(one.instance));
  behindMap.set(instance, found);
  return found;
}
