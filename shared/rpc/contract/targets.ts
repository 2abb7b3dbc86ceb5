/** Targets and the runs that are on them. */
import * as z from 'zod';
import { placementRow, targetRow, targetSettings } from '../../targets.ts';
import { call } from './call.ts';

const none = z.object({});
const named = z.object({ name: z.string() });

export const targetRoutes = {
  'targets.list': call(none, z.array(targetRow)),
  'targets.add': call(targetSettings, targetRow),
  /** Connects and looks: what was found is in the row, also when it fails. */
  'targets.test': call(named, targetRow),
  'targets.remove': call(named, none),
  'targets.load': call(named, z.object({ running: z.number(), waiting: z.number(), words: z.string() })),
  /** What lies there under a path or pattern; remembered, so that a pipeline that reads it can be planned. */
  'targets.files': call(
    z.object({ name: z.string(), path: z.string() }),
    z.object({ files: z.int(), bytes: z.number(), first: z.string() }),
  ),
  'targets.clean': call(named, z.object({ freed_bytes: z.number(), runs: z.number() })),
  /** Runs that were sent, newest first. */
  'targets.placements': call(z.object({ limit: z.int().max(500) }), z.array(placementRow)),
  /** Follows a run that is somewhere else and that nobody follows. False: it is not, or is followed already. */
  'runs.attach': call(z.object({ run: z.string() }), z.object({ attached: z.boolean() })),
} as const;
