/** Parts: where rows lie in several files, a node is computed once for each group of them, and the whole is made from what that gave. */
import type { AnyRun } from '../../../../shared/capabilities.ts';
import type { Graph } from '../../../graph/graph.ts';
import type { Instance, InstanceInput } from '../../../graph/instance.ts';
import { recipeKey, type Recipe } from '../../../graph/keys.ts';
import type { PartedNode } from '../../../graph/parted-node.ts';
import type { FoundSource } from '../../../sources/found-source.ts';
import { folderVersion } from '../../../sources/source-folder.ts';
import type { Axis, AxisFacts, Expansion, KnownInstances, PartsWish, Place } from '../axis.ts';
import { findParting, groupFiles, partsByMemory, type Parting } from './parting.ts';

interface PartExpansion extends Expansion {
  parting: Parting;
}

export const partAxis = {
  name: 'part',
  label: (value) => `part ${value}`,
  find: async (graph: Graph, facts: AxisFacts): Promise<PartExpansion | undefined> => {
    if (facts.parts === undefined) return undefined;
    const parting = await findParts(graph, facts.parts, facts);
    return expandParts(parting);
  },
} satisfies Axis;

/** What is computed in parts, and what is not although its rows lie in parts. Undefined: nobody asked. */
export const partingIn = (found: readonly Expansion[]): Parting | undefined =>
  found.find((one): one is PartExpansion => one.axis === partAxis.name)?.parting;

async function findParts(
  graph: Graph,
  { wanted, memoryBytes, to }: PartsWish,
  { loadRun, sourcesOf, outer }: AxisFacts,
): Promise<Parting> {
  const readers = new Map<string, number>();
  if (wanted === 1) return { nodes: new Map(), whole: [] };
  const sound = [...graph.nodes.values()].filter((node) => node.sound);
  for (const node of sound) {
    if (node.spec?.form !== 'relational' || Object.keys(node.spec.inputs).length > 0) continue;
    const run = await loadRun(node.kind);
    if (run.form !== 'relational' || run.sources?.(node.params as never).some((s) => s.from === 'files') !== true)
      continue;
    // A source that is not there is told where the node's own instance is made.
    const sources = await sourcesOf(node).catch((): FoundSource[] => []);
    const files = sources.find((s) => s.isTable === true)?.folder?.files ?? [];
    const parts = wanted ?? partsByMemory(files, memoryBytes);
    if (files.length > 1 && parts > 1) readers.set(node.id, Math.min(parts, files.length));
  }
  if (readers.size === 0) return { nodes: new Map(), whole: [] };
  const runs = new Map<string, AnyRun>();
  for (const { kind } of sound) runs.set(kind, await loadRun(kind));
  const inFolds = new Set(graph.order.filter((id) => outer.some((axis) => axis.placesOf(id) !== undefined)));
  return findParting({ graph, runs, readers, inFolds, to });
}

/** `3 of 12`, counted from one. */
const placesOf = ({ parts }: PartedNode): string[] =>
  Array.from({ length: parts }, (_, part) => `${part + 1} of ${parts}`);
const partAt = (place: string): number => Number(place.split(' ')[0]) - 1;

function expandParts(parting: Parting): PartExpansion {
  const { nodes } = parting;
  return {
    axis: partAxis.name,
    parting,
    // The whole comes first: it has the key that one query would have.
    placesOf: (id) => {
      const node = nodes.get(id);
      return node === undefined ? undefined : [undefined, ...placesOf(node)];
    },
    input: (input, { consumer, port }, place, known) => {
      const node = nodes.get(consumer.id);
      return node === undefined || place === undefined ? input : inputOfPart(input, port, place, node, known, nodes);
    },
    own: (sources, { id }, place) => {
      const node = nodes.get(id);
      return node === undefined || place === undefined ? {} : ownOfPart(sources, node, place);
    },
    end: (node, [main, ...parts]) => {
      const parted = nodes.get(node.id);
      if (main === undefined || parted === undefined) throw new Error(`the node ${node.id} has no parts`);
      return parted.ends ? endParts(main, parts, parted) : main;
    },
  };
}

function inputOfPart(
  input: InstanceInput,
  port: string,
  place: string,
  node: PartedNode,
  known: KnownInstances,
  nodes: Parting['nodes'],
): InstanceInput {
  const part = partAt(place);
  const source = node.ports.includes(port) ? nodes.get(input.instance.node.id) : undefined;
  if (source === undefined) return node.once && part > 0 ? { ...input, none: true } : input;
  const places = placesOf(source);
  const own = places[part];
  const at = (value: string | undefined): Instance =>
    (value === undefined ? undefined : known.at(input.instance, partAxis.name, value)) ?? input.instance;
  // A table of fewer parts has no rows in the later ones.
  return own === undefined ? { ...input, instance: at(places[0]), none: true } : { ...input, instance: at(own) };
}

const ownOfPart = (
  sources: readonly FoundSource[],
  node: PartedNode,
  place: Exclude<Place, undefined>,
): { sources: FoundSource[]; partial?: true } => ({
  sources: sources.map((source) =>
    source.folder === undefined
      ? source
      : restrict(source, source.folder, groupFiles(source.folder.files, node.parts)[partAt(place)]),
  ),
  ...(node.form === 'merge' ? { partial: true as const } : {}),
});

type Folder = NonNullable<FoundSource['folder']>;
function restrict(source: FoundSource, folder: Folder, files: Folder['files'] | undefined): FoundSource {
  if (files === undefined) return source;
  const version = folderVersion(files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { ...source, sha256: version, stamp: version, bytes, folder: { ...folder, files, version } };
}

/** The whole is made from the parts. Where its bytes are not those of one query, its key names the parts. */
function endParts(main: Instance, parts: readonly Instance[], { form, ownKey }: PartedNode): Instance {
  const whole: Instance = { ...main, parted: { parts, form } };
  const keys = parts.map((part) => part.key).filter((key) => key !== null);
  if (!ownKey || main.key === null || keys.length < parts.length) return whole;
  const recipe: Recipe = {
    kind: 'flow.gather-parts',
    computes: 1,
    params: { of: main.node.kind, params: main.node.params },
    inputs: { parts: keys },
  };
  return { ...whole, recipe, key: recipeKey(recipe) };
}
