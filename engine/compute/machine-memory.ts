/** What this machine has, or the container that we are in, and how it is dealt out: all processes of a workspace together hold at most three quarters. */
import { totalmem } from 'node:os';
import { fail } from '../../shared/errors.ts';

export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  // Zero or more than there is: no container sets a limit.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

export interface Limits {
  /** The process is ended above this. */
  limitBytes: number;
  /** What it may count on while others want theirs. */
  shareBytes: number;
}
export type Role =
  | 'run'
  | 'preview'
  | 'service'
  | 'language'
  | 'template'
  | 'tokens'
  | 'command'
  | 'plan'
  | 'snapshots'
  | 'host';

/** Shares of the machine: at most so much, and so much in any case. */
const shares: Readonly<Record<Role, readonly [most: number, sure: number]>> = {
  run: [1 / 2, 1 / 4],
  preview: [1 / 4, 1 / 8],
  service: [1 / 4, 1 / 16],
  language: [1 / 2, 1 / 8],
  template: [1 / 8, 1 / 32],
  tokens: [1 / 4, 1 / 16],
  command: [1 / 2, 1 / 4],
  plan: [1 / 8, 1 / 16],
  // Begins when its run has ended, and outlives the host: it stands beside the sum of the others.
  snapshots: [1 / 8, 1 / 8],
  host: [1 / 4, 1 / 16],
};
const together = 3 / 4 - 1 / 8;

export const memoryOfAll = (): number => Math.floor(machineMemory() * together);

/** @param limitBytes what a person chose instead */
export function limitsOf(role: Role, limitBytes?: number): Limits {
  const [most, sure] = shares[role];
  const limit = limitBytes ?? Math.floor(machineMemory() * most);
  return { limitBytes: limit, shareBytes: Math.min(limit, Math.floor(machineMemory() * sure)) };
}

/** Node and the database take some for themselves. */
export const leastMemory = 512 * 2 ** 20;

/** What a person may choose. */
export function refuseMemory(bytes: number): void {
  if (bytes >= leastMemory && bytes <= memoryOfAll()) return;
  const [least, most] = [sayGigabytes(leastMemory), sayGigabytes(memoryOfAll())];
  throw fail('limits.memory', {
    message: `A run may have ${least} to ${most} of memory on this machine, not ${sayGigabytes(bytes)}.`,
    mend: `Choose between ${least} and ${most}.`,
    param: 'memoryBytes',
  });
}

/** Of a preview, where a person chose so much for a run: as much less as by default. */
export const memoryOfPreview = (runBytes: number): number => Math.max(leastMemory, Math.floor(runBytes / 2));

/** What a process holds before it computes anything. */
const emptyBytes = 200 * 2 ** 20;

/** What a process plans with: databases, lists, parts. The rest of its limit is for what nobody plans. */
export const plannedOf = (limitBytes: number): number => Math.max(0, Math.floor((limitBytes - emptyBytes) / 2));

/** Of JavaScript's own values. Without it V8 lets old values lie until its usual limit, which may be above ours. */
export const heapOf = (limitBytes: number): number => Math.floor(limitBytes * 0.7);

export const sayGigabytes = (bytes: number): string => {
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes >= 10 ? Math.round(gigabytes) : Number(gigabytes.toFixed(gigabytes < 1 ? 2 : 1))} GB`;
};
