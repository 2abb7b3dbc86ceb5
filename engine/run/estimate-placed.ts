/** What the results of a run weigh, for the choice of where to cut it: schemas by the binder, sizes from the store. No row is read. */
import { Binder } from '../sql/bind.ts';
import { checkPlan, type Checked } from '../plan/check.ts';
import { estimateSizes, type SizeFacts } from '../plan/estimate-sizes.ts';
import { SqlJudge } from '../sql/judge-sql.ts';
import { recipeKey } from '../graph/keys.ts';
import { estimateRun, type SizedNode } from '../plan/plan-cut.ts';
import type { Plan } from '../plan/plan.ts';
import type { Instance } from '../graph/instance.ts';
import { filesOf } from '../sources/sources.ts';
import type { Artifact, ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { Connections } from '../table/connections.ts';
import type { RunEnvironment, RunRequest } from './run-request.ts';
import { RecipeMemory } from './recipe-memory.ts';

export async function estimatePlaced(
  plan: Plan,
  request: RunRequest,
  environment: RunEnvironment,
  compute: ReadonlySet<Instance>,
): Promise<{ sized: SizedNode[]; schemas: Checked['schemas'] }> {
  const { store, loadRun } = environment;
  const allowed = [...new Set([store.folder, ...filesOf(plan).map((file) => file.path)])];
  await using connections = new Connections({ threads: 1, memoryBytes: 2 ** 29, tempFolder: null, allowed }, true);
  await using database = await connections.use(false, (db) => db.connect());
  const composer = { binder: new Binder(database), judge: new SqlJudge(database) };
  const { schemas } = await checkPlan(plan, composer, loadRun);
  const memory = await RecipeMemory.open(store.folder, request.path, request.workspace);
  const sizes = estimateSizes(plan, { schemas, ...sizesIn(store, memory, compute) });
  return { sized: estimateRun({ plan, placed: request.parts ?? [], compute, sizes }), schemas };
}

/** What the store knows of results: of those that are there, and of those that a node gave the last time. */
export function sizesIn(
  store: Pick<ArtifactStore, 'find'>,
  memory: RecipeMemory,
  compute: ReadonlySet<Instance>,
): Pick<SizeFacts, 'stored' | 'before'> {
  return {
    stored: (instance) =>
      instance.key === null || compute.has(instance) ? undefined : sizeOf(store.find(instance.key)),
    before: (instance) => {
      const last = memory.get(instance);
      return last === undefined ? undefined : sizeOf(store.find(recipeKey(last)));
    },
  };
}

const sizeOf = (artifact: Artifact | undefined): { bytes: number; rows: number | null } | undefined =>
  artifact === undefined
    ? undefined
    : {
        bytes: artifact.bytes,
        rows: Object.values(artifact.manifest.ports).find((port) => port.rows !== undefined)?.rows ?? null,
      };
