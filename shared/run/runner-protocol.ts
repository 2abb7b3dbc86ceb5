/** What a runner process reads and writes: one request line in, orders (cancel, steer) at any time after, one event a line out. */
import * as z from 'zod';
import { pipelineFile } from '../pipeline/file.ts';
import { runLimits } from './run-limits.ts';
import { column } from '../wires.ts';
import { steer, type Steer } from '../rpc/contract/training.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const stagedSource = z.object({
  name: z.string(),
  path: z.string(),
  sha256: hash,
  bytes: z.number(),
  folder: z
    .object({
      files: z.array(
        z.object({
          path: z.string(),
          place: z.string(),
          packed: z.object({ offset: z.number(), bytes: z.number(), deflated: z.boolean() }).optional(),
          sha256: hash,
          bytes: z.number(),
          stamp: z.string().optional(),
        }),
      ),
      others: z.object({ count: z.number(), names: z.array(z.string()) }),
      version: z.string(),
    })
    .optional(),
  isTable: z.literal(true).optional(),
  columns: z.array(column).optional(),
  /** It lies where the run is: its places are those of that machine. */
  isThere: z.literal(true).optional(),
});

/** What a run is asked for: the one place that says it. The engine's own type, what a window asks and what a target is sent are made from it. */
export const runRequest = z.object({
  run: z.string(),
  file: pipelineFile,
  /** Absolute path of the pipeline file, or where it would be saved. */
  path: z.string(),
  workspace: z.string(),
  parameters: z.record(z.string(), z.json()),
  /** Files that the person named: allowed outside the workspace. */
  granted: z.array(z.string()),
  sweep: z.array(z.object({ node: z.string(), param: z.string(), values: z.array(z.json()) })),
  /** Run to this node only. */
  to: z.string().nullable(),
  ignoreCache: z.boolean(),
  deterministic: z.boolean(),
  threads: z.int().min(1),
  memoryBytes: z.number(),
  /** On a machine that the run was sent to: the copies of its files. */
  staged: z.array(stagedSource).optional(),
  /** Of a sweep's trials, these alone, by their place. Default: all. */
  trials: z.array(z.int().min(0)).optional(),
  /** These instances instead of the ends of the pipeline: a part of a run that is placed elsewhere. */
  parts: z.array(z.string()).optional(),
  /** Rows that lie in several files are computed in so many parts; 1: by one query. Default: as the memory asks for. */
  partitions: z.int().min(1).optional(),
  /** Results that this very run has made elsewhere: they count although the cache is ignored. */
  made: z.array(z.string()).optional(),
  /** Values of the secrets that the pipeline names: handed over in memory, stored nowhere. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** What a person set. Memory and time are kept by whoever started the process. */
  limits: runLimits.optional(),
});
export const runnerOrder = z.union([
  z.object({ cancel: z.literal(true) }),
  z.object({ steer: z.object({ node: z.string(), to: steer }) }),
]);
export const cancelLine = '{"cancel":true}';
export const steerLine = (node: string, to: Steer): string => JSON.stringify({ steer: { node, to } });
