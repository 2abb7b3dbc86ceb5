/** A runner process, seen from the host: events as they come, cancel with a limit, and a death that is told as a fact. */
import type { ChildProcess } from 'node:child_process';
import { readWords } from '../../compute/at-work.ts';
import { crashed, tooMuchMemory, type Computing, type End } from '../../compute/start-computing.ts';
import { createInterface } from 'node:readline';
import { runEvent, type RunEvent } from '../../../shared/run/run-events.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Steer } from '../../../shared/rpc/contract/training.ts';
import type { RunRequest } from '../run-request.ts';
import { cancelLine, steerLine } from '../../../shared/run/runner-protocol.ts';
import { spawnRunner } from './spare-runner.ts';

export interface RunnerOptions {
  /** The Node binary and the script of the runner. */
  command: readonly string[];
  /** One that waits for a request already. */
  spare?: Computing | undefined;
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
  const computing = options.spare ?? spawnRunner(options.command, request.limits?.memoryBytes);
  const { child } = computing;
  const { running, follow } = followRunning();
  let finished = false;
  let late: Problem | undefined;
  const words = readWords(computing.stderr);
  const lines = createInterface({ input: child.stdout ?? process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    const parsed = runEvent.safeParse(parseJson(line));
    if (!parsed.success) return words.add(`${line}\n`);
    const event = parsed.data;
    if (event.type === 'run-finished') finished = true;
    follow(event);
    options.onEvent(late === undefined ? event : withLateProblem(event, late));
  });
  child.stdin?.on('error', () => words.add('\nthe runner closed its input'));
  computing.guard();
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  const kill = (): void => killTree(child);
  const cancel = (killAfterMs = options.killAfterMs ?? 2000): void => {
    child.stdin?.write(`${cancelLine}\n`);
    const killer = setTimeout(kill, killAfterMs);
    void ended.then(() => clearTimeout(killer));
  };
  const seconds = request.limits?.seconds;
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () => {
            if (finished) return;
            late = tooLong(seconds, running());
            // Within a tenth of its time, as far as a query that cannot be interrupted allows.
            cancel(Math.min(2000, Math.max(300, seconds * 100)));
          },
          Math.min(2 ** 31 - 1, seconds * 1000),
        );
  const linesClosed = new Promise<void>((resolve) => lines.once('close', resolve));
  const ended = new Promise<{ finished: boolean; problem?: Problem }>((resolve) => {
    child.once('error', (error) => resolve({ finished: false, problem: toProblem(error) }));
    child.once('exit', (code, signal) => {
      // Events still in the pipe come before the end is told.
      void linesClosed
        .then(() => computing.howItEnded(code, signal, words.last()))
        .then((end) => {
          clearTimeout(timer);
          resolve(
            finished
              ? { finished }
              : { finished, problem: late ?? died(end, signal, words.last(), running() ?? words.node()) },
          );
        });
    });
  });
  return {
    pid: child.pid,
    kill,
    ended,
    steer: (node, to) => void child.stdin?.write(`${steerLine(node, to)}\n`),
    cancel: () => cancel(),
  };
}

/** Nodes that have begun and not ended: the last one is what it works at. */
function followRunning(): { running: () => string | undefined; follow: (event: RunEvent) => void } {
  const begun = new Map<string, number>();
  return {
    running: () => [...begun.keys()].at(-1),
    follow: (event) => {
      if (event.type === 'node-started') {
        const count = begun.get(event.node) ?? 0;
        begun.delete(event.node);
        begun.set(event.node, count + 1);
      } else if (event.type === 'node-finished' || event.type === 'node-failed' || event.type === 'node-cancelled') {
        const left = (begun.get(event.node) ?? 1) - 1;
        if (left > 0) begun.set(event.node, left);
        else begun.delete(event.node);
      }
    },
  };
}

/** It was we who stopped it. */
function withLateProblem(event: RunEvent, late: Problem): RunEvent {
  if (event.type === 'run-finished' && event.status === 'cancelled')
    return { ...event, status: 'failed', problem: late };
  if (event.type === 'node-cancelled' && event.node === late.node)
    return { ...event, type: 'node-failed', problem: late };
  return event;
}

const tooLong = (seconds: number, node: string | undefined): Problem => ({
  code: 'run.time-limit',
  severity: 'error',
  message: `This run took longer than the ${sayTime(seconds)} that it may take${node === undefined ? '' : `, at node "${node}"`}.`,
  mend: 'Use fewer rows, or give it more (Limits of a run beside Run, or --time-limit). What was finished is kept.',
  ...(node === undefined ? {} : { node }),
});
const sayTime = (seconds: number): string =>
  seconds >= 7200
    ? `${Number((seconds / 3600).toFixed(1))} hours`
    : seconds >= 120
      ? `${Number((seconds / 60).toFixed(1))} minutes`
      : seconds === 1
        ? '1 second'
        : `${seconds} seconds`;

function died(
  { how, memory: wanted }: End,
  signal: NodeJS.Signals | null,
  lastWords: string,
  node: string | undefined,
): Problem {
  if (wanted !== undefined) return { severity: 'error', ...tooMuchMemory('This run', wanted, node) };
  const crash = crashed('This run', signal, node);
  if (crash !== undefined) return { severity: 'error', ...crash };
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
  // Its number may be another process’s by now.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
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
