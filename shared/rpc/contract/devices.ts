/** What this machine has to compute with. */
import * as z from 'zod';
import { devicesReport } from '../../neural/devices.ts';
import { call } from './call.ts';

export const devicesContract = {
  /** Looked up once and remembered; `again`: looked up anew, which takes a second or more. Fails with `devices.unknown` when nothing can be found out. */
  'devices.list': call(z.object({ again: z.boolean().default(false) }), devicesReport),
} as const;
