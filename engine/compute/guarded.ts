/** The guard, seen from whoever starts processes that compute: started with the first of them, started anew if it dies, gone with us. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GuardOrder, GuardWord, Over, WatchOrder } from './guard-protocol.ts';
import { limitsOf, memoryOfAll, type Role } from './machine-memory.ts';

// From source the guard is a script beside this one; bundled, it is a role of our processes.
const isSource = import.meta.url.endsWith('.ts');
const guardCommand = (): string[] => [
  '--max-old-space-size=64',
  '--max-semi-space-size=1',
  ...(isSource
    ? ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'guard-process.ts')]
    : [join(import.meta.dirname, 'process.js'), 'guard']),
];

/** One that ends so soon would end again. */
const livesMs = 1000;

interface Living {
  child: ChildProcess;
  asked: Map<number, (over: Over | undefined) => void>;
}
const watched = new Map<number, WatchOrder>();
/** Who waits until a process is watched. */
const waiting = new Map<number, () => void>();
let living: Living | undefined;

function guard(): Living {
  if (living !== undefined) return living;
  const child = spawn(process.env['FLOWYARD_NODE'] ?? process.execPath, guardCommand(), {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A signal to our whole group must not take it along with those that it watches.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const started: Living = { child, asked: new Map() };
  const startedMs = performance.now();
  living = started;
  // It keeps nobody: it goes when we go.
  child.unref();
  hold(child, false);
  child.stdin?.on('error', () => undefined);
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const word: GuardWord = JSON.parse(line);
      if ('watches' in word) watchesNow(word.watches);
      if (!('forgotten' in word)) return;
      started.asked.get(word.forgotten)?.(word.over);
      started.asked.delete(word.forgotten);
      if (started.asked.size === 0) hold(child, false);
    });
  const gone = (why: string): void => {
    if (living !== started) return;
    living = undefined;
    for (const answer of started.asked.values()) answer(undefined);
    if (performance.now() - startedMs < livesMs) {
      process.stderr.write(`Nothing watches over the memory of what computes: the process that should ${why}.\n`);
      for (const pid of waiting.keys()) watchesNow(pid);
    }
    // Somebody ended it: another takes its place.
    else for (const order of watched.values()) notify({ watch: order });
  };
  child.once('error', (error) => gone(`cannot be started (${error.message})`));
  child.once('exit', (code, signal) => gone(`ended by itself (${signal ?? code ?? '?'})`));
  write(started, { total: memoryOfAll() });
  return started;
}

function hold({ stdin, stdout }: ChildProcess, holds: boolean): void {
  for (const each of [stdin, stdout])
    if (each instanceof Socket) {
      if (holds) each.ref();
      else each.unref();
    }
}

const write = ({ child }: Living, order: GuardOrder): void => void child.stdin?.write(`${JSON.stringify(order)}\n`);
const notify = (order: GuardOrder): void => write(guard(), order);

/** For a process that outlives whoever started it, or that nobody of ours started. The launcher of a checkout names itself: whoever ends it ends us. */
export function watchOurselves(role: Role): void {
  const parent = process.env['FLOWYARD_LAUNCHER'] === String(process.ppid) ? { parent: process.ppid } : {};
  void watchProcess({ pid: process.pid, ...limitsOf(role), ...parent });
}

/** Resolves when it is watched: a busy machine takes seconds to start a guard, and memory is taken in less. */
export function watchProcess(order: WatchOrder): Promise<void> {
  watched.set(order.pid, order);
  watchesNow(order.pid);
  return new Promise((resolve) => {
    waiting.set(order.pid, resolve);
    notify({ watch: order });
  });
}

function watchesNow(pid: number): void {
  waiting.get(pid)?.();
  waiting.delete(pid);
}

/** Ahead of what it will watch. */
export const startGuard = (): void => void guard();

/** It has ended: why, if the guard ended it. What it left behind is ended too. */
export function forgetProcess(pid: number): Promise<Over | undefined> {
  watchesNow(pid);
  if (!watched.delete(pid) || living === undefined) return Promise.resolve(undefined);
  const { asked, child } = living;
  return new Promise((resolve) => {
    asked.set(pid, resolve);
    // Its answer is waited for.
    hold(child, true);
    notify({ forget: pid });
  });
}
