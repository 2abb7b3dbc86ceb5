/** How long a run that was not handed over waits for a remote that does not answer. */

export interface Patience {
  /** After a failure: how long to pause, and until when it is tried; undefined: it is given up. */
  pause: (sentBytes: number) => { ms: number; untilMs: number | undefined } | undefined;
}

/** A wrong address is told within seconds: so often is a remote tried that never answered. */
const triesOfUnknown = 3;
const longestPauseMs = 30_000;

/**
 * @param limitMs how long a remote is waited for that was reached before; infinite: a job may be there already, of which nobody knows
 * @param wasReached whether it ever answered: its address is right then
 */
export function patience(limitMs: number, wasReached: boolean, now: () => number): Patience {
  let sinceMs: number | undefined;
  let dueMs = 0;
  let lastBytes = 0;
  let tries = 0;
  return {
    pause: (sentBytes) => {
      const nowMs = now();
      // What moved since was no silence, nor is the time that this machine slept.
      const slept = dueMs > 0 && nowMs - dueMs > longestPauseMs * 4;
      if (sinceMs === undefined || sentBytes > lastBytes || slept) {
        sinceMs = nowMs;
        tries = 0;
      }
      lastBytes = sentBytes;
      tries += 1;
      const untilMs = sinceMs + limitMs;
      const isKnown = wasReached || sentBytes > 0;
      if (tries >= triesOfUnknown && (!isKnown || nowMs >= untilMs)) return undefined;
      const ms = Math.min(longestPauseMs, 1000 * 2 ** (tries - 1));
      dueMs = nowMs + ms;
      return { ms, untilMs: isKnown && limitMs > 0 ? untilMs : undefined };
    },
  };
}
