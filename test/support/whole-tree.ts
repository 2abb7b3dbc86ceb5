/** A command as seen from outside, on Linux: what it and all that it started hold in memory, and what of that still lives. */
import { readFileSync, readdirSync } from 'node:fs';

interface Seen {
  started: string;
  bytes: number;
}

export interface WholeTree {
  /** Of all but the command's own process: of what computes. */
  peakBytes: () => number;
  /** Of the command's own process. */
  ownPeakBytes: () => number;
  alive: () => number[];
  stop: () => void;
}

const everyMs = 20;

function look(pid: number): (Seen & { parent: number }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { parent: Number(fields[1]), started: fields[19] ?? '', bytes: Number(fields[21]) * 4096 };
  } catch {
    // It has ended.
    return undefined;
  }
}

/** @param root its process, just started */
export function watchTree(root: number): WholeTree {
  const known = new Map<number, Seen>();
  const first = look(root);
  if (first !== undefined) known.set(root, first);
  let [peak, ownPeak] = [0, 0];
  const measure = (): void => {
    const all = readdirSync('/proc').flatMap((name) => {
      const seen = /^\d+$/.test(name) ? look(Number(name)) : undefined;
      return seen === undefined ? [] : [[Number(name), seen] as const];
    });
    // Once of the tree, always of it, whoever is its parent by now.
    for (let grown = true; grown;) {
      grown = false;
      for (const [pid, seen] of all)
        if (!known.has(pid) && known.has(seen.parent)) {
          known.set(pid, seen);
          grown = true;
        }
    }
    let sum = 0;
    for (const [pid, seen] of all) {
      if (known.get(pid)?.started !== seen.started) continue;
      if (pid === root) ownPeak = Math.max(ownPeak, seen.bytes);
      else sum += seen.bytes;
    }
    peak = Math.max(peak, sum);
  };
  measure();
  const timer = setInterval(measure, everyMs);
  return {
    peakBytes: () => peak,
    ownPeakBytes: () => ownPeak,
    alive: () => [...known].filter(([pid, { started }]) => look(pid)?.started === started).map(([pid]) => pid),
    stop: () => clearInterval(timer),
  };
}
