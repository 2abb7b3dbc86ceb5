/** What the window asks of the host, as typed functions. */
import type * as z from 'zod';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Client } from '../../../shared/rpc/typed.ts';

export type HostClient = Client<Contract>;
export type Answer<K extends keyof Contract> = z.output<Contract[K]['output']>;
