/** Plans of the pipelines that windows show: made once for each content, checked against the data, shared by checks, previews and code. */
import { resolve } from 'node:path';
import type { AnyRun } from '../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import { Binder } from '../plan/bind.ts';
import { checkPlan, type Checked } from '../plan/check.ts';
import { buildGraph, type Graph, type Specs } from '../plan/graph.ts';
import { SqlJudge } from '../plan/judge-sql.ts';
import { hashText } from '../plan/keys.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { FileHashes, filesOf, type SourceRoots } from '../plan/sources.ts';
import type { Composer } from '../run/compose.ts';
import { Connections } from '../run/connections.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Database } from '../table/database.ts';

export interface PlannerHouse {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  store: ArtifactStore;
  workspace: string;
  resources: string;
  threads: number;
  memoryBytes: number;
  /** Files outside the workspace that a person named on the command line. Absolute. */
  granted?: readonly string[];
}
export interface PipelineInHand {
  path: string | null;
  file: PipelineFile;
  parameters?: Readonly<Record<string, unknown>> | undefined;
}
export interface Planned {
  graph: Graph;
  plan: Plan;
  connections: Connections;
  composer: Composer;
  /** Run parameters without a usable value. */
  problems: readonly Problem[];
}

interface Sandbox {
  connections: Connections;
  composer: Composer;
  database: Database;
}

export class Planner implements AsyncDisposable {
  readonly house: PlannerHouse;
  readonly #hashes: FileHashes;
  /** One sandbox for each set of files that may be read: most edits read the same files. */
  readonly #sandboxes = new Map<string, Promise<Sandbox>>();
  #checked: { name: string; result: Promise<Checked> } | undefined;

  constructor(house: PlannerHouse) {
    this.house = house;
    this.#hashes = new FileHashes(house.store.folder);
  }

  async plan(pipeline: PipelineInHand): Promise<Planned> {
    const { specs, loadRun } = this.house;
    const problems: Problem[] = [];
    const values = this.#values(pipeline, problems);
    const graph = buildGraph(pipeline.file, specs, values);
    const plan = await makePlan(graph, { loadRun, hashes: this.#hashes, roots: this.#roots(pipeline.path) });
    void this.#hashes.save();
    const files = filesOf(plan);
    const { connections, composer } = await this.#sandbox(files);
    return { graph, plan, connections, composer, problems };
  }

  /** The last answer is kept: a preview after a check asks nothing twice. */
  check(pipeline: PipelineInHand, planned: Planned): Promise<Checked> {
    const name = hashText(
      compactJson({
        file: { ...pipeline.file, layout: {}, notes: {} },
        keys: [...planned.plan.main.values()].map((i) => i.key),
      }),
    );
    if (this.#checked?.name === name) return this.#checked.result;
    const result = checkPlan(planned.plan, planned.composer, this.house.loadRun);
    this.#checked = { name, result };
    return result;
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
    const { workspace, resources } = this.house;
    const folder = path === null || path.startsWith('example:') ? workspace : resolve(workspace, path, '..');
    return {
      workspace,
      pipelineFolder: folder,
      resources: resolve(resources, 'data'),
      granted: new Set(this.house.granted),
    };
  }

  #sandbox(files: readonly string[]): Promise<Sandbox> {
    const name = files.join('\n');
    const known = this.#sandboxes.get(name);
    if (known !== undefined) return known;
    const made = this.#openSandbox(files);
    this.#sandboxes.set(name, made);
    const [oldest] = this.#sandboxes.keys();
    if (this.#sandboxes.size > 4 && oldest !== undefined) {
      const old = this.#sandboxes.get(oldest);
      this.#sandboxes.delete(oldest);
      // A preview may still read from it: it is closed when nobody can any more.
      setTimeout(() => void old?.then(closeSandbox), 60_000).unref();
    }
    return made;
  }

  async #openSandbox(files: readonly string[]): Promise<Sandbox> {
    const { store, threads, memoryBytes } = this.house;
    const connections = new Connections(
      { threads, memoryBytes, tempFolder: await store.scratch('preview'), allowed: [store.folder, ...files] },
      true,
    );
    const database = await connections.use(false, (db) => db.connect());
    return { connections, database, composer: { binder: new Binder(database), judge: new SqlJudge(database) } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sandbox of this.#sandboxes.values()) await sandbox.then(closeSandbox, () => undefined);
  }
}

async function closeSandbox(sandbox: Sandbox): Promise<void> {
  await sandbox.database[Symbol.asyncDispose]();
  await sandbox.connections[Symbol.asyncDispose]();
}
