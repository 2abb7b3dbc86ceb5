/** What the host asks of the planner: checks, previews, profiles, charts, code, the quick start. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { AnyRun } from '../../shared/capabilities.ts';
import { fail, toProblem } from '../../shared/errors.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { Report } from '../../shared/report.ts';
import { expression, ref, select, sql, type Sql } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import type { Engine } from '../host/host.ts';
import type { Specs } from '../plan/graph.ts';
import type { HostContext } from '../service/host-context.ts';
import type { TaskServices } from '../run/task-services.ts';
import { bindTable } from '../run/table-input.ts';
import { checkPipeline } from './check-pipeline.ts';
import { openPreview, type Preview } from './open-preview.ts';
import { Planner, type PipelineInHand } from './planner.ts';
import { profilePreview } from './profile.ts';
import { codeOf } from './code.ts';

export interface EngineParts {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  resources: string;
  tasks: Pick<TaskServices, 'startWorkers' | 'wasm'>;
}

/** Previews kept open: a window has few tables in sight; what was looked at longest ago goes first. */
const openAtOnce = 12;

export async function startEngine(
  house: Pick<HostContext, 'workspace' | 'store' | 'artifacts'>,
  parts: EngineParts,
): Promise<Engine> {
  const planner = new Planner({
    specs: parts.specs,
    loadRun: parts.loadRun,
    store: house.artifacts,
    workspace: house.workspace,
    resources: parts.resources,
    threads: Math.max(1, availableParallelism() - 1),
    memoryBytes: totalmem() * 0.25,
  });
  const previews = new Map<string, Preview>();
  let opened = 0;
  const previewOf = (name: string): Preview => {
    const found = previews.get(name);
    if (found === undefined)
      throw fail('preview.closed', { message: 'This preview is no longer open.', mend: 'Open it again.' });
    return found;
  };
  const inHand = (
    pipeline: { path: string | null; file: PipelineInHand['file'] },
    parameters?: Record<string, unknown>,
  ): PipelineInHand => ({ ...pipeline, parameters });
  const close = async (name: string): Promise<void> => {
    const preview = previews.get(name);
    previews.delete(name);
    await preview?.close();
  };
  return {
    close: async () => {
      for (const name of [...previews.keys()]) await close(name);
      await planner[Symbol.asyncDispose]();
    },
    handlers: {
      'plan.check': ({ pipeline, parameters, to }) => checkPipeline(planner, inHand(pipeline, parameters), to),
      'plan.functions': async () => functionsOf(planner),
      'plan.expression': async ({ pipeline, node, param, text }) =>
        judgeExpression(planner, inHand(pipeline), node, param, text),
      'plan.code': async ({ pipeline, node, port, parameters }) =>
        codeOf(planner, inHand(pipeline, parameters), node, port),
      'pipelines.quickStart': async ({ path, target }) => quickStart(planner, parts.resources, path, target),
      'preview.open': async ({ pipeline, node, port, parameters }) => {
        const started = performance.now();
        const name = `preview-${++opened}`;
        const preview = await openPreview(planner, inHand(pipeline, parameters), node, port, parts.tasks, name);
        previews.set(name, preview);
        const [oldest] = previews.keys();
        if (previews.size > openAtOnce && oldest !== undefined) void close(oldest);
        return {
          preview: name,
          schema: preview.schema,
          rows: preview.rows(),
          exact: preview.rows() !== null,
          origin: preview.origin,
          ms: performance.now() - started,
        };
      },
      'preview.page': async ({ preview, ...request }) => previewOf(preview).page(request),
      'preview.profile': async function* ({ preview }, { signal }) {
        yield* profilePreview(previewOf(preview), signal);
      },
      'preview.chart': async ({ preview, ...chart }) => drawChart(previewOf(preview), parts, chart),
      'preview.close': async ({ preview }) => {
        await close(preview);
        return {};
      },
    },
  };
}

interface ChartRequest {
  mark: 'histogram' | 'bar' | 'line' | 'point' | 'box';
  x: string;
  y: string | null;
  color: string | null;
}

