/** What runs and previews of this workspace may take of the machine. */
import * as z from 'zod';
import { runLimits } from '../../run/run-limits.ts';
import { call } from './call.ts';

const limitsAnswer = z.object({
  /** What a person chose; what is not in it has its default. */
  chosen: runLimits,
  /** Of a run, on this machine (or in its container). */
  memory: z.object({
    machineBytes: z.number(),
    defaultBytes: z.number(),
    leastBytes: z.number(),
    mostBytes: z.number(),
  }),
});
export type LimitsAnswer = z.output<typeof limitsAnswer>;

export const limitsContract = {
  'limits.get': call(z.object({}), limitsAnswer),
  /** Kept in the workspace, for runs that begin and previews that are opened from now on. */
  'limits.set': call(runLimits, limitsAnswer),
} as const;
