/** A runner process started ahead of its request: it loads what every run needs while the host that will ask it still opens. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

export function spawnRunner(command: readonly string[]): ChildProcess {
  const [program = process.execPath, ...args] = command;
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
}

export interface SpareRunner {
  /** The process, once; `undefined` when it was taken or has died. */
  take: () => ChildProcess | undefined;
  /** Lets it end, if nobody took it: a runner whose input closes before a request goes by itself. */
  discard: () => void;
}

export function startSpareRunner(command: readonly string[]): SpareRunner {
  let spare: ChildProcess | undefined = spawnRunner(command);
  const gone = (): void => void (spare = undefined);
  spare.once('error', gone);
  spare.once('exit', gone);
  // Waiting, it keeps nobody: a command that is refused ends at once, and takes it along.
  hold(spare, false);
  const take = (): ChildProcess | undefined => {
    const taken = spare;
    spare = undefined;
    if (taken === undefined) return undefined;
    taken.off('error', gone).off('exit', gone);
    hold(taken, true);
    return taken;
  };
  const discard = (): void => {
    spare?.stdin?.end();
    spare = undefined;
  };
  return { take, discard };
}

function hold(child: ChildProcess, holds: boolean): void {
  for (const each of [child, child.stdin, child.stdout, child.stderr])
    if (each instanceof Socket || each === child) {
      if (holds) each.ref();
      else each.unref();
    }
}
