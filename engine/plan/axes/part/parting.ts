/**
 * Which nodes can be computed on parts of their rows. A reader of several files gives parts (groups of its files); what looks at each row alone keeps them;
 * where they end they are put together: values of groups from what each part gave, rows as they are. Pure: the graph, what kinds declare, the files.
 */
import { append, largest } from '../../../../shared/append.ts';
import type { AnyRun } from '../../../../shared/capabilities.ts';
import type { Parted } from '../../../../shared/parted.ts';
import type { SourceFolderFile } from '../../../../shared/source/source-folder.ts';
import { originOf, withAncestors, withDescendants, type Graph, type PlanNode } from '../../../graph/graph.ts';
import type { PartedNode } from '../../../graph/parted-node.ts';
/** Why a node is computed by one query although rows before it lie in parts. */
export interface WholeNode {
  node: string;
  reason: string;
}
export interface Parting {
  nodes: ReadonlyMap<string, PartedNode>;
  whole: readonly WholeNode[];
}

export interface PartingFacts {
  graph: Graph;
  runs: ReadonlyMap<string, AnyRun>;
  /** Reader → how many parts its files make; readers of one file are not in it. */
  readers: ReadonlyMap<string, number>;
  /** Nodes that are computed for each fold. */
  inFolds: ReadonlySet<string>;
  /** The run ends here. */
  to: string | null;
}

export function findParting({ graph, runs, readers, inFolds, to }: PartingFacts): Parting {
  const nodes = new Map<string, PartedNode & { loose: boolean }>();
  const whole: WholeNode[] = [];
  const off = withDescendants(
    graph,
    [...graph.nodes.values()].filter((n) => n.disabled).map((n) => n.id),
  );
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined || !node.sound || off.has(id)) continue;
    const parts = readers.get(id);
    if (parts !== undefined) {
      nodes.set(id, { parts, form: 'rows', ports: [], once: false, ends: false, ownKey: false, loose: false });
      continue;
    }
    const from = [...node.inputs].flatMap(([port, sources]) => sources.map((source) => ({ port, node: source.node })));
    // What follows a merge has the whole.
    const inParts = from.filter((source) => nodes.get(source.node)?.form === 'rows');
    if (inParts.length === 0) continue;
    const judged = inFolds.has(id) ? undefined : judge(node, runs.get(node.kind), from, nodes, graph);
    if (typeof judged === 'string') whole.push({ node: id, reason: judged });
    if (judged === undefined || typeof judged === 'string') continue;
    const { parted, ports } = judged;
    const loose = parted.loose === true || inParts.some((source) => nodes.get(source.node)?.loose === true);
    nodes.set(id, {
      parts: largest(inParts.map((source) => nodes.get(source.node)?.parts ?? 0)),
      form: parted.merge === undefined ? 'rows' : 'merge',
      ports,
      once: parted.others === 'once',
      ends: parted.merge !== undefined,
      ownKey: parted.merge !== undefined && !parted.merge.exact(node.params as never),
      loose,
    });
  }
  return { nodes: settle(nodes, graph, off, to), whole };
}

/** The ports whose parts are taken, or why none are; nothing: rows are put together for it, as for any task. */
function judge(
  node: PlanNode,
  run: AnyRun | undefined,
  from: readonly { port: string; node: string }[],
  nodes: ReadonlyMap<string, PartedNode>,
  graph: Graph,
): { parted: Parted<never>; ports: string[] } | string | undefined {
  if (run?.form !== 'relational') return undefined;
  if (run.parted === undefined) return 'it needs all rows at once';
  const ports = run.parted.ports(node.params as never);
  if (typeof ports === 'string') return ports;
  const inParts = new Set(from.filter((s) => nodes.get(s.node)?.form === 'rows').map((s) => s.port));
  if (inParts.size > 1) return 'both of its tables lie in parts, and each row may need any part of the other';
  const [port = ''] = inParts;
  if (!ports.includes(port)) return `its input "${port}" has to be whole`;
  const others = from.filter((s) => nodes.get(s.node)?.form !== 'rows').map((s) => s.node);
  const late = [...withAncestors(graph, others)].find((id) => nodes.get(id)?.form === 'merge');
  if (late !== undefined) return `it also needs the merged result of "${graph.nodes.get(late)?.title ?? late}"`;
  const early = [...withAncestors(graph, others)].find((id) => nodes.has(id));
  if (early !== undefined) return `another of its tables needs all rows of "${graph.nodes.get(early)?.title ?? early}"`;
  return { parted: run.parted, ports: [port] };
}

/** Where parts end, and which of them are worth it: rows that were only read are better read by whoever needs them. */
function settle(
  nodes: ReadonlyMap<string, PartedNode & { loose: boolean }>,
  graph: Graph,
  off: ReadonlySet<string>,
  to: string | null,
): Map<string, PartedNode> {
  const settled = new Map<string, PartedNode>();
  const needed = new Set<string>();
  for (const id of [...nodes.keys()].toReversed()) {
    const found = nodes.get(id);
    const node = graph.nodes.get(id);
    if (found === undefined || node === undefined) continue;
    const { loose, ...own } = found;
    const followers = (graph.consumers.get(id) ?? []).filter((c) => !off.has(c.node));
    const isStored = to === originOf(node) || followers.length === 0;
    const isWanted = isStored || followers.some((c) => nodes.get(c.node)?.ports.includes(c.port) !== true);
    const ends = found.form === 'merge' || (isWanted && node.inputs.size > 0);
    if (!ends && !needed.has(id)) continue;
    for (const [port, sources] of node.inputs)
      if (found.ports.includes(port)) for (const source of sources) needed.add(source.node);
    // Rows that are stored are cut into other row groups than one query would cut.
    settled.set(id, { ...own, ends, ownKey: ends && (found.form === 'merge' ? own.ownKey : isStored || loose) });
  }
  return new Map([...settled].toReversed());
}

/** Neighbours together, so that parts one after the other are the files in order; as even in bytes as that allows. */
export function groupFiles<T extends Pick<SourceFolderFile, 'bytes'>>(files: readonly T[], parts: number): T[][] {
  const count = Math.max(1, Math.min(parts, files.length));
  const groups: T[][] = [];
  let left = files.reduce((sum, file) => sum + file.bytes, 0);
  let at = 0;
  for (let group = 0; group < count; group++) {
    const share = left / (count - group);
    const most = files.length - (count - group - 1);
    const taken: T[] = [];
    let bytes = 0;
    while (at < most) {
      const file = files[at];
      if (file === undefined) break;
      // A file goes where more of it belongs.
      if (taken.length > 0 && bytes + file.bytes / 2 > share) break;
      taken.push(file);
      bytes += file.bytes;
      at += 1;
    }
    groups.push(taken);
    left -= bytes;
  }
  append(groups.at(-1) ?? [], files.slice(at));
  return groups;
}

/** As many parts as keep each well below the memory; one: the files fit as they are. */
export const partsByMemory = (files: readonly Pick<SourceFolderFile, 'bytes'>[], memoryBytes: number): number => {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return memoryBytes <= 0 || bytes <= memoryBytes ? 1 : Math.min(files.length, Math.ceil(bytes / (memoryBytes / 4)));
};
