/**
 * The body of the guard: a small process beside a host or a command that ends what computes for it, when that holds more memory than its budget, and all of it
 * when whoever started it is gone. It stands apart so that nothing that is busy, frozen or killed takes it along: its input closes with its parent, whatever that died of.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { GuardOrder, GuardWord, Over, WatchOrder } from './guard-protocol.ts';
import { openProcessTable, type ProcessTable, type SeenProcess } from './process-table.ts';

interface Watched extends WatchOrder {
  /** Itself and what it started, as last seen. Undefined: it was not there any more when its turn came. */
  tree: Map<number, SeenProcess>;
  bytes: number;
  over: Over | undefined;
}

/** Two cores have been seen to take 280 MB in 20 ms. */
const shortestMs = 5;
const longestMs = 250;
/** New children are looked for so often. */
const kinEveryMs = 200;
/** What one core can take of memory in a second, in huge pages, and how many cores at once: while there is more room than that, there is time. */
const bytesOfCore = 16 * 2 ** 30;
const mostCores = 4;

export interface Guard {
  take: (order: GuardOrder) => void;
  /** One look at all of them; how long the next may wait, in milliseconds. */
  look: () => Promise<number>;
  /** Ends all that is left. */
  endAll: () => void;
}

// Over 80 lines: one table of processes: what is watched, measured and ended is one state.
export function makeGuard(
  say: (word: GuardWord) => void,
  table: ProcessTable = openProcessTable(),
  kill: (pid: number) => void = killProcess,
): Guard {
  const watched = new Map<number, Watched>();
  let [totalBytes, kinMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const speed = Math.min(mostCores, availableParallelism()) * bytesOfCore;

  const end = (one: Watched): void => {
    const own = table.look(one.pid);
    // A number is given again: another process that has it now is nobody of ours, nor is what that one started.
    if (own !== undefined && one.tree.get(one.pid)?.started === own.started) {
      // At once, and as a group where it leads one: a child that began in this moment goes too. Looking for others takes a busy machine longer than taking memory.
      if (own.group === one.pid) kill(-one.pid);
      findKin(one, own);
    }
    for (const [pid, seen] of one.tree) if (table.look(pid)?.started === seen.started) kill(pid);
  };
  /** What it started goes with it, but for what leads a group of its own and what is watched by itself. */
  const findKin = (one: Watched, own: SeenProcess): void => {
    const found = [own];
    for (const { pid } of found)
      for (const child of table.children(pid)) {
        const seen = table.look(child);
        const isApart = seen === undefined || seen.group === seen.pid || watched.has(child);
        if (!isApart && !found.some((f) => f.pid === child)) found.push(seen);
      }
    for (const seen of found) one.tree.set(seen.pid, seen);
  };

  const measure = (one: Watched, withKin: boolean): void => {
    const own = table.look(one.pid);
    const before = one.tree.get(one.pid);
    if (own === undefined || (before !== undefined && before.started !== own.started)) {
      // It has ended: what it left behind goes after it, and it is asked for no more.
      end(one);
      one.tree.clear();
      one.bytes = 0;
      return;
    }
    if (withKin || before === undefined) findKin(one, own);
    one.bytes = 0;
    for (const [pid, seen] of one.tree) {
      const now = pid === one.pid ? own : table.look(pid);
      if (now?.started === seen.started) one.bytes += now.residentBytes;
      else one.tree.delete(pid);
    }
  };
  const endOver = (one: Watched, over: Over): void => {
    one.over = over;
    // Told first, so that whoever hears of its end can be told why.
    say({ over });
    end(one);
  };

  return {
    take: (order) => {
      if ('total' in order) totalBytes = order.total;
      else if ('watch' in order) {
        const one: Watched = { ...order.watch, tree: new Map(), bytes: 0, over: undefined };
        watched.set(one.pid, one);
        measure(one, true);
        say({ watches: one.pid });
      } else {
        const one = watched.get(order.forget);
        if (one !== undefined && one.pid !== process.ppid) end(one);
        watched.delete(order.forget);
        say({ forgotten: order.forget, ...(one?.over === undefined ? {} : { over: one.over }) });
      }
    },
    look: async () => {
      await table.refresh();
      const withKin = performance.now() - kinMs >= kinEveryMs;
      if (withKin) kinMs = performance.now();
      let [sum, room] = [0, Number.POSITIVE_INFINITY];
      for (const one of watched.values()) {
        measure(one, withKin);
        if (one.over !== undefined) continue;
        const { pid, bytes, limitBytes, parent } = one;
        if (bytes > limitBytes) endOver(one, { pid, bytes, limitBytes, of: 'own' });
        else if (parent !== undefined && bytes > 0 && one.tree.get(pid)?.parent !== parent) end(one);
        else [sum, room] = [sum + bytes, Math.min(room, limitBytes - bytes)];
      }
      if (sum > totalBytes) {
        const worst = [...watched.values()]
          .filter((one) => one.over === undefined)
          .sort((a, b) => b.bytes - b.shareBytes - (a.bytes - a.shareBytes))[0];
        if (worst !== undefined)
          endOver(worst, { pid: worst.pid, bytes: worst.bytes, limitBytes: totalBytes, of: 'all' });
      }
      room = Math.min(room, totalBytes - sum);
      return Math.max(shortestMs, Math.min(longestMs, (room / speed) * 500));
    },
    endAll: () => {
      for (const one of watched.values()) if (one.pid !== process.ppid) end(one);
    },
  };
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/**
 * Before those that it watches, where the system lets us: only an administrator may. Beside ten busy processes its looks came up to 174 ms late, by the priority
 * up to 16 ms, by the real-time class 1 ms. Linux weighs sessions against each other, and priorities within them alone: we lead one, and so does each run.
 */
function goFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
    if (process.platform !== 'linux') return;
    writeFileSync('/proc/self/autogroup', '-20');
    // It sleeps nearly always, and asks for the lowest of that class.
    execFile('chrt', ['--fifo', '--pid', '1', String(process.pid)], () => undefined);
  } catch {
    // It may not, and waits its turn.
  }
}

