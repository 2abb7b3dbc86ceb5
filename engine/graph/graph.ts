/** From the file's text-like form to a graph that can be planned: parameters parsed by their own schemas, wires checked against ports, order found. */
import { append } from '../../shared/append.ts';
import { equalJson } from '../../shared/json/equal-json.ts';
import { fail, toProblem, type FlowyardError, type Problem } from '../../shared/errors.ts';
import { parseWire, type PipelineFile, type WireLink } from '../../shared/pipeline/file.ts';
import { nodeTitle } from '../../shared/pipeline/node-title.ts';
import { substitute, type ParameterValues } from '../../shared/pipeline/parameters.ts';
import { paramProblem } from './param-problem.ts';
import type { AnySpec, Port, Rows } from '../../shared/kind/define-spec.ts';
import { offerWires } from './offer-wires.ts';
import type { Specs } from './specs.ts';

export interface Source {
  node: string;
  port: string;
}
export interface PlanNode {
  id: string;
  kind: string;
  title: string;
  spec: AnySpec | undefined;
  /** Parsed, with defaults; empty when they are invalid. */
  params: Record<string, unknown>;
  /** False when something in the node itself stops it (unknown kind, invalid parameters). */
  sound: boolean;
  disabled: boolean;
  inputs: ReadonlyMap<string, readonly Source[]>;
  /** Of several nodes that were made of one: which, where this one stands, and what is set in its trial. */
  copy?: {
    of: string;
    coordinates: Coordinates;
    trial?: Readonly<Record<string, string | number | boolean | null>>;
  };
}
/** Where a node or a computation of it stands on the axes of a plan (`engine/plan/axes/`): `{ fold: 'fold 2' }`, `{ part: '3 of 12' }`; empty where it stands once. */
export type Coordinates = Readonly<Record<string, string>>;

/** What the node is called in the pipeline's file. */
export const originOf = ({ id, copy }: PlanNode): string => copy?.of ?? id;

export interface Graph {
  nodes: ReadonlyMap<string, PlanNode>;
  /** Sources before consumers, ties by id: the order of everything that is computed or shown. */
  order: readonly string[];
  /** Those of them whose wires lead in a circle, and what follows those; they stand last. */
  cyclic: readonly string[];
  consumers: ReadonlyMap<string, readonly { node: string; port: string; from: string }[]>;
  problems: readonly Problem[];
}

/** A node, and what is wrong with it and its wires. */
interface MadeNode {
  node: PlanNode;
  problems: readonly Problem[];
}
interface Before {
  file: PipelineFile;
  specs: Specs;
  /** Run parameters, as JSON. */
  values: string;
  graph: Graph;
  made: ReadonlyMap<string, MadeNode>;
  links: Links;
}
type Links = ReadonlyMap<string, readonly WireLink[]>;

/**
 * Builds the graphs of one pipeline over its edits. What an edit does not touch stays the same object: nodes, and while wires, kinds and names are the same
 * also the order.
 */
export class GraphMemory {
  #before: Before | undefined;

  build(given: PipelineFile, specs: Specs, values: ParameterValues): Graph {
    const file = this.#before === undefined ? given : shareFile(this.#before.file, given);
    const asText = JSON.stringify(values);
    const usable = this.#before?.specs === specs && this.#before.values === asText ? this.#before : undefined;
    const before = usable !== undefined && hasSameShape(usable.file, file) ? usable : undefined;
    const links = before?.links ?? Map.groupBy(file.wires.map(parseWire), (link) => link.to.node);
    const made = new Map<string, MadeNode>();
    for (const id of Object.keys(file.nodes).sort()) {
      const node = file.nodes[id];
      if (node === undefined) continue;
      const known = before?.file.nodes[id] === node ? before.made.get(id) : undefined;
      made.set(id, known ?? makeNode(id, file, links, { specs, values }));
    }
    const nodes = new Map([...made].map(([id, { node }]) => [id, node]));
    const { order, cyclic } = before === undefined ? sortNodes(nodes) : before.graph;
    const problems = [...made.values()].flatMap((one) => one.problems);
    for (const id of onCircles(nodes, cyclic))
      problems.push({
        code: 'graph.cycle',
        severity: 'error',
        message: `The wires of "${id}" lead in a circle.`,
        mend: 'Remove one of the wires of the circle.',
        node: id,
      });
    const graph = { nodes, order, cyclic, consumers: before?.graph.consumers ?? listConsumers(nodes), problems };
    this.#before = { file, specs, values: asText, graph, made, links };
    return graph;
  }
}

export const buildGraph = (file: PipelineFile, specs: Specs, values: ParameterValues): Graph =>
  new GraphMemory().build(file, specs, values);

