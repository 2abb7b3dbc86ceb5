/** A runner process started ahead of its request: it loads what every run needs while the host that will ask it still opens. */
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { startComputing, type Computing } from '../../compute/start-computing.ts';

/** It waits for its request: then it is guarded. */
export const spawnRunner = (command: readonly string[], limitBytes?: number): Computing =>
  startComputing(command, { role: 'run', limitBytes, leads: true, waits: true });

export interface SpareRunner {
  /** The process, once; `undefined` when it was taken, has died or has another limit. */
  take: (limitBytes: number | undefined) => Computing | undefined;
  /** Lets it end, if nobody took it: a runner whose input closes before a request goes by itself. */
  discard: () => void;
}

export function startSpareRunner(command: readonly string[], limitBytes?: number): SpareRunner {
  let spare: Computing | undefined = spawnRunner(command, limitBytes);
  const gone = (): void => void (spare = undefined);
  spare.child.once('error', gone);
  spare.child.once('exit', gone);
  // Waiting, it keeps nobody: a command that is refused ends at once, and takes it along.
  hold(spare.child, false);
  const discard = (): void => {
    spare?.child.stdin?.end();
    spare = undefined;
  };
  const take = (wanted: number | undefined): Computing | undefined => {
    if (wanted !== limitBytes) discard();
    const taken = spare;
    spare = undefined;
    if (taken === undefined) return undefined;
    taken.child.off('error', gone).off('exit', gone);
    hold(taken.child, true);
    return taken;
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
