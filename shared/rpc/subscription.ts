/** One subscription at the window: items wait here until they are read, and the host is given credit only for what was read. */
import { FlowyardError, type Problem } from '../errors.ts';
import { subscriptionCredit } from './messages.ts';
import type { UntypedSubscribeOptions } from './typed.ts';

export interface Subscription {
  take: (value: unknown) => void;
  end: (problem?: Problem) => void;
  /** The connection is gone. False: it cannot be resumed. */
  lose: () => boolean;
  /** The connection is back. */
  reopen: () => void;
}
interface Line {
  /** False: there is no connection now; `reopen` comes with it. */
  open: (input: unknown, credit: number) => boolean;
  grant: (credit: number) => void;
  stop: () => void;
}
interface OpenSubscriptionOptions {
  input: unknown;
  options: UntypedSubscribeOptions;
  start: (subscription: Subscription) => Line;
}

/** Nothing is asked before the first item is wanted; a second reading of the same sequence is a second subscription. */
export const openSubscription = (options: OpenSubscriptionOptions): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => iterate(options),
});

// Over 80 lines: one state between two sides: who waits, what has come, and who ended it.
function iterate({
  input,
  options: { signal, resume, onLost },
  start,
}: OpenSubscriptionOptions): AsyncIterator<unknown> {
  const items: unknown[] = [];
  let last: unknown;
  let line: Line | undefined;
  let lost = false;
  let unread = 0;
  let ended: { problem?: Problem } | undefined;
  let wake: () => void = () => undefined;

  const finish = (problem?: Problem): void => {
    if (ended !== undefined) return;
    ended = problem === undefined ? {} : { problem };
    signal?.removeEventListener('abort', stop);
    wake();
  };
  const stop = (): void => {
    items.length = 0;
    finish();
    line?.stop();
  };
  const subscription: Subscription = {
    take: (value) => {
      items.push(value);
      last = value;
      wake();
    },
    end: finish,
    lose: () => {
      lost = true;
      onLost?.();
      return resume !== undefined;
    },
    reopen: () => {
      if (!lost || resume === undefined) return;
      lost = false;
      unread = 0;
      line?.open(last === undefined ? input : resume(last), subscriptionCredit);
    },
  };
  const begin = (): void => {
    if (signal?.aborted === true) {
      ended = {};
      return;
    }
    signal?.addEventListener('abort', stop, { once: true });
    line = start(subscription);
    lost = !line.open(input, subscriptionCredit);
  };

  return {
    async next() {
      if (line === undefined && ended === undefined) begin();
      while (items.length === 0 && ended === undefined)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (items.length > 0) {
        const value = items.shift();
        unread += 1;
        // Credit goes back in halves: one small message for eight items, and the host never runs dry.
        if (unread >= subscriptionCredit / 2 && ended === undefined && !lost) {
          line?.grant(unread);
          unread = 0;
        }
        return { done: false, value };
      }
      if (ended?.problem !== undefined) {
        const { problem } = ended;
        ended = {};
        throw new FlowyardError(problem);
      }
      return { done: true, value: undefined };
    },
    async return() {
      stop();
      return { done: true, value: undefined };
    },
  };
}
