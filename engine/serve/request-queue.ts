/** Some requests are answered side by side, more are turned away: a service that is asked too much stays a service. What they share takes turns by itself. */
import { fail } from '../../shared/errors.ts';

export interface RequestQueue {
  run: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when nothing runs and nothing waits. */
  idle: () => Promise<void>;
}

export function makeRequestQueue(longest: number): RequestQueue {
  let length = 0;
  let waiting: (() => void)[] = [];
  return {
    run: async (work) => {
      if (length >= longest)
        throw fail('predict.too-busy', {
          message: `${length} requests wait already.`,
          mend: 'Try again in a moment, or send more rows in one request.',
        });
      length += 1;
      try {
        return await work();
      } finally {
        length -= 1;
        if (length === 0) {
          for (const notify of waiting) notify();
          waiting = [];
        }
      }
    },
    idle: async () => {
      while (length > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
