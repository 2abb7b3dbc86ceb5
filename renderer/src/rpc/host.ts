import type { HostClient } from './host-client.ts';

let client: HostClient | undefined;

/** Given once by `main.tsx`; a test gives its own. */
export function setHost(given: HostClient): void {
  client = given;
}

/** The host of this window. It outlives connections: calls made while it is away wait for it. */
export function host(): HostClient {
  if (client === undefined) throw new Error('the window asked the host before it was connected');
  return client;
}
