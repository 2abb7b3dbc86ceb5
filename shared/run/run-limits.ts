/** What a run may take at most, where a person says so. */
import * as z from 'zod';

export const runLimits = z.object({
  /** Resident memory of all its processes. Default: half of the machine's. */
  memoryBytes: z.int().min(1).optional(),
  /** From its start, waits in a queue not counted. Default: none. */
  seconds: z.number().positive().optional(),
  /** Files that a database puts aside while it computes. Default: what the disk has. */
  tempBytes: z.int().min(1).optional(),
});
export type RunLimits = z.output<typeof runLimits>;
