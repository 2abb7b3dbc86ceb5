/** How a contract becomes types on both ends. The only place where a name looked up at run time is asserted to have its declared type. */
import type * as z from 'zod';

export interface MethodDeclaration {
  kind: 'call' | 'subscribe';
  input: z.ZodType;
  output: z.ZodType;
}
export type AnyContract = Readonly<Record<string, MethodDeclaration>>;

export interface CallContext {
  /** Aborted when the caller gives up or its connection is gone. */
  signal: AbortSignal;
}
/** What the host implements. Inputs are checked before a handler sees them. */
export type Handlers<C extends AnyContract> = {
  [M in keyof C]: C[M]['kind'] extends 'call'
    ? (
        input: z.output<C[M]['input']>,
        context: CallContext,
      ) => Promise<z.output<C[M]['output']>> | z.output<C[M]['output']>
    : (input: z.output<C[M]['input']>, context: CallContext) => AsyncIterable<z.output<C[M]['output']>>;
};

export interface CallOptions {
  signal?: AbortSignal;
}
export interface SubscribeOptions<I, O> {
  signal?: AbortSignal;
  /** Makes the subscription survive a lost connection: gives the input to ask with anew, from the last item that came. Before a first item, the first input serves again. */
  resume?: (last: O) => I;
  /** The connection is gone, and the subscription waits for the next one. */
  onLost?: () => void;
}
/** What a window holds: `await api['runs.list']({ … })`, `for await (const events of api['runs.events']({ … }))`. */
export type Client<C extends AnyContract> = {
  readonly [M in keyof C]: C[M]['kind'] extends 'call'
    ? (input: z.input<C[M]['input']>, options?: CallOptions) => Promise<z.output<C[M]['output']>>
    : (
        input: z.input<C[M]['input']>,
        options?: SubscribeOptions<z.input<C[M]['input']>, z.output<C[M]['output']>>,
      ) => AsyncIterable<z.output<C[M]['output']>>;
};

type UntypedHandler = (input: unknown, context: CallContext) => unknown;
export const handlerOf = <C extends AnyContract>(handlers: Handlers<C>, method: string): UntypedHandler | undefined =>
  Object.hasOwn(handlers, method) ? (handlers[method] as unknown as UntypedHandler) : undefined;

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  value !== null && typeof value === 'object' && Symbol.asyncIterator in value;

export type UntypedSubscribeOptions = SubscribeOptions<unknown, unknown>;
interface UntypedClient {
  call: (method: string, input: unknown, options?: CallOptions) => Promise<unknown>;
  subscribe: (method: string, input: unknown, options?: UntypedSubscribeOptions) => AsyncIterable<unknown>;
}
export const clientOf = <C extends AnyContract>(contract: C, { call, subscribe }: UntypedClient): Client<C> =>
  Object.fromEntries(
    Object.entries(contract).map(([method, { kind }]) => [
      method,
      kind === 'call'
        ? (input: unknown, options?: CallOptions) => call(method, input, options)
        : (input: unknown, options?: UntypedSubscribeOptions) => subscribe(method, input, options),
    ]),
  ) as unknown as Client<C>;