/** The file in the objects of the one before it, wherever they are equal. */
function shareFile(before: PipelineFile, file: PipelineFile): PipelineFile {
  const nodes = Object.entries(file.nodes).map(([id, node]) => {
    const old = before.nodes[id];
    return [id, old !== undefined && equalJson(old, node) ? old : node] as const;
  });
  const wires = equalJson(before.wires, file.wires) ? before.wires : file.wires;
  return { ...file, nodes: Object.fromEntries(nodes), wires };
}

/** The same nodes by kind and name, wired in the same way. */
function hasSameShape(a: PipelineFile, b: PipelineFile): boolean {
  const ids = Object.keys(a.nodes);
  const others = Object.keys(b.nodes);
  return (
    a.wires === b.wires &&
    ids.length === others.length &&
    ids.every((id, i) => {
      const [one, other] = [a.nodes[id], b.nodes[id]];
      return id === others[i] && (one === other || (one?.kind === other?.kind && one?.title === other?.title));
    })
  );
}

function makeNode(
  id: string,
  file: PipelineFile,
  links: Links,
  { specs, values }: { specs: Specs; values: ParameterValues },
): MadeNode {
  const problems: Problem[] = [];
  const { kind, ...node } = file.nodes[id] ?? { kind: '', version: 1, params: {} };
  const spec = specs.get(kind);
  if (spec === undefined)
    problems.push({
      code: 'kind.unknown',
      severity: 'error',
      message: `This version of Flowyard has no node kind "${kind}".`,
      mend: 'Update Flowyard, or replace the node. Its settings and wires are kept.',
      node: id,
    });
  const parsed = spec === undefined ? undefined : parseOnce(id, { kind, ...node }, spec, { specs, values }, problems);
  return {
    node: {
      id,
      kind,
      title: nodeTitle(node, spec) ?? kind,
      spec,
      params: parsed ?? {},
      sound: spec !== undefined && parsed !== undefined,
      disabled: node.disabled === true,
      inputs: spec === undefined ? new Map() : connect(id, spec, links.get(id) ?? [], file, specs, problems),
    },
    problems,
  };
}

/** Parameters as they were parsed before, by what was parsed: an edit changes one node of hundreds, and equal parameters stay the same object. */
const parsedBefore = new WeakMap<Specs, Map<string, Record<string, unknown>>>();
const rememberedParams = 5000;

function parseOnce(
  id: string,
  { kind, version, params }: PipelineFile['nodes'][string],
  spec: AnySpec,
  { specs, values }: { specs: Specs; values: ParameterValues },
  problems: Problem[],
): Record<string, unknown> | undefined {
  const known = parsedBefore.get(specs) ?? new Map<string, Record<string, unknown>>();
  parsedBefore.set(specs, known);
  const text = JSON.stringify(params);
  const name = `${kind} ${version} ${text}${text.includes('"=') ? JSON.stringify(values) : ''}`;
  const parsed = known.get(name) ?? parseParams(id, version, params, spec, values, problems);
  if (parsed !== undefined) {
    if (known.size >= rememberedParams) known.clear();
    known.set(name, parsed);
  }
  return parsed;
}

function parseParams(
  id: string,
  version: number,
  params: Record<string, unknown>,
  spec: AnySpec,
  values: ParameterValues,
  problems: Problem[],
): Record<string, unknown> | undefined {
  try {
    if (version > spec.version)
      throw fail('kind.newer', {
        message: `The node was saved by a newer "${spec.title}" (version ${version}; this one knows ${spec.version}).`,
        mend: 'Update Flowyard.',
        node: id,
      });
    let current = substitute(params, values, id);
    for (let v = version; v < spec.version; v++) current = spec.migrations?.[v]?.(current) ?? current;
    const result = spec.params.safeParse(current);
    if (result.success) return result.data;
    for (const issue of result.error.issues) problems.push(paramProblem(id, spec, issue, current));
  } catch (thrown) {
    problems.push({ node: id, ...toProblem(thrown) });
  }
  return undefined;
}

