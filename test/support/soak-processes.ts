/** Processes that a test started, and theirs, by a mark in their environment; on Linux. */
import { readdirSync, readFileSync } from 'node:fs';

export interface MarkedProcess {
  pid: number;
  command: string;
}

/** All that run now with `FLOWYARD_SOAK=mark`, this process left out. */
export function processesMarked(mark: string): MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`FLOWYARD_SOAK=${mark}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // What has ended and is not waited for yet has no command line.
        return command === '' ? [] : [{ pid: Number(pid), command }];
      } catch {
        return [];
      }
    });
}

/** Kills one of them whose command matches, if there is one. */
export function killMarked(mark: string, matches: RegExp): string | undefined {
  const found = processesMarked(mark).find(({ command }) => matches.test(command));
  if (found === undefined) return undefined;
  try {
    process.kill(found.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
  return found.command;
}
