/** Everything that a window asks of the host, in one place. Written once, typed on both ends, checked at the host. */
import * as z from 'zod';
import { problem } from '../errors.ts';
import { pipelineFile } from '../pipeline/file.ts';
import { report } from '../report.ts';
import { runEvent } from '../run/run-events.ts';
import { runLimits } from '../run/run-limits.ts';
import { column, tableSchema } from '../wires.ts';
import { call, subscribe } from './contract/call.ts';
import { checkAnswer } from './contract/check.ts';
import { labelContract } from './contract/labels.ts';
import { openPipelineRoutes } from './contract/open-pipelines.ts';
import { limitsContract } from './contract/limits.ts';
import { devicesContract } from './contract/devices.ts';
import { trainingContract } from './contract/training.ts';
import { languageRoutes } from './contract/language.ts';
import { targetRoutes } from './contract/targets.ts';

const none = z.object({});
const bytes = z.instanceof(Uint8Array);

/** Raised when the two ends no longer understand each other; the window reloads itself on a difference. */
export const protocolVersion = 3;

/** A pipeline as the window holds it: its content, and where it is saved (relative to the workspace; null: never saved). */
export const openPipeline = z.object({ path: z.string().nullable(), file: pipelineFile });
const previewTarget = z.object({
  pipeline: openPipeline,
  node: z.string(),
  port: z.string(),
  parameters: z.record(z.string(), z.json()).optional(),
  /** Between a Split by folds and an evaluation: which fold's rows and states. Default: the first. */
  fold: z.int().min(1).optional(),
});

export const example = z.object({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  tag: z.string(),
  learn: z.array(z.string()),
  nodes: z.number(),
  path: z.string(),
});
export const fileEntry = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.enum(['pipeline', 'data', 'folder', 'other']),
  bytes: z.number(),
  modified_ms: z.number(),
});

export const runRow = z.object({
  id: z.string(),
  pipeline: z.string(),
  title: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
  started_ms: z.number(),
  finished_ms: z.number().nullable(),
  ms: z.number().nullable(),
  computed: z.number(),
  cached: z.number(),
  parameters: z.record(z.string(), z.json()),
  metrics: z.record(z.string(), z.record(z.string(), z.number().nullable())),
  /** Evaluations of two classes → the class that they call positive. */
  positives: z.record(z.string(), z.string()),
  problem: problem.nullable(),
});
export const modelRow = z.object({
  name: z.string(),
  version: z.int(),
  key: z.string(),
  created_ms: z.number(),
  run: z.string(),
  node: z.string(),
  pipeline: z.string(),
  kind: z.string(),
  task: z.enum(['classification', 'regression']),
  target: z.string(),
  bytes: z.number(),
  metrics: z.record(z.string(), z.number().nullable()),
  input_schema: z.array(column),
  classes: z.array(z.union([z.string(), z.number(), z.boolean()])),
  facts: z.record(z.string(), z.json()),
});
export const serviceRow = z.object({
  name: z.string(),
  model: z.string(),
  model_version: z.int(),
  model_key: z.string(),
  status: z.enum(['stopped', 'starting', 'running', 'failed']),
  url: z.string().nullable(),
  /** Shown once on request, for the curl line; null when the service wants none. */
  token: z.string().nullable(),
  port: z.int().nullable(),
  settings: z.record(z.string(), z.json()),
  created_ms: z.number(),
  started_ms: z.number().nullable(),
  requests: z.number(),
  errors: z.number(),
  p50_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  problem: problem.nullable(),
  /** What a run would have it answer with, and nobody has said yes to. */
  offered: z.object({ model: z.string(), model_version: z.int() }).nullable(),
});
export const requestRow = z.object({
  id: z.number(),
  service: z.string(),
  time_ms: z.number(),
  rows: z.number(),
  latency_ms: z.number(),
  status: z.number(),
  /** The model that answered: another one may have the service's name by now. Empty where it was not kept. */
  model: z.string(),
  model_key: z.string(),
  model_version: z.int(),
  input: z.json(),
  output: z.json(),
  error: z.string().nullable(),
});

const profileColumn = z.object({
  name: z.string(),
  type: z.string(),
  count: z.number(),
  nulls: z.number(),
  distinct: z.number().nullable(),
  min: z.union([z.string(), z.number(), z.null()]),
  max: z.union([z.string(), z.number(), z.null()]),
  mean: z.number().nullable(),
  sd: z.number().nullable(),
  /** Numbers and times: equal-width bins. */
  histogram: z.object({ from: z.number(), to: z.number(), counts: z.array(z.number()) }).nullable(),
  /** Texts and booleans: the most frequent values. */
  top: z.array(z.object({ value: z.string(), count: z.number() })),
});
export const profile = z.object({
  exact: z.boolean(),
  rows: z.number(),
  columns: z.array(profileColumn),
  ms: z.number(),
});