function connect(
  id: string,
  spec: AnySpec,
  links: readonly WireLink[],
  file: PipelineFile,
  specs: Specs,
  problems: Problem[],
): Map<string, Source[]> {
  const inputs = new Map<string, Source[]>();
  for (const link of links) {
    const port = spec.inputs[link.to.port];
    const fromKind = file.nodes[link.from.node]?.kind ?? '';
    const fromSpec = specs.get(fromKind);
    const out: Port | undefined = fromSpec?.outputs[link.from.port];
    const wrong = (code: string, message: string, mend: string): void =>
      void problems.push({ code, severity: 'error', message, mend, node: id, port: link.to.port });
    if (port === undefined)
      wrong('wire.no-input', `"${spec.title}" has no input "${link.to.port}".`, sayPorts('input', spec.inputs));
    else if (fromSpec !== undefined && out === undefined)
      wrong(
        'wire.no-output',
        `"${fromSpec.title}" has no output "${link.from.port}".`,
        sayPorts('output', fromSpec.outputs),
      );
    else if (out !== undefined && out.wire !== port.wire)
      wrong(
        'wire.type',
        `The input "${port.title}" takes a ${port.wire}, but "${link.from.node}.${link.from.port}" gives a ${out.wire}.`,
        'Remove the wire, or wire an output of the right kind.',
      );
    else if (!port.many && (inputs.get(link.to.port)?.length ?? 0) > 0)
      wrong('wire.taken', `The input "${port.title}" takes one wire, and has two.`, 'Remove one of them.');
    else
      inputs.set(link.to.port, [...(inputs.get(link.to.port) ?? []), { node: link.from.node, port: link.from.port }]);
  }
  for (const [name, port] of Object.entries(spec.inputs))
    if (!port.optional && !links.some((l) => l.to.port === name)) {
      const fixes = offerWires(file, { node: id, port: name }, port.wire, specs);
      problems.push({
        code: 'wire.missing',
        severity: 'error',
        message: `"${spec.title}" needs a ${port.wire === 'llm' ? 'language model' : port.wire} on its input "${port.title}".`,
        mend: 'Wire it, or remove the node.',
        node: id,
        port: name,
        ...(fixes.length > 0 ? { fixes } : {}),
      });
    }
  return inputs;
}

const sayPorts = (what: string, ports: AnySpec['inputs']): string => {
  const names = Object.keys(ports);
  return names.length === 0
    ? `It has no ${what}s.`
    : names.length === 1
      ? `Its ${what} is ${names.join()}.`
      : `Its ${what}s are ${names.join(', ')}.`;
};

/** In rounds: each takes every node whose sources stand in the rounds before, by id. */
/** Nodes one after the other. What walks along wires calls itself once a node, and a query of a chain holds all of its nodes. */
const longestWay = 500;
const tooLong = (node: string): FlowyardError =>
  fail('graph.too-long', {
    message: `More than ${longestWay} nodes stand one after the other: "${node}" is the first that is too far from the beginning.`,
    mend: 'Put several steps into one SQL node, or write a table in between and read it in another pipeline.',
  });

function sortNodes(nodes: ReadonlyMap<string, PlanNode>): { order: string[]; cyclic: string[] } {
  const missing = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const { id, inputs } of nodes.values()) {
    const sources = new Set([...inputs.values()].flat().map((s) => s.node));
    missing.set(id, sources.size);
    for (const source of sources) {
      const known = followers.get(source);
      if (known === undefined) followers.set(source, [id]);
      else known.push(id);
    }
  }
  const order: string[] = [];
  let round = [...nodes.keys()].filter((id) => missing.get(id) === 0);
  for (let long = 1; round.length > 0; long++) {
    if (long > longestWay) throw tooLong(round[0] ?? '');
    append(order, round);
    const next: string[] = [];
    for (const id of round)
      for (const follower of followers.get(id) ?? []) {
        const left = (missing.get(follower) ?? 0) - 1;
        missing.set(follower, left);
        if (left === 0) next.push(follower);
      }
    round = next.sort();
  }
  const cyclic = [...nodes.keys()].filter((id) => (missing.get(id) ?? 0) > 0);
  return { order: [...order, ...cyclic], cyclic };
}

/** Without what only follows a circle: in turns, what nobody left takes from goes. */
function onCircles(nodes: ReadonlyMap<string, PlanNode>, cyclic: readonly string[]): string[] {
  const sources = (id: string): string[] => [...(nodes.get(id)?.inputs.values() ?? [])].flat().map((s) => s.node);
  for (let left = cyclic; ;) {
    const taken = new Set(left.flatMap(sources));
    const fewer = left.filter((id) => taken.has(id));
    if (fewer.length === left.length) return fewer;
    left = fewer;
  }
}

export function listConsumers(
  nodes: ReadonlyMap<string, PlanNode>,
): Map<string, { node: string; port: string; from: string }[]> {
  const consumers = new Map<string, { node: string; port: string; from: string }[]>(
    [...nodes.keys()].map((id) => [id, []]),
  );
  for (const node of nodes.values())
    for (const [port, sources] of node.inputs)
      for (const s of sources) consumers.get(s.node)?.push({ node: node.id, port, from: s.port });
  return consumers;
}

export const rowsOf = (node: PlanNode): Rows =>
  node.spec === undefined ? 'mix' : typeof node.spec.rows === 'function' ? node.spec.rows(node.params) : node.spec.rows;

/** The nodes and all that they need. */
export function withAncestors(graph: Graph, ids: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const sources of graph.nodes.get(id)?.inputs.values() ?? []) for (const s of sources) visit(s.node);
  };
  ids.forEach(visit);
  return found;
}

/** The nodes and all that depends on them. */
export function withDescendants(graph: Graph, ids: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const c of graph.consumers.get(id) ?? []) visit(c.node);
  };
  ids.forEach(visit);
  return found;
}
