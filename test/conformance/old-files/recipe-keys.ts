/** The recipe key of each node of a pipeline, as a run here would have it. */
import { dirname, join } from 'node:path';
import { FileHashes } from '../../../engine/sources/sources.ts';
import { buildGraph } from '../../../engine/graph/graph.ts';
import { makePlan } from '../../../engine/plan/plan.ts';
import type { RunEnvironment } from '../../../engine/run/run-request.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { repositoryRoot } from '../../support/node-folders.ts';

export interface PlannedNode {
  kind: string;
  /** Null: its file is not there, or a run parameter has no value. */
  key: string | null;
  computes: number;
  /** Nodes that are wired to it. */
  from: string[];
}

/** @param path from the root of the repository: files are looked for beside it */
export async function planOf(
  text: string,
  path: string,
  environment: Pick<RunEnvironment, 'specs' | 'loadRun' | 'store' | 'resources'>,
): Promise<Record<string, PlannedNode>> {
  const file = parsePipeline(text, path);
  const defaults = Object.fromEntries(
    Object.entries(file.parameters).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  const graph = buildGraph(file, environment.specs, defaults);
  const folder = join(repositoryRoot, dirname(path));
  const plan = await makePlan(graph, {
    loadRun: environment.loadRun,
    hashes: new FileHashes(environment.store.folder),
    roots: {
      workspace: folder,
      pipelineFolder: folder,
      resources: join(environment.resources, 'data'),
      granted: new Set(),
      listings: join(environment.store.folder, 'listings'),
    },
  });
  return Object.fromEntries(
    [...graph.nodes.values()].map((node) => [
      node.id,
      {
        kind: node.kind,
        key: plan.main.get(node.id)?.key ?? null,
        computes: node.spec?.computes ?? 0,
        from: [...new Set([...node.inputs.values()].flat().map((source) => source.node))].toSorted(),
      },
    ]),
  );
}
