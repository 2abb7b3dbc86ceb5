/** The two forms of the contract's entries. Rooms with routes of their own keep them in a file beside this one, and `contract.ts` spreads them in. */
import type * as z from 'zod';

export const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({
  kind: 'call' as const,
  input,
  output,
});
export const subscribe = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({
  kind: 'subscribe' as const,
  input,
  output,
});
