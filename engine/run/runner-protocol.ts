/** What a runner process reads and writes: one request line in, orders (cancel, steer) at any time after, one event a line out. */
import * as z from 'zod';
import { pipelineFile } from '../../shared/pipeline/file.ts';
import { steer, type Steer } from '../../shared/rpc/contract/training.ts';

export const runRequest = z.object({
  run: z.string(),
  file: pipelineFile,
  path: z.string(),
  workspace: z.string(),
  parameters: z.record(z.string(), z.json()),
  granted: z.array(z.string()),
  sweep: z.array(z.object({ node: z.string(), param: z.string(), values: z.array(z.json()) })),
  to: z.string().nullable(),
  ignoreCache: z.boolean(),
  deterministic: z.boolean(),
  threads: z.int().min(1),
  memoryBytes: z.number(),
  secrets: z.record(z.string(), z.string()).default({}),
});
export const runnerOrder = z.union([
  z.object({ cancel: z.literal(true) }),
  z.object({ steer: z.object({ node: z.string(), to: steer }) }),
]);
export const cancelLine = '{"cancel":true}';
export const steerLine = (node: string, to: Steer): string => JSON.stringify({ steer: { node, to } });
