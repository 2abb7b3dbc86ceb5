import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failWith } from '../../shared/errors.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import { hasAnswerName, likelyTarget } from '../../shared/kind/likely-target.ts';
import type { Json } from '../store/json-columns.ts';
import type { PipelineInHand, Planner } from './planner.ts';

export interface QuickStartOptions {
  planner: Planner;
  resources: string;
  /** The file to learn from. */
  path: string;
  /** Null: a guess. */
  target: string | null;
  /** Parameters of the reader. */
  read: Readonly<Record<string, Json>>;
}

/** What "Open a CSV" builds: the quick start with this file, and the column that most likely is to be predicted. */
export async function quickStart({ planner, resources, path, target, read }: QuickStartOptions) {
  const file = parsePipeline(
    await readFile(join(resources, 'examples', 'quick-start.pipeline.json'), 'utf8'),
    'the quick start',
  );
  const chosen = {
    ...file,
    title: path.replace(/^.*\//, '').replace(/\.[^.]*$/, ''),
    parameters: { ...file.parameters },
    nodes: Object.fromEntries(
      Object.entries(file.nodes).map(([name, node]) => [
        name,
        node.kind === 'read.csv' ? { ...node, kind: readerOf(path), params: { ...node.params, ...read } } : node,
      ]),
    ),
  };
  const withFile = (t: string): typeof file => ({
    ...chosen,
    parameters: Object.fromEntries(
      Object.entries(chosen.parameters).map(([name, spec]) => [
        name,
        spec.type === 'file' ? { ...spec, default: path } : spec.type === 'column' ? { ...spec, default: t } : spec,
      ]),
    ),
  });
  const pipeline: PipelineInHand = { path: null, file: withFile(target ?? 'target') };
  const planned = await planner.plan(pipeline);
  const checked = await planner.check(pipeline, planned);
  const reader = planned.graph.order.find((n) => planned.graph.nodes.get(n)?.spec?.reads === true) ?? '';
  const problem = checked.problems.find((p) => p.severity === 'error' && p.node === reader);
  if (problem !== undefined) throw failWith(problem);
  const columns = checked.schemas.get(`${reader}.rows`)?.columns ?? [];
  const guess = target ?? likelyTarget(columns) ?? columns.at(-1)?.name ?? '';
  const reason: 'asked' | 'name' | 'last' = target !== null ? 'asked' : hasAnswerName(guess) ? 'name' : 'last';
  const findings = checked.problems.filter((p) => p.node === reader);
  return { file: withFile(guess), target: guess, reason, columns: [...columns], findings };
}

const readerOf = (path: string): string =>
  /\.parquet$/i.test(path) ? 'read.parquet' : /\.(jsonl|ndjson|json)(\.gz)?$/i.test(path) ? 'read.jsonl' : 'read.csv';
