/** The host's end of a pipe: checks every input, runs the handler, and never sends faster than the other end reads. */
import { fail, fault, type Problem, toProblem as plainProblem } from '../errors.ts';
import { toHost, type ToWindow } from './messages.ts';
import type { Pipe } from './pipe.ts';
import { handlerOf, isAsyncIterable, type AnyContract, type Handlers, type MethodDeclaration } from './typed.ts';

export interface ServeOptions<C extends AnyContract> {
  contract: C;
  handlers: Handlers<C>;
  pipe: Pipe;
  protocol: number;
  /** For tests: answers are checked against the contract too. */
  checkOutputs?: boolean;
  /** Words for failures that come from below: the disk, the database. Default: those of `shared/errors`. */
  toProblem?: (error: unknown) => Problem;
  /** A failure that nobody foresaw, for the log. */
  onUnexpected?: (method: string, error: unknown) => void;
}

interface OpenCall {
  controller: AbortController;
  credit: number;
  /** Called when credit came or the call was aborted. */
  wake: () => void;
}

// Over 80 lines: one connection: its calls and subscriptions end together.
export function serve<C extends AnyContract>({
  contract,
  handlers,
  pipe,
  protocol,
  checkOutputs = false,
  toProblem = plainProblem,
  onUnexpected,
}: ServeOptions<C>): { close: () => void } {
  const calls = new Map<number, OpenCall>();
  let greeted = false;
  let closed = false;
  const post = (message: ToWindow): void => {
    if (!closed) pipe.post(message);
  };
  const end = (): void => {
    closed = true;
    for (const call of calls.values()) stop(call);
    calls.clear();
  };

  pipe.onClose(end);
  pipe.onMessage((raw) => {
    const parsed = toHost.safeParse(raw);
    if (closed || !parsed.success) return;
    const message = parsed.data;
    switch (message.t) {
      case 'hello':
        if (message.protocol !== protocol) {
          post({ t: 'refused', problem: versionProblem(message.protocol, protocol) });
          return;
        }
        greeted = true;
        post({ t: 'hello', protocol });
        return;
      case 'call':
      case 'open':
        if (greeted)
          void answer(message.id, message.method, message.input, message.t === 'open' ? message.credit : undefined);
        return;
      case 'credit': {
        const call = calls.get(message.id);
        if (call === undefined) return;
        call.credit += message.credit;
        call.wake();
        return;
      }
      case 'abort': {
        const call = calls.get(message.id);
        if (call !== undefined) stop(call);
        return;
      }
    }
  });

  async function answer(id: number, method: string, input: unknown, credit: number | undefined): Promise<void> {
    if (calls.has(id)) return;
    const call: OpenCall = { controller: new AbortController(), credit: credit ?? 0, wake: () => undefined };
    calls.set(id, call);
    try {
      const declared = Object.hasOwn(contract, method) ? contract[method] : undefined;
      const handler = handlerOf(handlers, method);
      if (declared === undefined || handler === undefined || (declared.kind === 'subscribe') !== (credit !== undefined))
        throw fail('call.unknown-method', { message: `The host knows no "${method}".`, mend: 'Reload the window.' });
      const checked = checkInput(declared, method, input);
      const outcome = handler(checked, { signal: call.controller.signal });
      if (declared.kind === 'call') {
        const value = await outcome;
        post({ t: 'result', id, value: checkOutputs ? checkOutput(declared, method, value) : value });
        return;
      }
      if (!isAsyncIterable(outcome)) throw new Error(`${method} gives no sequence`);
      await sendItems(call, outcome, (value) =>
        post({ t: 'item', id, value: checkOutputs ? checkOutput(declared, method, value) : value }),
      );
      post({ t: 'end', id });
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === 'internal.unexpected' && !call.controller.signal.aborted) onUnexpected?.(method, error);
      post({ t: 'error', id, problem });
    } finally {
      calls.delete(id);
    }
  }

  return {
    close: () => {
      end();
      pipe.close();
    },
  };
}

/** Takes an item from the source only when it may be sent: what nobody reads is never made. */
async function sendItems(
  call: OpenCall,
  source: AsyncIterable<unknown>,
  send: (value: unknown) => void,
): Promise<void> {
  const { signal } = call.controller;
  const iterator = source[Symbol.asyncIterator]();
  // One listener for the whole sequence: a race against one long-lived promise would hold memory for each item.
  let giveUp: () => void = () => undefined;
  signal.addEventListener('abort', () => giveUp(), { once: true });
  const nextOrAborted = (): Promise<IteratorResult<unknown> | 'aborted'> =>
    new Promise((resolve, reject) => {
      giveUp = () => resolve('aborted');
      iterator.next().then(resolve, reject);
    });
  try {
    for (;;) {
      while (call.credit === 0 && !signal.aborted)
        await new Promise<void>((resolve) => {
          call.wake = resolve;
        });
      const next = signal.aborted ? 'aborted' : await nextOrAborted();
      if (next === 'aborted' || next.done === true) return;
      call.credit -= 1;
      send(next.value);
    }
  } finally {
    // Not awaited: a source that hangs must not keep the connection's memory.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function stop(call: OpenCall): void {
  call.controller.abort();
  call.wake();
}

function checkInput(declared: MethodDeclaration, method: string, input: unknown): unknown {
  const parsed = declared.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  throw fault('call.bad-input', {
    message: `${method} was asked with a wrong ${path === '' ? 'input' : `"${path}"`}: ${issue?.message ?? 'not valid'}.`,
    facts: { method, path },
  });
}

function checkOutput(declared: MethodDeclaration, method: string, value: unknown): unknown {
  const parsed = declared.output.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fault('call.bad-output', {
    message: `${method} answered against its contract: ${parsed.error.message}`,
    facts: { method },
  });
}

const versionProblem = (theirs: number, ours: number): Problem => ({
  code: 'connection.version',
  severity: 'error',
  message: `This window speaks version ${theirs} of the protocol, the host speaks ${ours}.`,
  mend: 'Reload the window; when that does not help, restart Flowyard.',
  facts: { window: theirs, host: ours },
});