/** Serves one parent over standard input and output, until that closes. */
export async function serveGuard(): Promise<never> {
  // Whoever stops the command by a signal to all of its group does not stop what cleans up after it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.stdout.on('error', () => undefined);
  goFirst();
  let timer: NodeJS.Timeout | undefined;
  const guard = makeGuard((word) => {
    process.stdout.write(`${JSON.stringify(word)}\n`);
    if ('over' in word && word.over !== undefined && word.over.pid === process.ppid) sayOfParent(word.over);
  });
  // A busy machine lets us begin late: so much earlier the next look is wanted.
  let [dueMs, lateMs] = [performance.now(), 0];
  const look = async (): Promise<void> => {
    clearTimeout(timer);
    lateMs = Math.max(performance.now() - dueMs, lateMs * 0.9);
    const nextMs = Math.max(shortestMs, (await guard.look().catch(() => longestMs)) - lateMs);
    clearTimeout(timer);
    dueMs = performance.now() + nextMs;
    timer = setTimeout(() => void look(), nextMs);
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order: GuardOrder = JSON.parse(line);
    guard.take(order);
    if ('watch' in order) void look();
  });
  await new Promise<void>((resolve) => lines.once('close', resolve));
  guard.endAll();
  process.exit(0);
}

/** A command that is ended by its own guard cannot say why: the guard does, where its errors go. */
function sayOfParent({ limitBytes }: Over): void {
  process.stderr.write(
    `This command needs more than ${(limitBytes / 2 ** 30).toFixed(1).replace('.0', '')} GB of memory. Use fewer columns or rows, or a machine with more memory.\n`,
  );
}
