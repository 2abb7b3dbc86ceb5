/** A runner process, seen from the host: events as they come, cancel with a limit, and a death that is told as a fact. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { runEvent, type RunEvent } from '../../shared/run-events.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import type { Steer } from '../../shared/rpc/contract/training.ts';
import type { RunRequest } from './execute.ts';
import { cancelLine, steerLine } from './runner-protocol.ts';
import { spawnRunner } from './spare-runner.ts';

export interface RunnerOptions {
  /** The Node binary and the script of the runner. */
  command: readonly string[];
  /** One that waits for a request already. */
  spare?: ChildProcess | undefined;
  onEvent: (event: RunEvent) => void;
  /** After a cancel, the process tree is killed when this has passed. */
  killAfterMs?: number;
}
export interface RunnerHandle {
  pid: number | undefined;
  cancel: () => void;
  steer: (node: string, to: Steer) => void;
  /** Kills at once: the host is going. */
  kill: () => void;
  /** Resolves when the process is gone; `problem` when it died without `run-finished`. */
  ended: Promise<{ finished: boolean; problem?: Problem }>;
}

export function startRunner(request: RunRequest, options: RunnerOptions): RunnerHandle {
  const child: ChildProcess = options.spare ?? spawnRunner(options.command);
  let finished = false;
  let lastWords = '';
  const lines = createInterface({ input: child.stdout ?? process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    const parsed = runEvent.safeParse(parseJson(line));
    if (!parsed.success) return void (lastWords = `${lastWords}${line}\n`.slice(-4000));
    if (parsed.data.type === 'run-finished') finished = true;
    options.onEvent(parsed.data);
  });
  child.stderr?.on('data', (data: Buffer) => (lastWords = `${lastWords}${data.toString()}`.slice(-4000)));
  child.stdin?.on('error', () => (lastWords = `${lastWords}\nthe runner closed its input`.slice(-4000)));
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  const kill = (): void => killTree(child);
  const linesClosed = new Promise<void>((resolve) => lines.once('close', resolve));
  const ended = new Promise<{ finished: boolean; problem?: Problem }>((resolve) => {
    child.once('error', (error) => resolve({ finished: false, problem: toProblem(error) }));
    child.once('exit', (code, signal) => {
      // Events still in the pipe come before the end is told.
      void linesClosed.then(() =>
        resolve(finished ? { finished } : { finished, problem: died(code, signal, lastWords) }),
      );
    });
  });
  return {
    pid: child.pid,
    kill,
    ended,
    steer: (node, to) => void child.stdin?.write(`${steerLine(node, to)}\n`),
    cancel: () => {
      child.stdin?.write(`${cancelLine}\n`);
      const timer = setTimeout(kill, options.killAfterMs ?? 2000);
      void ended.then(() => clearTimeout(timer));
    },
  };
}

function died(code: number | null, signal: NodeJS.Signals | null, lastWords: string): Problem {
  const how = signal === null ? `with code ${code ?? '?'}` : `by ${signal}`;
  const memory = signal === 'SIGKILL' ? ' The system may have run out of memory.' : '';
  return {
    code: 'run.process-died',
    severity: 'error',
    message: `The process that ran the pipeline ended ${how}.${memory}`,
    mend: 'Run again: what was finished is kept.',
    ...(lastWords.trim() === '' ? {} : { facts: { lastWords: lastWords.trim() } }),
  };
}

/** The runner leads a process group of its own, so that its threads and children go with it. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
