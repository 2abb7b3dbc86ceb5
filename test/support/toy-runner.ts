/** For `host.test.ts`: a real runner process with three small node kinds, so that the host is tested without the product's. */
import { join } from 'node:path';
import * as z from 'zod';
import { encodeEstimator } from '../../methods/estimator/estimator.ts';
import { task, type AnyRun } from '../../shared/capabilities.ts';
import { defineSpec } from '../../shared/spec/define-spec.ts';
import { sql } from '../../shared/sql.ts';
import { serveRunner } from '../../engine/run/runner/serve-runner.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';

const common = {
  version: 1,
  computes: 1,
  about: '',
  keywords: [],
  icon: 'circle',
  form: 'task',
  rows: 'mix',
  runsIn: 'process',
  summary: () => '',
} as const;
const rows = { rows: { wire: 'table', title: 'Rows' } } as const;

const numbers = defineSpec({
  ...common,
  kind: 'read.numbers',
  title: 'Numbers',
  inputs: {},
  outputs: rows,
  params: z.strictObject({ count: z.int().default(10) }),
});
const wait = defineSpec({
  ...common,
  kind: 'explore.wait',
  title: 'Wait',
  inputs: rows,
  outputs: { report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({ ms: z.number().default(0) }),
});
const crash = defineSpec({
  ...common,
  kind: 'explore.crash',
  title: 'Crash',
  inputs: rows,
  outputs: { report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({}),
});
const train = defineSpec({
  ...common,
  kind: 'train.toy',
  title: 'Train',
  inputs: rows,
  outputs: { model: { wire: 'model', title: 'Model' } },
  params: z.strictObject({}),
});
const judge = defineSpec({
  ...common,
  kind: 'evaluate.toy',
  title: 'Judge',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: {},
  params: z.strictObject({}),
});
/** Steps of ten milliseconds that can be paused and ended early, and that go on from a checkpoint. The last one waits until the process that takes it was paused: whoever steers comes in time. */
const steps = defineSpec({
  ...common,
  kind: 'explore.steps',
  title: 'Steps',
  inputs: rows,
  outputs: { report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({ count: z.int().default(10) }),
});
const deploy = defineSpec({
  ...common,
  kind: 'deploy.toy',
  title: 'Deploy',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({ name: z.string().default('toy') }),
});

const runs: Readonly<Record<string, AnyRun>> = {
  'read.numbers': task(numbers, {
    run: async ({ params, outputs, metric, log }) => {
      log('counting');
      await outputs.table('rows', sql`SELECT range AS n FROM range(${params.count})`);
      metric('rows', params.count);
    },
  }),
  'explore.wait': task(wait, {
    run: async ({ params, progress, signal, outputs }) => {
      const end = performance.now() + params.ms;
      while (performance.now() < end) {
        progress(1 - (end - performance.now()) / params.ms);
        await new Promise((done) => setTimeout(done, 10));
        signal.throwIfAborted();
      }
      await outputs.report('report', {
        title: 'Waited',
        chips: [],
        blocks: [{ type: 'text', text: `${params.ms} ms`, tone: 'plain' }],
      });
    },
  }),
  'explore.steps': task(steps, {
    run: async ({ params, control, checkpoint, metric, progress, outputs }) => {
      const from = (await checkpoint.load())?.[0] ?? 0;
      let step = from;
      let wasPaused = false;
      while (step < params.count) {
        wasPaused ||= control.state() === 'pause';
        if ((await control.turn()) === 'finish') break;
        await new Promise((done) => setTimeout(done, 10));
        if (step === params.count - 1 && !wasPaused) continue;
        step += 1;
        metric('training_loss', 1 / step, { step });
        progress(step / params.count);
        if (step <= 255) await checkpoint.save(Uint8Array.of(step));
      }
      await outputs.report('report', {
        title: `${step} steps from ${from}`,
        chips: [],
        blocks: [],
      });
    },
  }),
  'train.toy': task(train, {
    run: async ({ outputs }) => {
      const estimator = encodeEstimator({ form: 'constant', values: Float64Array.of(4.5) });
      await outputs.model('model', {
        kind: 'train.toy',
        task: 'regression',
        target: { name: 'n', type: 'BIGINT' },
        features: ['n'],
        estimator,
        facts: { rows: 10 },
      });
    },
  }),
  'evaluate.toy': task(judge, { run: async ({ metric }) => metric('r2', 0.5) }),
  'deploy.toy': task(deploy, {
    run: async ({ params, model, outputs }) =>
      outputs.service('service', { name: params.name, model: model('model'), settings: { auth: 'none' } }),
  }),
  'explore.crash': task(crash, {
    run: async () => {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    },
  }),
};

await serveRunner(async (workspace) => ({
  specs: new Map([numbers, wait, crash, steps, train, judge, deploy].map((spec) => [spec.kind, spec])),
  loadRun: async (kind) => runs[kind] ?? Promise.reject(new Error(`no run of ${kind}`)),
  store: await openArtifacts({ folder: join(workspace, '.flowyard'), removeLeftovers: false }),
  resources: workspace,
  tasks: {
    startWorkers: () => Promise.reject(new Error('no workers here')),
    wasm: () => Promise.reject(new Error('no kernels here')),
  },
  now: Date.now,
}));