/** The quick chart is the chart node on the rows in sight: one definition of binning and thinning. */
async function drawChart(preview: Preview, parts: EngineParts, chart: ChartRequest): Promise<Report> {
  await preview.ready;
  const spec = parts.specs.get('explore.chart');
  const run = await parts.loadRun('explore.chart');
  if (spec === undefined || run.form !== 'task')
    throw fail('kind.unknown', { message: 'This version has no chart node.' });
  const params = spec.params.parse({
    mark: chart.mark === 'point' ? 'scatter' : chart.mark,
    x: chart.x,
    ...(chart.y === null ? {} : { y: chart.y }),
    ...(chart.color === null ? {} : { color: chart.color }),
  });
  let made: Report | undefined;
  const table = bindTable(
    'rows',
    preview.value,
    (value, work) => preview.planned.connections.use(value.mixes, work),
    () => [],
  );
  const refuse = (): never => {
    throw new Error('a chart makes a report and nothing else');
  };
  await run.run({
    node: 'chart',
    params: params as never,
    threads: 1,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    warn: () => undefined,
    has: (port) => port === 'rows',
    table: () => table,
    tables: () => [table],
    model: refuse,
    folder: refuse,
    stage: refuse,
    images: { keep: refuse, pixels: refuse },
    metric: () => undefined,
    startWorkers: parts.tasks.startWorkers,
    wasm: parts.tasks.wasm,
    outputs: {
      table: refuse,
      predictions: refuse,
      model: refuse,
      file: refuse,
      service: refuse,
      report: async (_port, report) => void (made = report),
    },
  });
  return made ?? refuse();
}

async function functionsOf(planner: Planner): Promise<{ name: string; signature: string; about: string }[]> {
  const { connections } = await planner.plan({
    path: null,
    file: { flowyard: 1, title: '', parameters: {}, nodes: {}, wires: [], groups: {}, notes: {}, layout: {} },
  });
  const rows = await connections.use(false, (db) =>
    db.query(
      `SELECT function_name AS name, any_value(array_to_string(parameters, ', ')) AS given, any_value(return_type) AS gives, coalesce(any_value(description), '') AS about FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro') AND stability IS DISTINCT FROM 'VOLATILE' AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$') AND NOT starts_with(function_name, '__') GROUP BY 1 ORDER BY 1`,
    ),
  );
  return rows.map((r) => ({
    name: String(r['name']),
    signature: `${String(r['name'])}(${String(r['given'] ?? '')}) → ${String(r['gives'] ?? '')}`,
    about: String(r['about'] ?? ''),
  }));
}

async function judgeExpression(planner: Planner, pipeline: PipelineInHand, node: string, param: string, text: string) {
  const planned = await planner.plan(pipeline);
  const checked = await planner.check(pipeline, planned);
  const inputs = [...(planned.graph.nodes.get(node)?.inputs ?? [])].flatMap(([port, sources]) =>
    sources.flatMap((s) => ({ port, schema: checked.schemas.get(`${s.node}.${s.port}`) })),
  );
  const columns: Column[] = inputs.flatMap((i) => i.schema?.columns ?? []);
  try {
    const isQuery = /^\s*(with|select|from)\b/i.test(text);
    const fragment: Sql = isQuery ? select(text, param) : expression(text, param);
    await planned.composer.judge.judge(
      fragment,
      inputs.map((i) => i.port),
    );
    const type = isQuery
      ? null
      : ((await planned.composer.binder.columns(withRows(fragment), [{ ref: 'rows', columns, hidden: [] }]))[0]?.type ??
        null);
    return { type, problem: null };
  } catch (thrown) {
    return { type: null, problem: { ...toProblem(thrown), node, param } };
  }
}
const withRows = (fragment: Sql): Sql => sql`SELECT ${fragment} AS value FROM ${ref('rows')}`;

/** What "Open a CSV" builds: the quick start with this file, and the column that most likely is to be predicted. */
async function quickStart(planner: Planner, resources: string, path: string, target: string | null) {
  const file = parsePipeline(
    await readFile(join(resources, 'examples', 'quick-start.pipeline.json'), 'utf8'),
    'the quick start',
  );
  const chosen = {
    ...file,
    title: path.replace(/^.*\//, '').replace(/\.[^.]*$/, ''),
    parameters: { ...file.parameters },
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
  const reader = planned.graph.order.find((n) => planned.graph.nodes.get(n)?.spec?.category === 'read') ?? '';
  const problem = checked.problems.find((p) => p.severity === 'error' && p.node === reader);
  if (problem !== undefined) throw fail(problem.code, problem);
  const columns = checked.schemas.get(`${reader}.rows`)?.columns ?? [];
  const guess = target ?? guessTarget(columns);
  return { file: withFile(guess), target: guess, columns: [...columns] };
}

const likelyTargets =
  /^(target|label|class|outcome|y|survived|churn(ed)?|default(ed)?|species|diagnosis|price|quality|response)$/i;
const guessTarget = (columns: readonly Column[]): string =>
  columns.find((c) => likelyTargets.test(c.name))?.name ?? columns.at(-1)?.name ?? '';
