/**
 * The one door to a process that computes: it gets a heap below its limit, a guard that ends it above that limit or when we are gone, and words for how it ended.
 * `computing-processes.test.ts` finds whoever goes another way.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import type { Problem } from '../../shared/errors.ts';
import type { Over } from './guard-protocol.ts';
import { forgetProcess, startGuard, watchProcess } from './guarded.ts';
import { heapOf, limitsOf, sayGigabytes, type Limits, type Role } from './machine-memory.ts';

export interface ComputingOptions {
  role: Role;
  /** Default: what the role gets of this machine. */
  limitBytes?: number | undefined;
  /** Of JavaScript's own values, its threads' too: where it is set, a thread's own limit does not count. Default: a part of the limit. */
  heapBytes?: number;
  /** More arguments behind the command. */
  args?: readonly string[];
  /** Leads a process group, so that all it starts can be ended at once. */
  leads?: boolean;
  /** It waits for work and takes none yet: `guard` is called before it gets some. */
  waits?: boolean;
  /** Default: pipes. */
  stdio?: readonly ['pipe' | 'inherit', 'pipe' | 'inherit' | 'ignore', 'pipe' | 'ignore'];
  /** Beside our own. */
  env?: Readonly<Record<string, string>>;
}
export interface Computing {
  child: ChildProcess;
  /** Its ends of the pipes. Input and output are closed where it has ours. */
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  limits: Limits;
  /** What is written to its input from then on reaches it when it is watched. */
  guard: () => void;
  /** Call it when the process has ended. */
  howItEnded: (code: number | null, signal: NodeJS.Signals | null, lastWords: string) => Promise<End>;
}
export interface End {
  /** `by SIGSEGV`, `with code 1`. */
  how: string;
  /** It wanted more memory than it may have. */
  memory: { bytes: number; over: Over | undefined } | undefined;
}

const guardedMark = 'FLOWYARD_GUARDED';
/** Whoever started us watches over us and over what we start. */
export const isGuarded = (): boolean => process.env[guardedMark] === '1';

/** @param command the Node binary, its options, and a script of ours with its role */
export function startComputing(command: readonly string[], options: ComputingOptions): Computing {
  const { role, limitBytes, args = [], leads = false, waits = false, stdio = ['pipe', 'pipe', 'pipe'], env } = options;
  const limits = limitsOf(role, limitBytes);
  const { heapBytes = heapOf(limits.limitBytes) } = options;
  const [program = process.execPath, ...script] = command;
  const child = spawn(program, [`--max-old-space-size=${Math.floor(heapBytes / 2 ** 20)}`, ...script, ...args], {
    stdio: [...stdio],
    detached: leads && process.platform !== 'win32',
    env: { ...process.env, ...env, [guardedMark]: '1' },
    windowsHide: true,
  });
  let guarded = false;
  const guard = (): void => {
    // What we start while we are guarded counts as ours.
    if (guarded || isGuarded() || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return;
    guarded = true;
    // What it is asked waits with us.
    child.stdin?.cork();
    void watchProcess({ pid: child.pid, ...limits }).then(() => child.stdin?.uncork());
  };
  if (!waits) guard();
  else if (!isGuarded()) startGuard();
  return {
    child,
    stdin: child.stdin ?? new Writable(),
    stdout: child.stdout ?? Readable.from([]),
    stderr: child.stderr ?? Readable.from([]),
    limits,
    guard,
    howItEnded: async (code, signal, lastWords) => {
      const over = child.pid === undefined || !guarded ? undefined : await forgetProcess(child.pid);
      const how = signal === null ? `with code ${code ?? '?'}` : `by ${signal}`;
      if (over !== undefined) return { how, memory: { bytes: over.limitBytes, over } };
      // V8 and C++ abort when they are refused.
      if (/heap out of memory|bad_alloc|Array buffer allocation failed/.test(lastWords))
        return { how, memory: { bytes: heapBytes, over } };
      return { how, memory: undefined };
    },
  };
}

const lessMemory =
  'Use fewer columns or rows, give it more (Limits of a run beside Run, or --memory), or use a machine with more memory.';

/** In words, for a process that ended over its memory. */
export function tooMuchMemory(
  who: string,
  { bytes, over }: NonNullable<End['memory']>,
  node?: string,
): Omit<Problem, 'severity'> {
  const at = node === undefined ? '' : ` at node "${node}"`;
  return {
    code: 'run.out-of-memory',
    message:
      over?.of === 'all'
        ? `${who} was ended${at}: what computes in this workspace needs more than ${sayGigabytes(bytes)} of memory together.`
        : `${who} needs more than ${sayGigabytes(bytes)} of memory${at}.`,
    mend: over?.of === 'all' ? `Run less at a time. ${lessMemory}` : lessMemory,
    ...(node === undefined ? {} : { node }),
    facts: { limitBytes: bytes, ...(over === undefined ? {} : { usedBytes: over.bytes }) },
  };
}

/** By which code in C and C++ ends of its own faults. */
const crashes: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);

/** In words, for a process that ended of a fault in native code; undefined where it did not. */
export function crashed(
  who: string,
  signal: NodeJS.Signals | null,
  node: string | undefined,
): Omit<Problem, 'severity'> | undefined {
  if (signal === null || !crashes.has(signal)) return undefined;
  return {
    code: 'run.crashed',
    message: `${who} crashed${node === undefined ? '' : ` at node "${node}"`}: what it computed was more than the libraries bear that compute it.`,
    mend: 'Look for what is very deep or very long in the data (lists in lists, texts of megabytes), leave it out, and run again.',
    ...(node === undefined ? {} : { node }),
    facts: { signal },
  };
}
