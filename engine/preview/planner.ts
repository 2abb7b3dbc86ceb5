/** Plans of the pipelines that windows show: made once for each content, checked against the data, shared by checks, previews and code. */
import { join, resolve } from 'node:path';
import type { AnyRun } from '../../shared/capabilities.ts';
import { fail, type Problem, toProblem } from '../../shared/errors.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import type { AtWork } from '../compute/at-work.ts';
import { CheckMemory } from '../plan/check-memory.ts';
import { checkPlan, type Checked } from '../plan/check.ts';
import { GraphMemory, type Graph } from '../graph/graph.ts';
import type { Specs } from '../graph/specs.ts';
import { inspectSources, mergeInspected } from '../plan/inspect-sources.ts';
import { listingsFolder } from '../sources/listings.ts';
import type { PartsWish } from '../plan/axes/axis.ts';
import { makePlan, type Plan, type PlanServices } from '../plan/plan.ts';
import type { Instance } from '../graph/instance.ts';
import { FileHashes, filesOf, type SourceRoots } from '../sources/sources.ts';
import { BackgroundHashes } from './background-hashes.ts';
import { Sandboxes, type Sandbox } from './sandboxes.ts';
import type { PreviewStore } from './scratch-store.ts';

export interface PlannerEnvironment {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  store: PreviewStore;
  workspace: string;
  resources: string;
  threads: number;
  /** For all databases together. */
  memoryBytes: number;
  /** Plans need not wait for large files to be read: called when one was, since plans with it have other keys then. Without it, they wait. */
  onFileRead?: () => void;
  /** Told before a node is looked at, should that be the last thing that the process does. */
  atWork?: AtWork;
  /** Files outside the workspace that a person named on the command line. Absolute. */
  granted?: readonly string[];
}
export interface PipelineInHand {
  path: string | null;
  file: PipelineFile;
  parameters?: Readonly<Record<string, unknown>> | undefined;
}
export interface Planned extends Sandbox {
  graph: Graph;
  plan: Plan;
  /** Run parameters without a usable value. */
  problems: readonly Problem[];
  /** A file has not been read yet, so keys are not those of a run. */
  isProvisional: boolean;
}

/** What was made of a pipeline, for its next edit. */
interface PipelineMemory {
  graphs: GraphMemory;
  checks: CheckMemory;
  plan: Plan | undefined;
}

/** Inspections are remembered by what they looked at; more than a person has readers. */
const rememberedInspections = 200;
/** Pipelines whose last plan and check are kept node by node. */
const rememberedPipelines = 6;

export class Planner implements AsyncDisposable {
  readonly environment: PlannerEnvironment;
  readonly #files: FileHashes;
  readonly #hashes: PlanServices['hashes'];
  readonly #sandboxes: Sandboxes;
  readonly #memories = new Map<string, PipelineMemory>();
  readonly #inspected = new Map<string, Promise<Problem[]>>();

