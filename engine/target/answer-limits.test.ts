/** Services of clusters that send without an end, or fall silent: what they say is read up to a limit. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { openKubeClient } from './kube-client.ts';
import { openRayApi } from './ray-api.ts';

async function askedOf(serve: (response: ServerResponse) => void, ask: (url: string) => Promise<unknown>) {
  const server = createServer((_, response) => serve(response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    return toProblem(await ask(`http://127.0.0.1:${port}`).catch((thrown: unknown) => thrown));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const pour = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const part = 'x'.repeat(4 << 20);
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', more);
  more();
};

it('an answer of Kubernetes without an end is given up at its limit', async () => {
  const kube = (url: string) => openKubeClient({ url, token: undefined, ca: undefined, namespace: 'lab' }).version();
  expect(await askedOf(pour, kube)).toMatchObject({ code: 'kubernetes.too-large' });
});

it('an answer of Kubernetes is read as before', async () => {
  const kube = (url: string) => openKubeClient({ url, token: undefined, ca: undefined, namespace: 'lab' }).version();
  const say = (response: ServerResponse): void =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ major: '1', minor: '31', gitVersion: 'v1.31.0', platform: 'linux/amd64' }));
  const server = askedOf(say, async (url) => expect(await kube(url)).toBe('v1.31.0'));
  await server;
});

it('an answer of Ray without an end is given up at its limit', async () => {
  expect(await askedOf(pour, (url) => openRayApi(url).version())).toMatchObject({ code: 'ray.too-large' });
});
