import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { channels } from '../../electron/channels.ts';
import * as electron from './fake-electron.ts';

vi.mock('electron', () => electron);

const folder = mkdtempSync(join(tmpdir(), 'flowyard-desktop-'));
const workspace = join(folder, 'work');
electron.folders.userData = join(folder, 'user');
electron.folders.home = join(folder, 'home');

const page = (index = 0): electron.FakeWindow => {
  const window = electron.FakeWindow.all[index];
  if (!window) throw new Error(`there is no window ${index}`);
  return window;
};
const lastHost = (): electron.FakeHost => {
  const host = electron.FakeHost.all.at(-1);
  if (!host) throw new Error('there is no host');
  return host;
};
const ask = (channel: string, url: string, ...values: unknown[]): unknown => {
  const handler = electron.requests.get(channel);
  return handler?.({ sender: page().webContents, senderFrame: { url } }, ...values);
};
const own = 'flowyard://app/index.html';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeAll(async () => {
  mkdirSync(join(workspace, '.flowyard'), { recursive: true });
  mkdirSync(join(workspace, 'deep'));
  writeFileSync(join(workspace, 'deep', 'a.pipeline.json'), '{}');
  // Electron's own addition to `process`.
  Object.defineProperty(process, 'resourcesPath', { value: join(folder, 'resources'), configurable: true });
  await import('../../electron/main.ts');
  await turn();
});
beforeEach(() => void electron.seen.splice(0));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first start opens a sandboxed window and a host on a folder of the person’s', () => {
  expect(page().options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
  });
  expect(lastHost().args.slice(0, 3)).toEqual(['--workspace', join(folder, 'home', 'Flowyard'), '--bundle']);
});

test('a page gets a port to the host for each time it asks; a host that ended is there again', () => {
  electron.ipcMain.emit(channels.requestPort, { sender: page().webContents });
  lastHost().emit('exit', 1);
  electron.ipcMain.emit(channels.requestPort, { sender: page().webContents });
  expect(electron.seen).toEqual([
    'host window with 1 port',
    'page flowyard:host-port with 1 port',
    'host window with 1 port',
    'page flowyard:host-port with 1 port',
  ]);
  expect(electron.FakeHost.all).toHaveLength(2);
});

test('a host that ends four times in a row is started again only when the person says so', async () => {
  lastHost().emit('exit', 1);
  lastHost().emit('exit', 1);
  expect(electron.FakeHost.all).toHaveLength(4);
  lastHost().emit('exit', 9);
  expect(electron.FakeHost.all).toHaveLength(4);
  electron.ipcMain.emit(channels.requestPort, { sender: page().webContents });
  expect(electron.seen).toEqual(['asks']);
  await turn();
  expect(electron.FakeHost.all).toHaveLength(5);
  expect(electron.seen.slice(1)).toEqual(['host window with 1 port', 'page flowyard:host-port with 1 port']);
});

test('a second start with a pipeline opens the window of its workspace, and the page gets the name inside when it listens', () => {
  electron.app.emit('second-instance', {}, ['flowyard', '--flag', 'deep/a.pipeline.json'], workspace);
  expect(lastHost().args.slice(0, 2)).toEqual(['--workspace', workspace]);
  expect(electron.seen).toEqual(['load flowyard://app/index.html']);
  electron.ipcMain.emit(channels.requestPort, { sender: page(1).webContents });
  expect(electron.seen).toContain('page flowyard:open-pipeline deep/a.pipeline.json');
});

test('a second start is told by what it says itself: the arguments that Electron hands on are sorted', () => {
  const said = { argv: ['flowyard', '--workspace', 'a folder', '--other'], folder };
  electron.app.emit('second-instance', {}, ['flowyard', '--workspace', '--other', 'a folder'], '/', said);
  expect(lastHost().args.slice(0, 2)).toEqual(['--workspace', join(folder, 'a folder')]);
  electron.FakeWindow.all.at(-1)?.close();
  electron.FakeWindow.all.pop();
});

