/** Starts the process that makes snapshots, unless `FLOWYARD_SNAPSHOTS` is `off`. It outlives the run and the command, has the lowest priority, and nobody waits for it. */
import { constants, setPriority } from 'node:os';
import { startComputing } from '../engine/compute/start-computing.ts';
import type { SnapshotsRequest } from '../engine/run/results/snapshots.ts';
import { processCommand } from './process-command.ts';

export function keepSnapshots(wanted: SnapshotsRequest): void {
  if (process.env['FLOWYARD_SNAPSHOTS'] === 'off') return;
  // It outlives us and watches over itself.
  const { child, stdin } = startComputing(processCommand('snapshots'), {
    role: 'snapshots',
    leads: true,
    waits: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A snapshot that is not made costs time the next time, nothing else.
  child.on('error', () => undefined);
  stdin.on('error', () => undefined);
  if (child.pid !== undefined)
    try {
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // Some systems refuse: then it works beside the others.
    }
  stdin.end(JSON.stringify(wanted));
  child.unref();
}