  constructor(environment: PlannerEnvironment) {
    this.environment = environment;
    const { store, threads, memoryBytes } = environment;
    this.#files = new FileHashes(store.results.folder);
    this.#hashes =
      environment.onFileRead === undefined
        ? this.#files
        : new BackgroundHashes(this.#files, { onRead: environment.onFileRead });
    this.#sandboxes = new Sandboxes({
      threads,
      memoryBytes,
      tempFolder: store.folder,
      folders: [store.results.folder, store.folder],
    });
  }

  /** @param parts how rows in several files would be computed by a run; a preview shows them as they are */
  async plan(pipeline: PipelineInHand, parts?: PartsWish): Promise<Planned> {
    const { specs, loadRun } = this.environment;
    const problems: Problem[] = [];
    const values = this.#values(pipeline, problems);
    const memory = this.#memoryOf(pipeline);
    const graph = memory.graphs.build(pipeline.file, specs, values);
    const services = {
      loadRun,
      hashes: this.#hashes,
      roots: this.#roots(pipeline.path),
      ...(parts === undefined ? {} : { parts }),
    };
    const plan = await makePlan(graph, services, memory.plan);
    memory.plan = plan;
    void this.#files.save();
    const files = filesOf(plan);
    const { connections, composer, hold } = await this.#sandboxes.get(files);
    const isProvisional = files.some((file) => file.isProvisional === true);
    return { graph, plan, connections, composer, hold, problems, isProvisional };
  }

  #memoryOf({ path, file }: PipelineInHand): PipelineMemory {
    const name = path ?? `unsaved ${file.title}`;
    const memory = this.#memories.get(name) ?? {
      graphs: new GraphMemory(),
      checks: new CheckMemory(),
      plan: undefined,
    };
    this.#memories.delete(name);
    this.#memories.set(name, memory);
    for (const [old] of [...this.#memories].slice(0, -rememberedPipelines)) this.#memories.delete(old);
    return memory;
  }

  /** A preview after a check asks nothing twice: what each node answered is kept. */
  async check(pipeline: PipelineInHand, planned: Planned): Promise<Checked> {
    const { checks } = this.#memoryOf(pipeline);
    const readers = [...planned.plan.main.values()].filter((instance) => instance.sources.length > 0);
    const [checked, inspected] = await Promise.all([
      checkPlan(planned.plan, planned.composer, this.environment.loadRun, checks, this.environment.atWork),
      Promise.all(readers.map((instance) => this.#inspect(instance, planned))),
    ]);
    return { ...checked, problems: mergeInspected(planned.plan, checked.problems, inspected.flat()) };
  }

  /** What a reader says of its file, once for each content and settings. */
  #inspect(instance: Instance, { connections }: Planned): Promise<Problem[]> {
    const { node, sources } = instance;
    const name = compactJson({
      node: node.id,
      kind: node.kind,
      params: node.params,
      read: sources.map((s) => `${s.path} ${s.stamp}`),
    });
    const known = this.#inspected.get(name);
    if (known !== undefined) return known;
    const found = inspectSources(
      [instance],
      connections,
      this.environment.loadRun,
      new AbortController().signal,
      this.environment.atWork,
    );
    this.#inspected.set(name, found);
    found.catch(() => this.#inspected.delete(name));
    for (const [old] of [...this.#inspected].slice(0, -rememberedInspections)) this.#inspected.delete(old);
    return found;
  }

  /** As many values as there are; a missing one is a problem of the pipeline, not the end of the check. */
  #values(pipeline: PipelineInHand, problems: Problem[]): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const [name, spec] of Object.entries(pipeline.file.parameters)) {
      try {
        const given = pipeline.parameters?.[name];
        Object.assign(
          values,
          resolveParameters(
            { ...pipeline.file, parameters: { [name]: spec } },
            given === undefined ? {} : { [name]: given },
          ),
        );
      } catch (thrown) {
        problems.push(toProblem(thrown));
        values[name] = '';
      }
    }
    return values;
  }

  #roots(path: string | null): SourceRoots {
    const { workspace, resources } = this.environment;
    const folder = path === null || path.startsWith('example:') ? workspace : resolve(workspace, path, '..');
    return {
      workspace,
      pipelineFolder: folder,
      resources: resolve(resources, 'data'),
      granted: new Set(this.environment.granted),
      listings: join(this.environment.store.results.folder, listingsFolder),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sandboxes[Symbol.asyncDispose]();
  }
}

/**
 * The computation that stands for a node in a preview. Between a Split by folds and an evaluation there is one a fold: the one that is asked for, else the
 * first. What gathers the folds, and what comes after them, stands for itself.
 */
export function instanceToShow(
  { plan, graph }: Pick<Planned, 'plan' | 'graph'>,
  node: string,
  fold: number | undefined,
): { instance: Instance; fold?: { shown: number; of: number[] } } {
  const main = plan.main.get(node);
  if (main === undefined)
    throw fail('preview.no-node', {
      message: `The pipeline has no node "${node}".`,
      mend: 'Select a node that it has.',
    });
  const folds = new Map(
    [...plan.instances.values()].flatMap((instance) => {
      const number = /^fold (\d+)$/.exec(instance.coordinates['fold'] ?? '')?.[1];
      return instance.node.id === node && number !== undefined ? [[Number(number), instance] as const] : [];
    }),
  );
  const [first] = folds.keys();
  if (first === undefined || (fold === undefined && main.merges !== undefined)) return { instance: main };
  const shown = fold ?? first;
  const instance = folds.get(shown);
  if (instance === undefined)
    throw fail('preview.no-fold', {
      message: `"${graph.nodes.get(node)?.title ?? node}" has no fold ${shown}.`,
      mend: `Its folds are ${[...folds.keys()].join(', ')}.`,
      node,
    });
  return { instance, fold: { shown, of: [...folds.keys()] } };
}