test('the same again focuses that window, and a start without a pipeline the last one', () => {
  electron.app.emit(
    'open-file',
    { preventDefault: () => electron.seen.push('taken') },
    join(workspace, 'deep', 'a.pipeline.json'),
  );
  electron.app.emit('second-instance', {}, ['flowyard'], folder);
  expect(electron.seen).toEqual([
    'taken',
    'restore',
    'focus',
    'page flowyard:open-pipeline deep/a.pipeline.json',
    'restore',
    'focus',
  ]);
  expect(electron.FakeWindow.all).toHaveLength(2);
});

test('the protocol gives the window’s files under the policy and nothing else', async () => {
  const get = (url: string, method = 'GET'): Promise<Response> =>
    electron.protocolHandler(new Request(url, { method }));
  const index = await get('flowyard://app/index.html');
  expect(index.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(await index.text()).toMatch(/^content of file:.*renderer\/index\.html$/);
  const statuses = await Promise.all(
    [
      'flowyard://app/..%2f..%2fetc%2fpasswd',
      'flowyard://app/%2e%2e/secret',
      'flowyard://app/..%5c..%5cx',
      'flowyard://evil/index.html',
      'flowyard://app/%',
      'flowyard://app/a%00.js',
    ].map(async (url) => (await get(url)).status),
  );
  // URL itself resolves %2e%2e at the root; backslashes are folders on Windows alone.
  expect(statuses).toEqual([403, 200, process.platform === 'win32' ? 403 : 200, 403, 400, 400]);
  expect((await get('flowyard://app/index.html', 'POST')).status).toBe(405);
});

test('permissions: the clipboard and the whole screen for the app itself, nothing for others', () => {
  const decisions: boolean[] = [];
  for (const [permission, url] of [
    ['fullscreen', own],
    ['media', own],
    ['fullscreen', 'https://example.org/'],
  ] as const)
    electron.permissionHandler(null, permission, (granted) => decisions.push(granted), { requestingUrl: url });
  expect(decisions).toEqual([true, false, false]);
});

test('links open outside, pages never navigate away', () => {
  const { webContents } = page();
  expect([
    webContents.windowOpen({ url: 'https://example.org/' }),
    webContents.windowOpen({ url: 'file:///etc/passwd' }),
  ]).toEqual([{ action: 'deny' }, { action: 'deny' }]);
  expect(electron.seen).toEqual(['outside https://example.org/']);
  webContents.emit('will-navigate', { url: own, preventDefault: () => electron.seen.push('kept') });
  webContents.emit('will-navigate', { url: 'https://example.org/', preventDefault: () => electron.seen.push('kept') });
  expect(electron.seen.slice(1)).toEqual(['kept']);
});

test('requests of a foreign frame are refused', () => {
  expect(() => ask(channels.secretNames, 'https://example.org/')).toThrow('may not ask');
});

test('files outside of the workspace are not shown', () => {
  ask(channels.showInFolder, own, '../../etc/passwd');
  expect(electron.seen).toEqual([]);
  ask(channels.showInFolder, own, 'data.csv');
  expect(electron.seen).toEqual([`show ${join(folder, 'home', 'Flowyard', 'data.csv')}`]);
});

test('a secret is written encrypted, its value goes to the host alone', async () => {
  await ask(channels.secretSet, own, 'api.key', 'hush');
  expect(await ask(channels.secretNames, own)).toEqual({ value: ['api.key'] });
  expect(readFileSync(join(folder, 'user', 'secrets.json'), 'utf8')).not.toContain('hush');
  lastHost().emit('message', { type: 'secret', name: 'api.key' });
  expect(electron.seen).toEqual(['host secret with 0 port: hush']);
  expect(await ask(channels.secretSet, own, '../x', 'y')).toEqual({ problem: expect.any(String) });
});

test('the menu sends commands to the focused window', () => {
  const file = electron.menu.find(({ label }) => label === '&File');
  file?.submenu?.find(({ label }) => label === 'Save')?.click?.();
  expect(electron.seen).toEqual(['page flowyard:menu-command file.save']);
});

test('a folder that is open in the browser is shown there, and the window closes', async () => {
  const before = electron.FakeWindow.all.length;
  electron.app.emit('open-file', { preventDefault: () => undefined }, join(folder, 'other', 'b.pipeline.json'));
  expect(electron.FakeWindow.all).toHaveLength(before + 1);
  lastHost().emit('message', { type: 'occupied', address: 'http://127.0.0.1:7/?token=x' });
  await turn();
  expect(electron.seen).toEqual(
    expect.arrayContaining(['outside http://127.0.0.1:7/?token=x', 'host stop with 0 port']),
  );
  electron.FakeWindow.all.pop();
});

/** What the page says to the last question, whether it may close. */
const answer = (window: electron.FakeWindow, yes: boolean, id = questions().at(-1) ?? 0): void => {
  const event = { sender: window.webContents };
  electron.ipcMain.emit(channels.closeHeard, event, id, true);
  electron.ipcMain.emit(channels.closeAnswer, event, id, yes);
};
const questions = (): number[] =>
  electron.seen.flatMap((text) => {
    const asked = /^page flowyard:ask-to-close (\d+) /.exec(text)?.[1];
    return asked === undefined ? [] : Number(asked);
  });

test('a window with unsaved work closes when its page agrees, whatever the page does when it is left', async () => {
  let kept = false;
  page(1).webContents.emit('will-prevent-unload', { preventDefault: () => (kept = true) });
  expect(kept).toBe(true);
  page(1).close();
  await turn();
  expect(electron.seen).toEqual([expect.stringMatching(/^page flowyard:ask-to-close \d+ window$/)]);
  answer(page(1), false);
  await turn();
  expect([page(1).gone, electron.seen]).toEqual([false, [expect.stringContaining('ask-to-close'), 'restore', 'focus']]);
});

test('quitting asks each window before any host ends, and one that says no finds all as it was', async () => {
  electron.app.quit();
  await turn();
  answer(page(0), true);
  await turn();
  answer(page(1), false);
  await turn();
  expect(questions()).toHaveLength(2);
  expect(electron.seen.filter((text) => text.startsWith('host') || text === 'quit')).toEqual([]);
  expect([page(0).gone, page(1).gone]).toEqual([false, false]);
});

test('a page that does not hear the question is told of, and its window can be closed all the same', async () => {
  vi.useFakeTimers();
  page(1).close();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await turn();
  // The fake person waits.
  expect([page(1).gone, electron.seen.at(-1)]).toEqual([false, 'asks']);
});

test('closing remembers the place', async () => {
  page(1).close();
  await turn();
  answer(page(1), true);
  await turn();
  expect(page(1).gone).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, 'user', 'desktop.json'), 'utf8'))).toEqual({
    workspace: join(folder, 'other'),
    window: { bounds: { x: 10, y: 20, width: 1000, height: 700 }, maximized: true },
  });
  expect(electron.seen).toContain('host stop with 0 port');
});

test('the end of the system asks no person: pages write down what they have, hosts end, and the application goes', async () => {
  electron.powerMonitor.emit('shutdown', { preventDefault: () => electron.seen.push('system waits') });
  await turn();
  expect(electron.seen).toEqual([
    'system waits',
    expect.stringMatching(/^page flowyard:ask-to-close \d+ system$/),
    'quit waits',
  ]);
  electron.ipcMain.emit(channels.closeAnswer, { sender: page(0).webContents }, questions().at(-1), true);
  await turn();
  await turn();
  expect(electron.seen.slice(3)).toEqual(['host stop with 0 port', 'quit']);
});
