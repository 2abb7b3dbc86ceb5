/** The answer to `plan.check`: problems, schemas, what is fresh, what a run would do. */
import type { Problem } from '../../shared/errors.ts';
import type { CheckResult } from '../../shared/rpc/contract/check.ts';
import { targetsOf } from '../run/plan-run.ts';
import { decide } from '../run/decide.ts';
import { explainChange, recipeKey, settingNames } from '../graph/keys.ts';
import type { Instance } from '../graph/instance.ts';
import { outputFacts, warningsOf } from '../run/results/instance-facts.ts';
import { RecipeMemory } from '../run/recipe-memory.ts';
import { unsavedPath } from '../run/unsaved-path.ts';
import { join } from 'node:path';
import { memoryOfOneRun } from '../compute/budget.ts';
import type { Checked } from '../plan/check.ts';
import { estimateSizes } from '../plan/estimate-sizes.ts';
import { chooseCut, estimateRun } from '../plan/plan-cut.ts';
import { sizesIn } from '../run/estimate-placed.ts';
import { placedPart, type PlacedPart } from '../remote/placement/placed-part.ts';
import { sayParting } from '../plan/say-parting.ts';
import type { Artifact, ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { PipelineInHand, Planned, Planner } from './planner.ts';

export async function checkPipeline(
  planner: Planner,
  pipeline: PipelineInHand,
  to: string | null,
  partitions?: number,
): Promise<CheckResult> {
  const { workspace } = planner.environment;
  // Read while the plan waits for the disk as well.
  const remembering = RecipeMemory.open(
    planner.environment.store.results.folder,
    join(workspace, pipeline.path ?? unsavedPath(pipeline.file.title)),
    workspace,
  );
  const part = onOneTarget(() => placedPart(pipeline.file, to));
  const wanted = partitions ?? part?.partitions;
  const planned = await planner.plan(pipeline, { wanted, memoryBytes: memoryOfOneRun(), to });
  const { graph, plan } = planned;
  const checked = await planner.check(pipeline, planned);
  const store = rememberFinds(planner.environment.store.results);
  const memory = await remembering;
  const decision = decide(targetsOf(graph, plan, to !== null && graph.nodes.has(to) ? to : null), store);
  const nodes: CheckResult['nodes'] = {};
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    const instance = plan.main.get(id);
    if (node === undefined) continue;
    nodes[id] = {
      key: instance?.key ?? null,
      freshness:
        instance === undefined
          ? { state: 'never', outputs: [] }
          : freshnessOf(
              instance,
              planned,
              store,
              memory,
              decision.reached.has(instance) && !decision.compute.has(instance),
            ),
      summary: node.sound && node.spec !== undefined ? node.spec.summary(node.params) : '',
      unknownKind: node.spec === undefined,
    };
  }
  const compute = [...new Set([...decision.compute].map((i) => i.node.id))];
  const known = compute.map((id) => nodes[id]?.freshness.ms);
  return {
    problems: withKept([...planned.problems, ...checked.problems], plan, store),
    schemas: Object.fromEntries(checked.schemas),
    nodes,
    plan: {
      compute,
      total: graph.nodes.size,
      parts: sayParting(graph, plan.parting).filter(({ node }) => compute.includes(node)),
      placed: movesOf(part, planned, { store, memory, schemas: checked.schemas }),
      estimate_ms: known.every((ms) => ms !== undefined) ? known.reduce((sum, ms) => sum + ms, 0) : null,
    },
  };
}

/** What the runs that left the results warned of, also where no window has seen them: a pipeline that is opened again has its warnings. */
function withKept(found: readonly Problem[], plan: Planned['plan'], store: Results): Problem[] {
  const say = ({ node, message }: Problem): string => `${node} ${message}`;
  const said = new Set(found.map(say));
  const kept = [...plan.main.values()].flatMap((instance) => {
    const artifact = instance.key === null ? undefined : store.find(instance.key);
    return artifact === undefined
      ? []
      : warningsOf(artifact, instance.node.id).filter((reported) => !said.has(say(reported)));
  });
  return [...found, ...kept];
}

/** Undefined places and folds choose nothing. What the target has already is not known before it is asked. */
function movesOf(
  part: PlacedPart | undefined,
  { graph, plan }: Pick<Planned, 'graph' | 'plan'>,
  known: { store: Results; memory: RecipeMemory; schemas: Checked['schemas'] },
): CheckResult['plan']['placed'] {
  if (part === undefined) return null;
  const { compute } = decide(targetsOf(graph, plan, null, part.nodes), known.store);
  const sizes = estimateSizes(plan, { schemas: known.schemas, ...sizesIn(known.store, known.memory, compute) });
  const { moves, there } = chooseCut(estimateRun({ plan, placed: part.nodes, compute, sizes }));
  return { target: part.target, there, moves };
}
/** A run says what is wrong with its places; a check need not. */
function onOneTarget<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

type Results = Pick<ArtifactStore, 'find' | 'folder'>;

/** Each key is looked for on the disk once in an answer. */
function rememberFinds({ folder, glance }: Pick<ArtifactStore, 'folder' | 'glance'>): Results {
  const found = new Map<string, Artifact | undefined>();
  const find = glance();
  return {
    folder,
    find: (key) => {
      if (!found.has(key)) found.set(key, find(key));
      return found.get(key);
    },
  };
}

function freshnessOf(
  instance: Instance,
  { isProvisional }: Planned,
  store: Results,
  memory: RecipeMemory,
  unneeded: boolean,
): CheckResult['nodes'][string]['freshness'] {
  if (instance.key === null || instance.recipe === null) return { state: 'never', outputs: [] };
  const artifact = store.find(instance.key);
  if (artifact !== undefined) {
    const { ms, run } = artifact.manifest;
    return { state: 'fresh', outputs: outputFacts(artifact), ms, ...(run === undefined ? {} : { run }) };
  }
  // Everything that would read its rows is stored: there is nothing to run.
  if (unneeded) return { state: 'fresh', outputs: [] };
  const before = memory.get(instance);
  if (before === undefined) return { state: 'never', outputs: [] };
  if (recipeKey(before) === instance.key && instance.node.spec?.form === 'relational' && !instance.node.spec.marksRows)
    return { state: 'fresh', outputs: [] };
  const old = store.find(recipeKey(before));
  const reason = isProvisional
    ? 'a file is still being read'
    : explainChange(before, instance.recipe, {
        input: (port) => instance.inputs.get(port)?.[0]?.instance.node.title ?? port,
        ...settingNames(instance.node.spec?.params),
      });
  return {
    state: 'stale',
    reason,
    outputs: old === undefined ? [] : outputFacts(old),
    ...(old === undefined ? {} : { ms: old.manifest.ms }),
  };
}
