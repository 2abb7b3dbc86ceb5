/* Preloaded into the host where `relay.cjs` starts it: gives it the `process.parentPort` that Electron's own utility process has. */
import { MessageChannel } from 'node:worker_threads';

const listeners = [];
const early = [];
const ports = new Map();
const send = (message) => process.connected && process.send(message);

process.parentPort = {
  on(_event, listener) {
    listeners.push(listener);
    for (const event of early.splice(0)) listener(event);
  },
  postMessage: (data) => void send({ data }),
};

function open(id) {
  const { port1, port2 } = new MessageChannel();
  ports.set(id, port1);
  port1.on('message', (data) => send({ port: id, data }));
  port1.on('close', () => {
    ports.delete(id);
    send({ port: id, isClosed: true });
  });
  return port2;
}

process.on('message', ({ port, data, isClosed, ids }) => {
  if (port !== undefined) {
    if (isClosed) ports.get(port)?.close();
    else ports.get(port)?.postMessage(data);
    return;
  }
  const event = { data, ports: ids.map(open) };
  if (listeners.length === 0) early.push(event);
  for (const listener of listeners) listener(event);
});
// Electron takes its utility processes with it.
process.on('disconnect', () => process.exit(1));