export const contract = {
  'app.info': call(
    none,
    z.object({
      version: z.string(),
      protocol: z.int(),
      workspace: z.string(),
      workspaceName: z.string(),
      cores: z.int(),
      memory_bytes: z.number(),
      platform: z.string(),
      examples: z.array(example),
      readOnly: z.boolean(),
    }),
  ),
  /** Once a second while somebody looks. */
  'app.status': subscribe(
    none,
    z.object({
      rss_bytes: z.number(),
      cache_bytes: z.number(),
      free_bytes: z.number().nullable(),
      running: z.array(z.string()),
    }),
  ),

  'files.list': call(z.object({ folder: z.string() }), z.array(fileEntry)),
  /** Puts a dropped or picked file into the workspace's `data/`, or into a folder of it; a name that is taken gets a number. */
  'files.upload': call(
    z.object({
      name: z.string(),
      /** Below `data/`, with `/`; made where it is not there. */
      folder: z.string().optional(),
      bytes,
      append: z.string().optional(),
      done: z.boolean(),
    }),
    z.object({ path: z.string() }),
  ),

  'pipelines.recent': call(
    none,
    z.array(
      z.object({
        path: z.string(),
        title: z.string(),
        opened_ms: z.number(),
        lastRun: runRow.nullable(),
        unsaved: z.boolean(),
      }),
    ),
  ),
  /** A file of the workspace as it is open in other windows or was left unsaved, else as on the disk; or an example (`example:penguins`). Trusted: it was made here, or the person said so. */
  'pipelines.open': call(
    z.object({ path: z.string() }),
    z.object({
      path: z.string().nullable(),
      file: pipelineFile,
      /** What stands on the disk now. */
      onDisk: z.object({ file: pipelineFile, hash: z.string() }),
      trusted: z.boolean(),
      /** What the work began from; null: an example, or not known any more. */
      baseHash: z.string().nullable(),
      saved: pipelineFile.nullable(),
      /** The name under which all windows follow it. */
      draft: z.string(),
      /** When the newest change was made that was never saved; null: it is as on the disk. */
      unsaved_ms: z.number().nullable(),
      /** In how many windows it is open. */
      windows: z.int(),
    }),
  ),
  /**
   * Atomic. Refused with `pipeline.changed-on-disk` when the file is no longer what was opened, with `pipeline.removed-on-disk` when it is gone. `runs`: made of it before it
   * was saved; they and their models belong to the file from now on.
   */
  'pipelines.save': call(
    z.object({
      path: z.string(),
      file: pipelineFile,
      baseHash: z.string().nullable(),
      overwrite: z.boolean(),
      /** The open pipeline whose content it is. */
      draft: z.string().optional(),
    }),
    z.object({ hash: z.string() }),
  ),
  'pipelines.trust': call(z.object({ path: z.string() }), none),
  ...openPipelineRoutes,
  /** What "Open a CSV" builds: the quick start on that file. `reason`: why that target (the last column, where no name tells). `findings`: what the reader doubts. */
  'pipelines.quickStart': call(
    z.object({
      path: z.string(),
      target: z.string().nullable(),
      /** Parameters of the reader: how a problem with the file was mended. */
      read: z.record(z.string(), z.json()).optional(),
    }),
    z.object({
      file: pipelineFile,
      target: z.string(),
      reason: z.enum(['asked', 'name', 'last']),
      columns: z.array(column),
      findings: z.array(problem),
    }),
  ),

  'plan.check': call(
    z.object({
      pipeline: openPipeline,
      parameters: z.record(z.string(), z.json()).optional(),
      to: z.string().nullable(),
      /** The name of the answer that the asker holds: what is equal is left out. */
      known: z.string().optional(),
    }),
    checkAnswer,
  ),
  /** Names of columns and SQL functions for completion, and whether an expression binds: its type or its problem. */
  'plan.expression': call(
    z.object({ pipeline: openPipeline, node: z.string(), param: z.string(), text: z.string() }),
    z.object({ type: z.string().nullable(), problem: problem.nullable() }),
  ),
  'plan.functions': call(none, z.array(z.object({ name: z.string(), signature: z.string(), about: z.string() }))),
  /** The SQL of this node and of the whole chain up to it. */
  'plan.code': call(previewTarget, z.object({ sql: z.string(), chain: z.string() })),

  'preview.open': call(
    previewTarget,
    z.object({
      preview: z.string(),
      schema: tableSchema,
      rows: z.number().nullable(),
      exact: z.boolean(),
      origin: z.enum(['live', 'result']),
      /** Where the node is computed once a fold: the one that is shown, of those there are. */
      fold: z.object({ shown: z.int(), of: z.array(z.int()) }).optional(),
      ms: z.number(),
    }),
  ),
  /** Rows as an encoded page (`rpc/page.ts`), at most 1 MiB. */
  'preview.page': call(
    z.object({
      preview: z.string(),
      offset: z.int().min(0),
      limit: z.int().min(1).max(1000),
      sort: z.object({ column: z.string(), descending: z.boolean() }).nullable(),
      filter: z.string(),
    }),
    z.object({ page: bytes, rows: z.number().nullable(), ms: z.number() }),
  ),
  /** First by a sample, then exact: two items. */
  'preview.profile': subscribe(z.object({ preview: z.string() }), profile),
  'preview.chart': call(
    z.object({
      preview: z.string(),
      mark: z.enum(['histogram', 'bar', 'line', 'point', 'box']),
      x: z.string(),
      y: z.string().nullable(),
      color: z.string().nullable(),
    }),
    report,
  ),
  /** Small pictures (PNG or WebP) of images that cells name, at most `side_px` each way; null where the image is no longer stored. */
  'preview.thumbnails': call(
    z.object({
      images: z.array(z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), steps: z.string() })).max(64),
      side_px: z.int().min(8).max(1024),
    }),
    z.object({ thumbnails: z.array(bytes.nullable()) }),
  ),
  'preview.close': call(z.object({ preview: z.string() }), none),

  'runs.start': call(
    z.object({
      pipeline: openPipeline,
      /** The pipeline as windows have it open: all of them show the run. */
      draft: z.string().optional(),
      parameters: z.record(z.string(), z.json()).optional(),
      to: z.string().nullable(),
      ignoreCache: z.boolean().optional(),
      /** Rows that lie in several files are computed in so many parts; 1: by one query. */
      partitions: z.int().min(1).max(10_000).optional(),
      sweep: z.record(z.string(), z.array(z.json())).optional(),
      set: z.record(z.string(), z.json()).optional(),
      /** Files outside the workspace that a person named: heeded from the command line alone. */
      granted: z.array(z.string()).optional(),
      /** Threads that the run may use; results do not depend on them. Default: all. */
      threads: z.int().min(1).optional(),
      /** Where it runs. Default: here. */
      target: z.string().optional(),
      /** Default: those of the workspace. */
      limits: runLimits.optional(),
      /** Services that it declares may get another model than the one that has their name. */
      replaceServices: z.boolean().optional(),
    }),
    z.object({ run: z.string() }),
  ),
  'runs.cancel': call(z.object({ run: z.string() }), none),
  /** Every fact after `afterSeq`, old ones first, then as they come; ends after `run-finished`. */
  'runs.events': subscribe(z.object({ run: z.string(), afterSeq: z.int() }), z.array(runEvent)),
  'runs.list': call(
    z.object({ limit: z.int().max(500), before_ms: z.number().nullable(), pipeline: z.string().nullable() }),
    z.array(runRow),
  ),
  'runs.get': call(z.object({ run: z.string() }), z.object({ run: runRow, file: pipelineFile })),
  'runs.remove': call(z.object({ run: z.string() }), none),

  'results.report': call(z.object({ key: z.string() }), report),
  'cache.sizes': call(none, z.object({ bytes: z.number(), artifacts: z.number(), limit_bytes: z.number() })),
  'cache.collect': call(z.object({ all: z.boolean() }), z.object({ freed_bytes: z.number(), removed: z.number() })),

  'models.list': call(none, z.array(modelRow)),
  'models.get': call(z.object({ name: z.string(), version: z.int().nullable() }), modelRow),
  'models.remove': call(z.object({ name: z.string(), version: z.int() }), none),

  'services.list': call(none, z.array(serviceRow)),
  'services.deploy': call(
    z.object({
      model: z.string(),
      version: z.int().nullable(),
      name: z.string(),
      port: z.int().nullable(),
      /** A service of this name may get another model. */
      replace: z.boolean().optional(),
    }),
    serviceRow,
  ),
  /** Takes what a run offered. */
  'services.replace': call(z.object({ name: z.string() }), serviceRow),
  'services.start': call(z.object({ name: z.string() }), serviceRow),
  'services.stop': call(z.object({ name: z.string() }), serviceRow),
  'services.remove': call(z.object({ name: z.string() }), none),
  'services.predict': call(
    z.object({ name: z.string(), rows: z.array(z.record(z.string(), z.json())) }),
    z.object({ status: z.number(), body: z.json(), latency_ms: z.number() }),
  ),
  'services.requests': call(z.object({ name: z.string(), limit: z.int().max(1000) }), z.array(requestRow)),

  ...labelContract,
  ...trainingContract,
  ...devicesContract,
  ...limitsContract,

  /** Something changed elsewhere (another window, a run): which lists to read again. */
  'host.changes': subscribe(
    none,
    z.object({
      what: z.array(
        z.enum(['runs', 'models', 'services', 'pipelines', 'cache', 'files', 'languages', 'targets', 'limits']),
      ),
    }),
  ),

  ...languageRoutes,
  ...targetRoutes,
} as const;
export type Contract = typeof contract;
