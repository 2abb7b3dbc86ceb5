/** The cut of a run of which part is placed elsewhere: from the plan and what results weigh to what is computed where, and what moves. */
import * as z from 'zod';
import { append } from '../../shared/append.ts';
import type { MovedResult } from '../../shared/run/run-events.ts';
import { cutRun } from './cut-run.ts';
import type { Size } from './estimate-sizes.ts';
import type { Plan } from './plan.ts';
import type { Instance } from '../graph/instance.ts';

/** One computation, or a file, as it is weighed. */
export const sizedNode = z.object({
  id: z.string(),
  /** The node of the pipeline: of a file, its reader. */
  node: z.string(),
  bytes: z.number(),
  /** Measured, not estimated. */
  isKnown: z.boolean(),
  at: z.enum(['here', 'there']).optional(),
  inputs: z.array(z.string()),
  /** Its result has to be computed. */
  isMade: z.boolean(),
  /** It is a file, or several: what has to be sent of them is what is not there. */
  files: z.array(z.object({ sha256: z.string(), bytes: z.number() })).optional(),
});
export type SizedNode = z.output<typeof sizedNode>;

export interface PlannedCut {
  /** Nodes to be computed here before the rest is sent, because what they give is smaller than what they read. */
  hereFirst: string[];
  moves: MovedResult[];
  /** Nodes that are computed there. */
  there: string[];
}

export interface EstimateOptions {
  plan: Plan;
  /** Nodes that are placed there. */
  placed: readonly string[];
  compute: ReadonlySet<Instance>;
  sizes: ReadonlyMap<string, Size>;
}

/** What is only estimated counts so many times. */
const estimateFactor = 2;

/** Nothing where there is no choice: folds are placed with all that they need. */
export function estimateRun({ plan, placed, compute, sizes }: EstimateOptions): SizedNode[] {
  const asked = new Set(placed);
  const needed = new Set<string>();
  for (const instance of compute) {
    if (instance.coordinates['fold'] !== undefined || instance.merges !== undefined) return [];
    needed.add(instance.node.id);
  }
  const nodes: SizedNode[] = [];
  const known = new Set<string>();
  const { order, consumers } = plan.graph;
  for (const id of order) {
    const instance = plan.main.get(id);
    const isMade = needed.has(id);
    if (instance === undefined || !(isMade || (consumers.get(id) ?? []).some((c) => needed.has(c.node)))) continue;
    const read = isMade ? filesOf(instance) : [];
    append(nodes, read);
    const isPlaced = asked.has(id) && isMade;
    // What is stored lies here; what no placed node needs is made here.
    const at = isPlaced ? 'there' : isMade && leadsTo(plan, id, asked) ? undefined : 'here';
    nodes.push({
      id,
      node: id,
      bytes: Math.max(1, sizes.get(id)?.bytes ?? 1),
      isKnown: sizes.get(id)?.isKnown === true,
      ...(at === undefined ? {} : { at }),
      inputs: isMade ? [...read.map((file) => file.id), ...inputsOf(instance).filter((input) => known.has(input))] : [],
      isMade,
    });
    known.add(id);
    // What was asked for comes back.
    if (isPlaced)
      nodes.push({ id: `${id} back`, node: id, bytes: 0, isKnown: true, at: 'here', inputs: [id], isMade: false });
  }
  return nodes;
}

/** @param missingBytes of a file, how much has to be sent: nothing where it is there already */
export function chooseCut(
  nodes: readonly SizedNode[],
  missingBytes: (file: { sha256: string; bytes: number }) => number = (file) => file.bytes,
): PlannedCut {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const bytesOf = ({ files, at, bytes }: SizedNode): number =>
    files === undefined || at === 'there' ? bytes : files.reduce((sum, file) => sum + missingBytes(file), 0);
  // An estimate has to promise a lot: else what was asked for there is computed there.
  const { moves, there } = cutRun(
    nodes.map((node) => ({ ...node, bytes: bytesOf(node) * (node.isKnown ? 1 : estimateFactor) })),
  );
  return {
    hereFirst: moves.flatMap(({ from, to }) => {
      const node = byId.get(from);
      return to === 'there' && node?.isMade === true && node.files === undefined ? [node.node] : [];
    }),
    there: nodes.flatMap(({ id, isMade, files }) => (isMade && files === undefined && there.has(id) ? [id] : [])),
    moves: moves.flatMap(({ from, to }) => {
      const found = byId.get(from);
      const bytes = found === undefined ? 0 : bytesOf(found);
      return found === undefined || bytes === 0
        ? []
        : [{ node: found.node, to, bytes, isKnown: found.isKnown, isFile: found.files !== undefined }];
    }),
  };
}

/** A fitted node gives its small state; who reads its rows reads those before it as well. */
function inputsOf(instance: Instance): string[] {
  const seen = new Set<string>();
  const visit = (one: Instance): void => {
    for (const { instance: input } of [...one.inputs.values()].flat()) {
      if (seen.has(input.node.id)) continue;
      seen.add(input.node.id);
      if (input.node.spec?.form === 'fitted') visit(input);
    }
  };
  visit(instance);
  return [...seen];
}

const filesOf = ({ node, sources }: Instance): SizedNode[] =>
  sources.map((source, i) => ({
    id: `${node.id} file ${i}`,
    node: node.id,
    bytes: source.bytes,
    isKnown: true,
    at: source.standIn === undefined ? 'here' : 'there',
    inputs: [],
    isMade: false,
    files: (source.folder?.files ?? [source]).map(({ sha256, bytes }) => ({ sha256, bytes })),
  }));

function leadsTo({ graph }: Plan, id: string, asked: ReadonlySet<string>): boolean {
  const seen = new Set([id]);
  for (const at of seen)
    for (const { node } of graph.consumers.get(at) ?? []) {
      if (asked.has(node)) return true;
      seen.add(node);
    }
  return false;
}
