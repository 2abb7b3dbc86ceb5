/** What a window asks of a task that goes on for long. */
import * as z from 'zod';
import { call } from './call.ts';

/** `finish`: end now and keep the best so far, as a result. */
export const steer = z.enum(['pause', 'resume', 'finish']);
export type Steer = z.output<typeof steer>;

export const trainingContract = {
  /**
   * Tells a running node, or (null) every running node that heeds it. Gives the nodes that were told; what they do about it comes as facts of the run
   * (`node-paused`, `node-resumed`, `node-finishing`). Refused with `run.not-steerable` when no such node runs.
   */
  'runs.steer': call(
    z.object({ run: z.string(), node: z.string().nullable(), to: steer }),
    z.object({ nodes: z.array(z.string()) }),
  ),
} as const;
