/** The window's end: typed calls and subscriptions over a pipe that is opened again whenever it is lost. */
import { cancelled, FlowyardError, type Problem, toProblem } from '../errors.ts';
import { toWindow, type ToHost, type ToWindow } from './messages.ts';
import type { Pipe } from './pipe.ts';
import { openSubscription, type Subscription } from './subscription.ts';
import { clientOf, type AnyContract, type CallOptions, type Client, type UntypedSubscribeOptions } from './typed.ts';

export type ConnectionState =
  | { name: 'connecting' }
  | { name: 'open' }
  /** `retryMs` null: it is not tried again (closed, or another version: reload). */
  | { name: 'lost'; problem: Problem; retryMs: number | null };

export interface Connection<C extends AnyContract> {
  api: Client<C>;
  state: () => ConnectionState;
  /** Calls the listener at each change; gives the function that ends it. */
  onState: (listener: (state: ConnectionState) => void) => () => void;
  /** Tries at once instead of at the end of the pause. */
  retryNow: () => void;
  close: () => void;
}
export interface ConnectOptions<C extends AnyContract> {
  contract: C;
  protocol: number;
  /** Opens a new pipe: a socket, or the next port that the shell hands over. */
  open: () => Promise<Pipe>;
  /** False: what cannot be opened, or is lost, stays so, and what waits for it fails. Default: true. */
  reopens?: boolean;
  firstRetryMs?: number;
  longestRetryMs?: number;
}

interface PendingCall {
  settle: (message: Extract<ToWindow, { t: 'result' | 'error' }>) => void;
}

// Over 80 lines: one connection: what waits, what is followed and what reconnects change together.
export function connect<C extends AnyContract>({
  contract,
  protocol,
  open,
  reopens = true,
  firstRetryMs = 100,
  longestRetryMs = 5000,
}: ConnectOptions<C>): Connection<C> {
  let state: ConnectionState = { name: 'connecting' };
  let pipe: Pipe | undefined;
  let everOpen = false;
  let closed = false;
  let attempts = 0;
  /** Why there is no connection, while it is tried again. */
  let lastProblem: Problem | undefined;
  let nextId = 0;
  let retry: { timer: unknown } | undefined;
  const listeners = new Set<(state: ConnectionState) => void>();
  const pending = new Map<number, PendingCall>();
  const subscriptions = new Map<number, Subscription>();
  const waiting: ToHost[] = [];

  const change = (next: ConnectionState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };
  const send = (message: ToHost): void => {
    if (state.name === 'open') pipe?.post(message);
    else waiting.push(message);
  };

  async function start(): Promise<void> {
    retry = undefined;
    change({ name: 'connecting' });
    try {
      const opened = await open();
      if (closed) {
        opened.close();
        return;
      }
      pipe = opened;
      opened.onMessage((raw) => {
        const parsed = toWindow.safeParse(raw);
        if (parsed.success && pipe === opened) receive(parsed.data);
      });
      opened.onClose(() => {
        if (pipe === opened) lose(lostProblem());
      });
      opened.post({ t: 'hello', protocol } satisfies ToHost);
    } catch (error) {
      const problem = toProblem(error);
      // Whoever opens the pipe may know why it cannot be opened.
      lose(problem.code.startsWith('connection.') ? problem : { ...lostProblem(), facts: { cause: problem.message } });
    }
  }

  function receive(message: ToWindow): void {
    switch (message.t) {
      case 'hello':
        everOpen = true;
        attempts = 0;
        lastProblem = undefined;
        change({ name: 'open' });
        for (const early of waiting.splice(0)) pipe?.post(early);
        for (const subscription of subscriptions.values()) subscription.reopen();
        return;
      case 'refused':
        lose(message.problem, true);
        return;
      case 'result':
        pending.get(message.id)?.settle(message);
        return;
      case 'item':
        subscriptions.get(message.id)?.take(message.value);
        return;
      case 'end':
        subscriptions.get(message.id)?.end();
        subscriptions.delete(message.id);
        return;
      case 'error':
        pending.get(message.id)?.settle(message);
        subscriptions.get(message.id)?.end(message.problem);
        subscriptions.delete(message.id);
        return;
    }
  }

  function lose(problem: Problem, forGood = !reopens): void {
    const old = pipe;
    pipe = undefined;
    old?.close();
    // Before the first opening a call waits for it; afterwards nobody knows whether the host has done what was asked, so it fails.
    if (everOpen || forGood) {
      waiting.length = 0;
      for (const [id, call] of pending) call.settle({ t: 'error', id, problem });
      for (const [id, subscription] of subscriptions)
        if (forGood || !subscription.lose()) {
          subscription.end(problem);
          subscriptions.delete(id);
        }
    }
    const retryMs = forGood || closed ? null : Math.min(firstRetryMs * 2 ** attempts++, longestRetryMs);
    if (retryMs !== null) retry = { timer: setTimeout(() => void start(), retryMs) };
    lastProblem = problem;
    change({ name: 'lost', problem, retryMs });
  }

  const isUnreachable = (): boolean =>
    closed || (everOpen && state.name !== 'open') || (state.name === 'lost' && state.retryMs === null);
  const unreachableProblem = (): Problem => lastProblem ?? lostProblem();

  function call(method: string, input: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(callCancelled(method));
    if (isUnreachable()) return Promise.reject(new FlowyardError(unreachableProblem()));
    const id = ++nextId;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        pending.delete(id);
        send({ t: 'abort', id });
        reject(callCancelled(method));
      };
      signal?.addEventListener('abort', stop, { once: true });
      pending.set(id, {
        settle: (message) => {
          pending.delete(id);
          signal?.removeEventListener('abort', stop);
          if (message.t === 'result') resolve(message.value);
          else reject(new FlowyardError(message.problem));
        },
      });
      send({ t: 'call', id, method, input });
    });
  }

  function subscribe(method: string, input: unknown, options: UntypedSubscribeOptions = {}): AsyncIterable<unknown> {
    return openSubscription({
      input,
      options,
      /** Throws when the host cannot be reached and the subscription cannot wait for it. */
      start: (subscription) => {
        if (
          isUnreachable() &&
          (options.resume === undefined || closed || (state.name === 'lost' && state.retryMs === null))
        )
          throw new FlowyardError(unreachableProblem());
        const id = ++nextId;
        subscriptions.set(id, subscription);
        return {
          open: (value, credit) => {
            if (isUnreachable()) return false;
            send({ t: 'open', id, method, input: value, credit });
            return true;
          },
          grant: (credit) => {
            if (state.name === 'open') send({ t: 'credit', id, credit });
          },
          stop: () => {
            if (subscriptions.delete(id) && state.name === 'open') send({ t: 'abort', id });
          },
        };
      },
    });
  }

  void start();
  return {
    api: clientOf(contract, { call, subscribe }),
    state: () => state,
    onState: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retryNow: () => {
      if (retry === undefined) return;
      clearTimeout(retry.timer);
      void start();
    },
    close: () => {
      if (closed) return;
      closed = true;
      if (retry !== undefined) clearTimeout(retry.timer);
      lose({ code: 'connection.closed', severity: 'error', message: 'The connection to the host was closed.' }, true);
    },
  };
}

const lostProblem = (): Problem => ({
  code: 'connection.lost',
  severity: 'error',
  message: 'The connection to Flowyard was lost.',
  mend: 'It is opened again by itself; then try again.',
});
const callCancelled = (method: string): FlowyardError => cancelled('call.cancelled', `${method} was cancelled.`);
