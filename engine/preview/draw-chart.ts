/** The quick chart is the chart node on the rows in sight: one definition of binning and thinning. */
import type { AnyRun } from '../../shared/capabilities.ts';
import { fault } from '../../shared/errors.ts';
import type { Report } from '../../shared/report.ts';
import type { Specs } from '../graph/graph.ts';
import { bindTable } from '../run/tasks/table-input.ts';
import type { TaskServices } from '../run/tasks/task-services.ts';
import type { Preview } from './open-preview.ts';

export interface ChartRequest {
  mark: 'histogram' | 'bar' | 'line' | 'point' | 'box';
  x: string;
  y: string | null;
  color: string | null;
}

export interface ChartParts {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  tasks: Pick<TaskServices, 'startWorkers' | 'wasm'>;
}

export async function drawChart(
  preview: Preview,
  parts: ChartParts,
  chart: ChartRequest,
  signal: AbortSignal,
): Promise<Report> {
  await preview.whole(signal);
  const spec = parts.specs.get('explore.chart');
  const run = await parts.loadRun('explore.chart');
  if (spec === undefined || run.form !== 'task')
    throw fault('kind.unknown', { message: 'This version has no chart node.' });
  const params = spec.params.parse({
    mark: chart.mark === 'point' ? 'scatter' : chart.mark,
    x: chart.x,
    ...(chart.y === null ? {} : { y: chart.y }),
    ...(chart.color === null ? {} : { color: chart.color }),
  });
  let made: Report | undefined;
  const table = bindTable(
    'rows',
    preview.table(),
    (_value, work) => preview.read(work, signal),
    () => [],
  );
  const refuse = (): never => {
    throw new Error('a chart makes a report and nothing else');
  };
  await run.run({
    node: 'chart',
    params: params as never,
    threads: 1,
    signal,
    progress: () => undefined,
    log: () => undefined,
    warn: () => undefined,
    show: () => undefined,
    has: (port) => port === 'rows',
    table: () => table,
    tables: () => [table],
    model: refuse,
    llm: refuse,
    llms: refuse,
    weights: refuse,
    hash: refuse,
    file: refuse,
    folder: refuse,
    stage: refuse,
    neural: { train: refuse, open: refuse },
    images: { keep: refuse, pixels: refuse, openEncoder: refuse, openTextReader: refuse, keepFrames: refuse },
    sounds: { keep: refuse, samples: refuse, openVoiceDetector: refuse, openTranscriber: refuse },
    texts: { openEncoder: refuse, openTrainable: refuse, nearest: refuse, readDocument: refuse },
    decoders: { file: refuse, train: refuse },
    metric: () => undefined,
    control: { state: () => 'run', changed: () => () => undefined, turn: async () => 'run' },
    checkpoint: { load: async () => undefined, save: async () => undefined },
    startWorkers: parts.tasks.startWorkers,
    wasm: parts.tasks.wasm,
    provisional: () => undefined,
    outputs: {
      table: refuse,
      predictions: refuse,
      model: refuse,
      llm: refuse,
      file: refuse,
      service: refuse,
      report: async (_port, report) => void (made = report),
    },
  });
  return made ?? refuse();
}
