/** What lies in `runs/<run>/` on a target, and who writes it. The home side writes the order, the engine there writes the rest. */
import * as z from 'zod';
import { runRequest } from '../../../shared/run/runner-protocol.ts';

/** `order.json`: what to run. One task runs it whole; of several, each takes its part. */
export const runOrder = z.object({
  format: z.literal(1),
  /** Paths in it are relative to the target's root, but for the run's own. */
  request: runRequest,
  tasks: z.array(
    z.object({
      trials: z.array(z.int()).optional(),
      parts: z.array(z.string()).optional(),
      made: z.array(z.string()).optional(),
    }),
  ),
});
export type RunOrder = z.output<typeof runOrder>;

/** `exit.json`, written last: the truth about the end, whatever a scheduler says. */
export const runExit = z.object({
  code: z.int(),
  status: z.enum(['done', 'failed', 'cancelled']),
  /** Why it ended early, in the words of whoever ended it. */
  reason: z.string().optional(),
  /** What was thrown before it could be told as an event: whoever reads a job's log may come too early for what stands behind its end. */
  words: z.string().optional(),
  ended_ms: z.number(),
  node: z.string(),
  /** How often it was begun: a scheduler may have started it again. */
  starts: z.int(),
});
export type RunExit = z.output<typeof runExit>;

/** `manifest.json`: the results that the run made or used, by their keys. */
export const runManifest = z.object({
  artifacts: z.array(z.object({ key: z.string(), content: z.string(), bytes: z.number() })),
});

/** The folder of one task below the run's. */
export const taskFolder = (run: string, task: number): string => `runs/${run}/t${task}`;
