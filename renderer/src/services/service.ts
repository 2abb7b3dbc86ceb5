import type { Answer } from '../rpc/host-client.ts';

export type Service = Answer<'services.list'>[number];

/** `1.3 ms`, `42 ms`, `1.2 s`. */
export const sayMs = (ms: number | null): string =>
  ms === null
    ? '–'
    : ms < 10
      ? `${ms.toFixed(1)} ms`
      : ms < 1000
        ? `${ms.toFixed(0)} ms`
        : `${(ms / 1000).toFixed(1)} s`;
