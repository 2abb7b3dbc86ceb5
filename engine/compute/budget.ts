/**
 * Deals out the machine: memory and threads to runs, and the one place of the heavy engine (training or answering with a network that fills memory by itself).
 * Who cannot be served waits in a queue, first come first served, so that a large wish is not overtaken for ever.
 */
import { limitsOf, machineMemory, plannedOf } from './machine-memory.ts';

export const memoryOfRuns = (): number => machineMemory() * 0.5;
/** Two runs at a time have room. */
export const memoryOfOneRun = (): number => plannedOf(limitsOf('run').limitBytes);

export interface Wish {
  memoryBytes: number;
  /** Default: an equal share of all, and all to whoever is alone or has the heavy engine. */
  threads?: number | undefined;
  /** Wants the heavy engine as well. */
  heavy?: boolean;
}
export interface Share {
  memoryBytes: number;
  threads: number;
  /** Gives everything back. Calling it twice does nothing more. */
  release: () => void;
}
export interface Asked {
  /** Why it waits, in words; `undefined` when it was served at once. */
  reason: string | undefined;
  /** Leaves the queue. What was served is given back by its share. */
  withdraw: () => void;
}
export interface Budget {
  /** Calls `serve` once: at once, or when what others hold comes back. A wish for more than there is gets all there is. */
  ask: (wish: Wish, serve: (share: Share) => void) => Asked;
}

interface Waiting {
  wish: Required<Pick<Wish, 'memoryBytes' | 'heavy'>> & Pick<Wish, 'threads'>;
  serve: (share: Share) => void;
}

export function makeBudget(total: { memoryBytes: number; threads: number }): Budget {
  const queue: Waiting[] = [];
  let [freeBytes, living, heavyTaken] = [total.memoryBytes, 0, false];

  const lacks = ({ wish }: Waiting): string | undefined => {
    if (wish.heavy && heavyTaken) return 'Waits for the heavy engine, which another run uses: there is one.';
    if (wish.memoryBytes <= freeBytes) return undefined;
    return `Waits for memory: ${living === 1 ? 'another run is' : `${living} other runs are`} under way.`;
  };

  function serve({ wish, serve: give }: Waiting): void {
    freeBytes -= wish.memoryBytes;
    living += 1;
    if (wish.heavy) heavyTaken = true;
    let held = true;
    // A network that trains adds up in an order that follows from the number of threads: what else runs must not change its weights.
    const sharers = wish.heavy ? 1 : living;
    give({
      memoryBytes: wish.memoryBytes,
      threads: wish.threads ?? Math.max(1, Math.ceil(total.threads / sharers)),
      release: () => {
        if (!held) return;
        held = false;
        freeBytes += wish.memoryBytes;
        living -= 1;
        if (wish.heavy) heavyTaken = false;
        serveQueue();
      },
    });
  }

  function serveQueue(): void {
    while (queue[0] !== undefined && lacks(queue[0]) === undefined) {
      const [first] = queue.splice(0, 1);
      if (first !== undefined) serve(first);
    }
  }

  return {
    ask: ({ memoryBytes, threads, heavy = false }, give) => {
      const one: Waiting = {
        wish: { memoryBytes: Math.min(memoryBytes, total.memoryBytes), threads, heavy },
        serve: give,
      };
      const before = queue.length;
      const reason =
        lacks(one) ??
        (before === 0 ? undefined : `Waits behind ${before === 1 ? 'another run' : `${before} other runs`}.`);
      if (reason === undefined) serve(one);
      else queue.push(one);
      return {
        reason,
        withdraw: () => {
          const at = queue.indexOf(one);
          if (at < 0) return;
          queue.splice(at, 1);
          serveQueue();
        },
      };
    },
  };
}
