/** Tells windows which lists to read again. Many changes in a moment are one message; a slow window gets the union of what it missed. */

export type Changed =
  | 'runs'
  | 'models'
  | 'services'
  | 'pipelines'
  | 'cache'
  | 'files'
  | 'languages'
  | 'targets'
  | 'limits';
export interface ChangeHub {
  notify: (...what: Changed[]) => void;
  watch: (signal: AbortSignal) => AsyncIterable<{ what: Changed[] }>;
}

/** Changes wait this long for company. */
const gatherMs = 100;

export function makeChangeHub(): ChangeHub {
  const watchers = new Set<{ missed: Set<Changed>; wake: () => void }>();
  return {
    notify: (...what) => {
      for (const watcher of watchers) {
        for (const one of what) watcher.missed.add(one);
        watcher.wake();
      }
    },
    watch: async function* (signal) {
      const watcher = { missed: new Set<Changed>(), wake: (): void => undefined };
      watchers.add(watcher);
      const stop = (): void => watcher.wake();
      signal.addEventListener('abort', stop, { once: true });
      try {
        while (!signal.aborted) {
          if (watcher.missed.size === 0) await new Promise<void>((resolve) => (watcher.wake = resolve));
          else {
            await pause(gatherMs, signal);
            const what = [...watcher.missed];
            watcher.missed.clear();
            yield { what };
          }
        }
      } finally {
        watchers.delete(watcher);
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

/** Resolves after the time, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
