/** Which process is meant, beyond its number: process ids are used again, so a file that names one also says when it started. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';

export const processIdentity = z.object({
  pid: z.int().min(1),
  /** An opaque text that differs between two processes of the same number; empty where the system does not tell. */
  started: z.string(),
});
export type ProcessIdentity = z.output<typeof processIdentity>;

export const identifyProcess = (pid: number = process.pid): ProcessIdentity => ({ pid, started: startOf(pid) });

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (identity.started === '') return !isZombie(identity.pid);
  return startOf(identity.pid) === identity.started && !isZombie(identity.pid);
}

function startOf(pid: number): string {
  if (process.platform === 'linux') return statFields(pid)?.[19] ?? '';
  if (process.platform === 'win32') return '';
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 });
  return stdout?.trim() ?? '';
}

const isZombie = (pid: number): boolean => process.platform === 'linux' && statFields(pid)?.[0] === 'Z';

/** Fields of /proc/<pid>/stat from the third on: the second is the program's name, which may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
