/**
 * The plan of a run: every computation that the pipeline means, with its recipe key. A node that is on no axis has one instance; on an axis (`axes/`) it has
 * one at each place, which its coordinates name. What is equal has an equal key and is computed once.
 */
import { append } from '../../shared/append.ts';
import { type Problem, toProblem } from '../../shared/errors.ts';
import type { Coordinates, Graph, PlanNode, Source } from '../graph/graph.ts';
import { ownCoordinates, type Instance, type InstanceInput } from '../graph/instance.ts';
import { axes, nameOf } from './axes/axes.ts';
import type { Expansion, KnownInstances, PartsWish, Place } from './axes/axis.ts';
import { partingIn } from './axes/part/axis.ts';
import type { Parting } from './axes/part/parting.ts';
import { canBeMade, isUntouched, makeInstance, noFiles, unmade } from './make-instance.ts';
import { findOverwrittenSources } from './overwritten-sources.ts';
import { once, readsFiles, readSources, type SourceServices } from './read-sources.ts';

export interface Plan {
  graph: Graph;
  instances: ReadonlyMap<string, Instance>;
  /** The instance that stands for a node: itself, or what its axes end in. */
  main: ReadonlyMap<string, Instance>;
  order: readonly Instance[];
  problems: readonly Problem[];
  /** What is computed in parts, and what is not although its rows lie in parts. Undefined: nobody asked. */
  parting?: Parting;
}
export interface PlanServices extends SourceServices {
  /** Rows that lie in several files may be computed in parts. Without it, they are not. */
  parts?: PartsWish;
}

/** @param before the plan of the pipeline before its last edit: instances that the edit does not touch stay the same objects */
export async function makePlan(graph: Graph, services: PlanServices, before?: Plan): Promise<Plan> {
  const problems: Problem[] = [];
  const sourcesOf = once((node: PlanNode) => readSources(node, services));
  const outer: Expansion[] = [];
  for (const axis of axes) {
    const { parts, loadRun } = services;
    const found = await axis.find?.(graph, { parts, outer, loadRun, sourcesOf, report: (p) => void problems.push(p) });
    if (found !== undefined) outer.push(found);
  }
  const planner = new Planner(graph, outer, sourcesOf, problems, before);
  await planner.plan();
  const { instances, main, order } = planner;
  append(problems, await findOverwrittenSources(graph, instances.values(), services.roots.workspace));
  const parting = partingIn(outer);
  return { graph, instances, main, order, problems, ...(parting === undefined ? {} : { parting }) };
}

type SourcesOf = (node: PlanNode) => ReturnType<typeof readSources>;

class Planner implements KnownInstances {
  readonly instances = new Map<string, Instance>();
  readonly main = new Map<string, Instance>();
  readonly order: Instance[] = [];
  readonly #graph: Graph;
  readonly #expansions: readonly Expansion[];
  readonly #sourcesOf: SourcesOf;
  readonly #problems: Problem[];
  readonly #before: Plan | undefined;

  constructor(
    graph: Graph,
    expansions: readonly Expansion[],
    sourcesOf: SourcesOf,
    problems: Problem[],
    before: Plan | undefined,
  ) {
    this.#graph = graph;
    this.#expansions = expansions;
    this.#sourcesOf = sourcesOf;
    this.#problems = problems;
    this.#before = before;
  }

  at(instance: Instance, axis: string, value: string): Instance | undefined {
    return this.instances.get(nameOf(instance.node.id, { ...ownCoordinates(instance), [axis]: value }));
  }

  async plan(): Promise<void> {
    const cyclic = new Set(this.#graph.cyclic);
    for (const id of this.#graph.order) {
      const node = this.#graph.nodes.get(id);
      if (node === undefined) continue;
      if (cyclic.has(id)) {
        this.main.set(
          id,
          this.#add(unmade({ id, node, coordinates: node.copy?.coordinates ?? {}, inputs: new Map() })),
        );
        continue;
      }
      const on = this.#expansions.filter((axis) => axis.placesOf(id) !== undefined);
      const plain = on.length === 0 ? this.#before?.instances.get(id) : undefined;
      const isKept = plain !== undefined && plain.node === node && isUntouched(plain, this.main);
      this.main.set(id, isKept ? this.#add(plain) : await this.#expand(node, on, []));
    }
  }

  /** The node at every place of the axes that are left, inside the places that are taken; what stands for all of them. */
  async #expand(node: PlanNode, left: readonly Expansion[], taken: readonly Taken[]): Promise<Instance> {
    const [axis, ...inner] = left;
    if (axis === undefined) return this.#make(node, taken);
    const made: Instance[] = [];
    for (const place of axis.placesOf(node.id) ?? [])
      made.push(await this.#expand(node, inner, [...taken, { axis, place }]));
    return this.#add(axis.end(node, made));
  }

  async #make(node: PlanNode, taken: readonly Taken[]): Promise<Instance> {
    const own: Coordinates = Object.fromEntries(
      taken.flatMap(({ axis, place }) => (place === undefined ? [] : [[axis.axis, place]])),
    );
    const inputs = new Map(
      [...node.inputs].map(
        ([port, sources]) => [port, sources.map((source) => this.#input(source, node, port, taken))] as const,
      ),
    );
    const coordinates = { ...node.copy?.coordinates, ...own };
    const id = nameOf(node.id, own);
    try {
      const read = readsFiles(node) && canBeMade({ node, inputs }) ? await this.#sourcesOf(node) : noFiles;
      const { sources = read, ...facts } = factsAt(node, taken, read);
      return this.#add(
        makeInstance({ id, node, coordinates, inputs, ...facts }, sources, this.#before?.instances.get(id)),
      );
    } catch (thrown) {
      const problem: Problem = { node: node.id, ...toProblem(thrown) };
      this.#problems.push(problem);
      return this.#add({ ...unmade({ id, node, coordinates, inputs, ...factsAt(node, taken, noFiles) }), problem });
    }
  }

  #input({ node, port: from }: Source, consumer: PlanNode, port: string, taken: readonly Taken[]): InstanceInput {
    const instance = this.main.get(node);
    if (instance === undefined) throw new Error(`the node ${node} was planned after its consumer`);
    return taken.reduce<InstanceInput>((input, { axis, place }) => axis.input(input, { consumer, port }, place, this), {
      instance,
      port: from,
    });
  }

  /** What ends an axis may take the place of the instance whose name it has. */
  #add(instance: Instance): Instance {
    const old = this.instances.get(instance.id);
    if (old === undefined) this.order.push(instance);
    else if (old !== instance) this.order[this.order.lastIndexOf(old)] = instance;
    this.instances.set(instance.id, instance);
    return instance;
  }
}

interface Taken {
  axis: Expansion;
  place: Place;
}

const factsAt = (node: PlanNode, taken: readonly Taken[], sources: Instance['sources']): ReturnType<OwnFacts> =>
  taken.reduce<ReturnType<OwnFacts>>(
    (facts, { axis, place }) => ({ ...facts, ...axis.own?.(facts.sources ?? sources, node, place) }),
    {},
  );
type OwnFacts = NonNullable<Expansion['own']>;
