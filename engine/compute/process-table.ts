/** What processes hold of the memory, and what they started: by `/proc` on Linux, by the system's own lists elsewhere. Needs nothing but Node: the guard reads it every few milliseconds. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface SeenProcess {
  pid: number;
  parent: number;
  /** One that leads a group of its own was let go by whoever started it. */
  group: number;
  /** Tells it from a later process of the same number. */
  started: string;
  residentBytes: number;
}
export interface ProcessTable {
  /** Makes what follows as new as the system allows. */
  refresh: () => Promise<void>;
  /** Undefined: it has ended. */
  look: (pid: number) => SeenProcess | undefined;
  children: (pid: number) => number[];
}

export const openProcessTable = (platform: NodeJS.Platform = process.platform): ProcessTable =>
  platform === 'linux' ? openProc() : openList(platform === 'win32' ? listByPowerShell : listByPs);

const pageBytes = 4096;

function openProc(): ProcessTable {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      // It has ended, or it is not ours to read.
      return undefined;
    }
  };
  const entries = (path: string): string[] => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  };
  const look = (pid: number): SeenProcess | undefined => {
    const stat = read(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    // The name stands in brackets, and may hold any.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, started, pages] = [0, 1, 2, 19, 21].map((at) => fields[at] ?? '');
    if (state === 'Z' || state === 'X') return undefined;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      started: started ?? '',
      residentBytes: Number(pages) * pageBytes,
    };
  };
  const numbers = (names: readonly string[]): number[] => names.filter((name) => /^\d+$/.test(name)).map(Number);
  /** Where the kernel was built without lists of children, all processes are asked for their parents. */
  const childrenByParents = (pid: number): number[] =>
    numbers(entries('/proc')).filter((one) => look(one)?.parent === pid);
  const hasLists = read(`/proc/self/task/${process.pid}/children`) !== undefined;
  return {
    refresh: async () => undefined,
    look,
    children: (pid) =>
      hasLists
        ? entries(`/proc/${pid}/task`).flatMap((task) =>
            numbers((read(`/proc/${pid}/task/${task}/children`) ?? '').split(' ')),
          )
        : childrenByParents(pid),
  };
}

/** A list of all processes takes the system some time: it is asked for once a second. */
const listEveryMs = 1000;

function openList(list: () => Promise<SeenProcess[]>): ProcessTable {
  let [known, listedMs] = [new Map<number, SeenProcess>(), Number.NEGATIVE_INFINITY];
  return {
    refresh: async () => {
      if (performance.now() - listedMs < listEveryMs) return;
      known = new Map((await list()).map((one) => [one.pid, one]));
      listedMs = performance.now();
    },
    look: (pid) => known.get(pid),
    children: (pid) => [...known.values()].filter((one) => one.parent === pid).map((one) => one.pid),
  };
}

const ask = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile(program, args, { windowsHide: true, maxBuffer: 2 ** 25 }, (error, out) =>
      error === null ? resolve(out) : reject(error),
    ),
  );

/** Of macOS and other Unixes. Exported for its test, which any Unix can run. */
export async function listByPs(): Promise<SeenProcess[]> {
  const out = await ask('ps', ['-axo', 'pid=,ppid=,pgid=,rss=,lstart=']);
  return out.split('\n').flatMap((line) => {
    const [, pid, parent, group, kib, started] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(.*\S)/.exec(line) ?? [];
    if (pid === undefined || started === undefined) return [];
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      started,
      residentBytes: Number(kib) * 1024,
    };
  });
}

async function listByPowerShell(): Promise<SeenProcess[]> {
  const out = await ask('powershell.exe', [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.WorkingSetSize) $($_.CreationDate.Ticks)" }',
  ]);
  return out.split('\n').flatMap((line) => {
    const [pid, parent, bytes, started] = line.trim().split(' ');
    if (pid === undefined || started === undefined) return [];
    // Windows knows no groups: nothing counts as let go.
    return { pid: Number(pid), parent: Number(parent), group: 0, started, residentBytes: Number(bytes) };
  });
}
