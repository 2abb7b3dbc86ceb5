/** Runs a task on bench tables and gives what it made: the reports, files, services and metrics that it hands over. */
import { createHash } from 'node:crypto';
import type { AnyRun, ModelDraft, ModelInput, TableInput, TaskContext, TaskRun } from '../../shared/capabilities.ts';
import { taskOfMap } from '../../methods/functions/run-map.ts';
import type { Finding, NodeSpec } from '../../shared/kind/define-spec.ts';
import type { DecoderService } from '../../shared/decoder.ts';
import type { LanguageDraft, LanguageInput, Weights } from '../../shared/language/language-model.ts';
import type { Report } from '../../shared/report.ts';
import { sql, type SqlValue } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';

type Outputs = TaskContext<unknown>['outputs'];
export interface TaskTrial {
  reports: Record<string, Report>;
  models: Record<string, ModelDraft>;
  predictions: Parameters<Outputs['predictions']>[];
  files: Parameters<Outputs['file']>[];
  services: Parameters<Outputs['service']>[];
  llms: Record<string, LanguageDraft>;
  /** Rows that were staged, and the ports that they went to. */
  staged: { columns: readonly Column[]; rows: readonly (readonly SqlValue[])[] }[];
  metrics: Record<string, number | null>;
  isProvisional: boolean;
  findings: Finding[];
  logs: string[];
}

export async function tryTask(
  spec: NodeSpec,
  given: AnyRun,
  params: Record<string, unknown>,
  inputs: {
    tables?: Record<string, TableInput>;
    models?: Record<string, ModelInput>;
    llms?: Record<string, LanguageInput>;
    decoders?: DecoderService;
    weights?: Record<string, Weights>;
    wasm?: Uint8Array;
  },
): Promise<TaskTrial> {
  const run = given.form === 'map' ? taskOfMap(given) : given;
  if (run.form !== 'task') throw new Error('not a task');
  const made: TaskTrial = {
    reports: {},
    models: {},
    predictions: [],
    files: [],
    services: [],
    llms: {},
    staged: [],
    metrics: {},
    findings: [],
    isProvisional: false,
    logs: [],
  };
  const unused = (): never => {
    throw new Error('this trial does not offer that');
  };
  const context: TaskContext<unknown> = {
    node: 'it',
    params: spec.params.parse(params),
    threads: 1,
    signal: new AbortController().signal,
    progress: () => {},
    log: (text) => void made.logs.push(text),
    warn: (finding) => void made.findings.push(finding),
    has: (port) => [inputs.tables, inputs.models, inputs.llms].some((given) => given?.[port] !== undefined),
    table: (port) => inputs.tables?.[port] ?? unused(),
    tables: (port) => [inputs.tables?.[port] ?? unused()],
    model: (port) => inputs.models?.[port] ?? unused(),
    llm: (port) => inputs.llms?.[port] ?? unused(),
    llms: (port) => [inputs.llms?.[port] ?? []].flat(),
    weights: async (param) => inputs.weights?.[param] ?? unused(),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    metric: (name, value) => void (made.metrics[name] = value),
    show: () => {},
    control: { state: () => 'run', changed: () => () => {}, turn: async () => 'run' },
    checkpoint: { load: async () => undefined, save: async () => {} },
    file: unused,
    folder: unused,
    neural: { train: unused, open: unused },
    images: { keep: unused, pixels: unused, openEncoder: unused, openTextReader: unused, keepFrames: unused },
    sounds: { keep: unused, samples: unused, openVoiceDetector: unused, openTranscriber: unused },
    texts: { openEncoder: unused, openTrainable: unused, nearest: unused, readDocument: unused },
    decoders: inputs.decoders ?? { file: unused, train: unused },
    stage: async (columns, rows) => {
      made.staged.push({ columns, rows });
      return sql`staged`;
    },
    startWorkers: unused,
    wasm: async () => inputs.wasm ?? unused(),
    provisional: () => void (made.isProvisional = true),
    outputs: {
      table: async () => {},
      predictions: async (...given) => void made.predictions.push(given),
      model: async (port, draft) => void (made.models[port] = draft),
      llm: async (port, draft) => void (made.llms[port] = draft),
      report: async (port, report) => void (made.reports[port] = report),
      file: async (...given) => {
        made.files.push(given);
        return { path: given[0], bytes: 'bytes' in given[1] ? given[1].bytes.length : 0 };
      },
      service: async (...given) => void made.services.push(given),
    },
  };
  await (run as unknown as TaskRun<unknown>).run(context);
  return made;
}

/** A model of two classes, for tasks that only hand it on or measure it; what the trial does not need fails. */
export function modelLike(own: Partial<ModelInput>): ModelInput {
  const unused = (): never => {
    throw new Error('this model does not offer that');
  };
  return {
    key: 'model-key',
    task: 'classification',
    target: { name: 'y', type: 'VARCHAR', role: 'target' },
    classes: ['no', 'yes'],
    facts: {},
    inputSchema: [{ name: 'x', type: 'DOUBLE' }],
    predictionColumns: ['prediction', 'probability_no', 'probability_yes'],
    score: unused,
    toOnnx: unused,
    toEncoder: unused,
    ...own,
  };
}
