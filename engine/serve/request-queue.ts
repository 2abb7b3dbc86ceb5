/** One request computes at a time, some wait, more are turned away: a service that is asked too much stays a service. */
import { fail } from '../../shared/errors.ts';

export interface RequestQueue {
  run: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when nothing runs and nothing waits. */
  idle: () => Promise<void>;
}

export function makeRequestQueue(longest: number): RequestQueue {
  let last: Promise<unknown> = Promise.resolve();
  let length = 0;
  return {
    run: (work) => {
      if (length >= longest)
        return Promise.reject(
          fail('predict.too-busy', {
            message: `${length} requests wait already.`,
            mend: 'Try again in a moment, or send more rows in one request.',
          }),
        );
      length += 1;
      const done = last.then(work).finally(() => {
        length -= 1;
      });
      last = done.catch(() => undefined);
      return done;
    },
    idle: async () => {
      while (length > 0) await last;
    },
  };
}
