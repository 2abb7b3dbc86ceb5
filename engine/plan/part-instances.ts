/** The computations of parts: for each node that is computed in parts one instance a part, of which the plan's instance of the node is made. */
import type { AnyRun } from '../../shared/capabilities.ts';
import type { Graph, PlanNode } from '../graph/graph.ts';
import { recipeKey, type Recipe } from '../graph/keys.ts';
import { findParting, groupFiles, partsByMemory, type PartedNode, type Parting } from './parting.ts';
import type { Instance, InstanceInput } from './plan.ts';
import { folderVersion } from '../sources/source-folder.ts';
import type { FoundSource } from '../sources/sources.ts';

export interface PartsWish {
  /** How many; undefined: as many as the memory asks for. */
  wanted: number | undefined;
  memoryBytes: number;
  /** The run ends here. */
  to: string | null;
}

export async function planParts(
  graph: Graph,
  { wanted, memoryBytes, to }: PartsWish,
  inFolds: ReadonlySet<string>,
  {
    loadRun,
    sourcesOf,
  }: { loadRun: (kind: string) => Promise<AnyRun>; sourcesOf: (node: PlanNode) => Promise<FoundSource[]> },
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
  return findParting({ graph, runs, readers, inFolds, to });
}

interface PartFacts {
  part: string;
  partial?: true;
  sources: readonly FoundSource[];
}

/** @param make gives the instance its key */
export function makeParts(
  main: Instance,
  node: PartedNode,
  known: { parts: ReadonlyMap<string, readonly Instance[]>; main: ReadonlyMap<string, Instance> },
  make: (inputs: Instance['inputs'], part: PartFacts) => Instance,
): Instance[] {
  const groups = main.sources.map((source) =>
    source.folder === undefined ? undefined : groupFiles(source.folder.files, node.parts),
  );
  return Array.from({ length: node.parts }, (_, part): Instance => {
    const inputs = new Map(
      [...main.inputs].map(
        ([port, wired]) => [port, wired.map((input) => inputOfPart(input, port, part, node, known.parts))] as const,
      ),
    );
    const sources = main.sources.map((source, i) => restrict(source, groups[i]?.[part]));
    return make(inputs, {
      part: `${part + 1} of ${node.parts}`,
      sources,
      ...(node.form === 'merge' ? { partial: true as const } : {}),
    });
  });
}

function inputOfPart(
  input: InstanceInput,
  port: string,
  part: number,
  node: PartedNode,
  parts: ReadonlyMap<string, readonly Instance[]>,
): InstanceInput {
  const own = node.ports.includes(port) ? parts.get(input.instance.node.id) : undefined;
  if (own !== undefined) {
    const found = own[part];
    const [first] = own;
    // A table of fewer parts has no rows in the later ones.
    return found !== undefined || first === undefined
      ? { ...input, instance: found ?? input.instance }
      : { ...input, instance: first, none: true };
  }
  return node.once && part > 0 ? { ...input, none: true } : input;
}

function restrict(source: FoundSource, files: NonNullable<FoundSource['folder']>['files'] | undefined): FoundSource {
  if (source.folder === undefined || files === undefined) return source;
  const version = folderVersion(files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { ...source, sha256: version, stamp: version, bytes, folder: { ...source.folder, files, version } };
}

/** The whole is made from the parts. Where its bytes are not those of one query, its key names the parts. */
export function endParts(main: Instance, parts: readonly Instance[], { form, ownKey }: PartedNode): void {
  main.parted = { parts, form };
  const keys = parts.map((part) => part.key).filter((key) => key !== null);
  if (!ownKey || main.key === null || keys.length < parts.length) return;
  const recipe: Recipe = {
    kind: 'flow.gather-parts',
    computes: 1,
    params: { of: main.node.kind, params: main.node.params },
    inputs: { parts: keys },
  };
  main.recipe = recipe;
  main.key = recipeKey(recipe);
}
