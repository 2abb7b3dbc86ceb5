/** What the window asks of the host, as typed functions. */
import type * as z from 'zod';
import type { Contract } from '../../../shared/rpc/contract.ts';

export interface AskOptions {
  signal?: AbortSignal;
}
type Ask<D> = D extends { kind: 'call'; input: infer I extends z.ZodType; output: infer O extends z.ZodType }
  ? (input: z.input<I>, options?: AskOptions) => Promise<z.output<O>>
  : D extends { kind: 'subscribe'; input: infer I extends z.ZodType; output: infer O extends z.ZodType }
    ? (input: z.input<I>, options?: AskOptions) => AsyncIterable<z.output<O>>
    : never;

export type HostClient = { readonly [K in keyof Contract]: Ask<Contract[K]> };
export type Answer<K extends keyof Contract> = z.output<Contract[K]['output']>;
