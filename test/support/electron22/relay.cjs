/* Electron 22's utility process has Node 16, the host needs 24: this one hands on to that, and each port's messages go through the pipe between them. */
const { spawn } = require('node:child_process');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Node cannot read the archive; what it reads lies beside it.
const outside = (name) => name.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
const entry = pathToFileURL(outside(path.join(__dirname, 'parent-port.mjs'))).href;
const [host, ...args] = process.argv.slice(2).map(outside);
const child = spawn(process.env.FLOWYARD_NODE, ['--no-experimental-strip-types', '--import', entry, host, ...args], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  serialization: 'advanced',
});
const ports = new Map();
let lastId = 0;
const send = (message) => child.connected && child.send(message);

process.parentPort.on('message', ({ data, ports: given }) => {
  const ids = given.map((port) => {
    const id = ++lastId;
    ports.set(id, port);
    port.on('message', (event) => send({ port: id, data: event.data }));
    port.on('close', () => {
      ports.delete(id);
      send({ port: id, isClosed: true });
    });
    port.start();
    return id;
  });
  send({ data, ids });
});
child.on('message', ({ port, data, isClosed }) => {
  if (port === undefined) process.parentPort.postMessage(data);
  else if (isClosed) ports.get(port)?.close();
  else ports.get(port)?.postMessage(data);
});
child.on('exit', (code) => process.exit(code ?? 128));
child.on('error', (error) => {
  process.stderr.write(`${error}\n`);
  process.exit(70);
});
