// Preloaded into the staged host, on a Node without type stripping: stands in for Electron's main process and for a window. It asks the host a
// question over a port, prints the answer, lets it train on its threads' entry, and tells it to stop.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';

const staged = process.env.STAGED_APP ?? '';
const load = (path) => import(pathToFileURL(join(staged, path)).href);

process.parentPort = {
  on: (_event, listener) => void setImmediate(() => void act(listener)),
  postMessage: (message) => console.log(JSON.stringify({ toMain: message })),
};

async function act(say) {
  const { connect } = await load('shared/rpc/client.ts');
  const { contract, protocolVersion } = await load('shared/rpc/contract.ts');
  const { messagePortPipe } = await load('shared/rpc/message-port.ts');
  const open = async () => {
    const { port1, port2 } = new MessageChannel();
    say({ data: { type: 'window' }, ports: [port2] });
    return messagePortPipe(port1);
  };
  const connection = connect({ contract, protocol: protocolVersion, open });
  const { version, workspaceName } = await connection.api['app.info']({});
  console.log(JSON.stringify({ version, workspaceName }));
  connection.close();
  const thread = new Worker(new URL('thread.js', pathToFileURL(`${staged}/dist/electron/`)));
  await once(thread, 'online');
  await thread.terminate();
  say({ data: { type: 'stop' }, ports: [] });
}
