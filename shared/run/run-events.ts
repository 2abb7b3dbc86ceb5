/** Facts of a run, numbered, one sentence each. The command line prints them, SQLite keeps them, the window folds them with `reduceRun`. */
import * as z from 'zod';
import { problem } from '../errors.ts';
import { reportBlock, reportFigure } from '../report.ts';

/** One expansion of a node: a fold, a sweep value. Empty for the plain node. */
export const variant = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const base = {
  seq: z.int(),
  time_ms: z.number(),
  run: z.string(),
  /** With `--sweep`: which trial it belongs to, by what is set in it. */
  trial: variant.optional(),
};
const metricsOfNodes = z.record(z.string(), z.record(z.string(), z.number().nullable()));

export const outputFact = z.object({
  port: z.string(),
  wire: z.enum(['table', 'model', 'llm', 'report', 'service']),
  /** The recipe key: names the artifact. */
  key: z.string(),
  rows: z.number().optional(),
  columns: z.number().optional(),
  bytes: z.number().optional(),
  /** Of a report: the figure that it tells first. */
  figure: reportFigure.optional(),
});
export type OutputFact = z.output<typeof outputFact>;

/** An output's key is its artifact's key and the port: `3f9a…/model`. */
export const artifactKeyOf = (outputKey: string): string => outputKey.split('/')[0] ?? outputKey;

/** What is stored for these outputs: a model and its report are one result, and each of them tells the size of the whole. */
export function storedBytes(outputs: readonly OutputFact[]): number {
  const results = new Map(outputs.map(({ key, bytes = 0 }) => [artifactKeyOf(key), bytes]));
  return [...results.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export const movedResult = z.object({
  /** The node whose result moves, or whose file. */
  node: z.string(),
  to: z.enum(['here', 'there']),
  bytes: z.number(),
  /** Measured, not estimated. */
  isKnown: z.boolean(),
  /** The file that its reader reads, not its rows. */
  isFile: z.boolean(),
});
export type MovedResult = z.output<typeof movedResult>;

const node = { node: z.string(), variant: variant.optional() };

export const runEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('run-started'),
    pipeline: z.string(),
    parameters: z.record(z.string(), z.json()),
    nodes: z.array(z.string()),
  }),
  /** It waits for what other runs hold; told before `run-started`. */
  z.object({ ...base, type: z.literal('run-queued'), reason: z.string() }),
  /** What will be computed and what is in the cache, before anything runs. */
  z.object({
    ...base,
    type: z.literal('run-planned'),
    compute: z.array(z.string()),
    cached: z.array(z.string()),
    skipped: z.array(z.string()),
  }),
  /** What goes over to a target and comes back, of a run of which part is placed there: estimated where it is not made yet. */
  z.object({
    ...base,
    type: z.literal('run-moves'),
    target: z.string(),
    moves: z.array(movedResult),
  }),
  z.object({ ...base, type: z.literal('node-queued'), ...node, reason: z.string() }),
  z.object({ ...base, type: z.literal('node-started'), ...node, reason: z.string() }),
  z.object({
    ...base,
    type: z.literal('node-progress'),
    ...node,
    fraction: z.number().min(0).max(1).nullable(),
    text: z.string().optional(),
  }),
  /** It heeds pause, resume and finish from now on. */
  z.object({ ...base, type: z.literal('node-steerable'), ...node }),
  z.object({ ...base, type: z.literal('node-paused'), ...node }),
  z.object({ ...base, type: z.literal('node-resumed'), ...node }),
  /** A person asked for an early end: it gives the best that it has. */
  z.object({ ...base, type: z.literal('node-finishing'), ...node }),
  z.object({ ...base, type: z.literal('node-log'), ...node, level: z.enum(['info', 'warning']), text: z.string() }),
  z.object({ ...base, type: z.literal('node-warning'), ...node, problem }),
  /** Something to look at while it works; one of the same title takes the place of what was shown before. */
  z.object({ ...base, type: z.literal('node-showed'), ...node, block: reportBlock }),
  /** Relational nodes that ran as one query. */
  z.object({
    ...base,
    type: z.literal('segment-finished'),
    nodes: z.array(z.string()),
    rows: z.number().nullable(),
    ms: z.number(),
  }),
  z.object({
    ...base,
    type: z.literal('node-cached'),
    ...node,
    reason: z.string(),
    outputs: z.array(outputFact),
    saved_ms: z.number().optional(),
  }),
  z.object({ ...base, type: z.literal('node-finished'), ...node, ms: z.number(), outputs: z.array(outputFact) }),
  z.object({ ...base, type: z.literal('node-failed'), ...node, problem }),
  z.object({ ...base, type: z.literal('node-skipped'), ...node, reason: z.string() }),
  z.object({ ...base, type: z.literal('node-cancelled'), ...node }),
  z.object({
    ...base,
    type: z.literal('metric'),
    ...node,
    name: z.string(),
    value: z.number().nullable(),
    step: z.number().optional(),
    signature: z.string().optional(),
  }),
  z.object({
    ...base,
    type: z.literal('model-registered'),
    node: z.string(),
    name: z.string(),
    version: z.int(),
    key: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('service-declared'),
    node: z.string(),
    service: z.string(),
    model: z.string(),
    settings: z.record(z.string(), z.json()),
    /** The model that has the name already and goes on answering, until somebody says that it is replaced. */
    kept: z.string().optional(),
  }),
  z.object({
    ...base,
    type: z.literal('run-finished'),
    status: z.enum(['done', 'failed', 'cancelled', 'interrupted']),
    metrics: metricsOfNodes,
    /** With `--sweep`: one entry a trial. */
    trials: z.array(z.object({ variant, metrics: metricsOfNodes })).optional(),
    problem: problem.optional(),
    ms: z.number(),
  }),
]);
export type RunEvent = z.output<typeof runEvent>;
export type RunEventType = RunEvent['type'];
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before it is numbered. */
export type RunFact = DistributiveOmit<RunEvent, 'seq' | 'time_ms' | 'run'>;
/** Facts of which only the last counts: they may be dropped when they come too fast. */
export const isTransient = (event: Pick<RunEvent, 'type'>): boolean => event.type === 'node-progress';
