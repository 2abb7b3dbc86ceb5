/** A port for a server that is to come back on it. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Free now, and below those that a system gives to whoever connects (from 32768 on Linux): no socket of another program takes it while the server is away. */
export async function findSteadyPort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 8000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
