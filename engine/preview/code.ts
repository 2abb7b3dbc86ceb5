/** The SQL of a node, alone and with all that leads to it: what a person can read, copy and run in DuckDB. */
import { Results } from '../run/results/results.ts';
import { NodeLog } from '../run/node-log.ts';
import { Recorder } from '../run/recorder.ts';
import { composeQuery } from '../recipe/compose/table-value.ts';
import type { PreviewTarget } from './open-preview.ts';
import { instanceToShow, type Planner } from './planner.ts';
import { previewRun } from './scratch-store.ts';

export async function codeOf(
  planner: Planner,
  { pipeline, node, port, fold }: PreviewTarget,
): Promise<{ sql: string; chain: string }> {
  const planned = await planner.plan(pipeline);
  if (!planned.plan.main.has(node)) return { sql: '', chain: '' };
  const { instance } = instanceToShow(planned, node, fold);
  const form = instance.node.spec?.form;
  if (instance.key === null || (form !== 'relational' && form !== 'fitted')) return { sql: '', chain: '' };
  const { store, loadRun, workspace, threads } = planner.environment;
  const refuse = async (): Promise<never> => {
    throw new Error('code is composed, not run');
  };
  const log = new NodeLog(new Recorder('code', () => undefined, Date.now), new Map(), () => '');
  const results = new Results({
    run: previewRun(process.pid),
    plan: planned.plan,
    store: store.all,
    composer: planned.composer,
    connections: planned.connections,
    loadRun,
    log,
    signal: new AbortController().signal,
    recompute: new Set(),
    task: { workspace, threads, startWorkers: refuse, wasm: refuse, verifySources: async () => undefined },
  });
  const value = await results.composition(instance, port);
  const names = new Map(value.ctes.flatMap((c) => (c.node === undefined ? [] : [[c.name, `"${c.node}"`] as const])));
  const readable = (text: string): string => [...names].reduce((t, [from, to]) => t.replaceAll(from, to), text);
  const own = value.ctes.findLast((c) => c.node === node) ?? value.ctes.at(-1);
  return { sql: readable(own?.sql ?? ''), chain: readable(composeQuery(value, (from) => `SELECT * FROM ${from}`)) };
}
