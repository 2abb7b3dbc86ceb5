/** Stands for the `electron` module in the shell's bundle: the old one's own parts, and what it has not or does otherwise, as the new one does it. */
import * as old from 'electron-22';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const { BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain, powerMonitor, safeStorage, session, shell } =
  old;

/** An emitter that tells more of some events than the old one does. */
const forwarding = (emitter, changes) =>
  new Proxy(emitter, {
    get: (target, key) => {
      const value = target[key];
      if (typeof value !== 'function') return value;
      if (key !== 'on') return value.bind(target);
      return (event, listener) => {
        const change = changes[event] ?? ((values) => values);
        return target.on(event, (...values) => listener(...change(values)));
      };
    },
  });

/** Since Electron 25 the event itself says where a page goes. */
const withUrls = (contents) =>
  forwarding(contents, { 'will-navigate': ([event, url]) => [Object.assign(event, { url })] });
export const app = forwarding(old.app, { 'web-contents-created': ([event, contents]) => [event, withUrls(contents)] });

old.app.on('web-contents-created', (_event, contents) => {
  const listen = contents.on.bind(contents);
  contents.on = (event, listener) =>
    listen(
      event,
      event === 'did-start-navigation'
        ? (details, url, isSameDocument, isMainFrame) =>
            listener(Object.assign(details, { url, isSameDocument, isMainFrame }))
        : listener,
    );
});

/** It may be asked for only once the app is ready. */
export const screen = { getAllDisplays: () => old.screen.getAllDisplays() };

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};
export const net = {
  fetch: async (address) => {
    const path = fileURLToPath(address);
    const type = types[extname(path)] ?? 'application/octet-stream';
    return new Response(await readFile(path), { headers: { 'content-type': type } });
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => old.protocol.registerSchemesAsPrivileged(schemes),
  handle: (scheme, answer) =>
    old.protocol.registerBufferProtocol(scheme, (request, callback) => {
      void answer(request).then(({ body, status, headers: { values } }) =>
        callback({
          statusCode: status,
          headers: Object.fromEntries(values),
          mimeType: values.get('content-type'),
          data: body ?? Buffer.alloc(0),
        }),
      );
    }),
};

export const utilityProcess = {
  fork: (host, args, options) => old.utilityProcess.fork(join(__dirname, 'relay.cjs'), [host, ...args], options),
};
