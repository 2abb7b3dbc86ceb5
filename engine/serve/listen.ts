/** Binds a server to this machine alone. */
import type { Server } from 'node:http';
import { fail } from '../../shared/errors.ts';

export const loopback = '127.0.0.1';

/** Longer than who asks keeps a connection that rests: closed by us at the moment of the next question, it would break that question. */
const keepAliveMs = 75_000;

/** @param port 0: any free one. @returns the port. Fails with `serve.port-in-use` or `serve.port-refused`. */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = keepAliveMs;
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const because = { cause: error };
      const facts = { port };
      if (error.code === 'EADDRINUSE')
        reject(
          fail(
            'serve.port-in-use',
            {
              message: `The port ${port} is used by another program.`,
              mend: 'Choose another port, or 0 for any that is free.',
              facts,
            },
            because,
          ),
        );
      else if (error.code === 'EACCES')
        reject(
          fail(
            'serve.port-refused',
            {
              message: `The system does not let Flowyard use port ${port}.`,
              mend: 'Choose a port above 1023, or 0 for any that is free.',
              facts,
            },
            because,
          ),
        );
      else reject(error);
    };
    server.once('error', refuse);
    server.listen(port, loopback, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
