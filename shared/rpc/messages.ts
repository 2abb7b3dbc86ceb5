/**
 * What crosses a pipe. The window speaks first: `hello` with its protocol; the host answers `hello`, or `refused`, and nothing else counts before.
 * A subscription is paced by credit: the host sends an item only for credit that the window gave, and the window gives more as it reads.
 */
import * as z from 'zod';
import { problem } from '../errors.ts';

const id = z.int();
export const toHost = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), protocol: z.int() }),
  z.object({ t: z.literal('call'), id, method: z.string(), input: z.unknown() }),
  z.object({ t: z.literal('open'), id, method: z.string(), input: z.unknown(), credit: z.int().min(1).max(1000) }),
  z.object({ t: z.literal('credit'), id, credit: z.int().min(1).max(1000) }),
  z.object({ t: z.literal('abort'), id }),
]);
export type ToHost = z.output<typeof toHost>;

export const toWindow = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), protocol: z.int() }),
  z.object({ t: z.literal('refused'), problem }),
  z.object({ t: z.literal('result'), id, value: z.unknown() }),
  z.object({ t: z.literal('item'), id, value: z.unknown() }),
  z.object({ t: z.literal('end'), id }),
  z.object({ t: z.literal('error'), id, problem }),
]);
export type ToWindow = z.output<typeof toWindow>;

/** Items under way for one subscription: enough to hide the way there and back, few enough to hold in memory. */
export const subscriptionCredit = 16;
