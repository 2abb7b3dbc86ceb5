import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { placeWindow, readDesktopState, writeDesktopState } from '../../electron/desktop-state.ts';
import {
  nameInside,
  pathInside,
  pipelineInArguments,
  workspaceInArguments,
  workspaceOf,
} from '../../electron/opened-file.ts';
import { isOwnUrl, mayOpenOutside } from '../../electron/policy.ts';
import { openSecrets } from '../../electron/secrets.ts';

const folder = (): Disposable & { path: string } => {
  const path = mkdtempSync(join(tmpdir(), 'flowyard-rules-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
};

test('only flowyard://app is the app', () => {
  const urls = ['flowyard://app/x', 'flowyard://app.evil/x', 'https://app/', 'nonsense', 'FLOWYARD://app/'];
  expect(urls.map(isOwnUrl)).toEqual([true, false, false, false, true]);
});

test('only web pages and mail open outside', () => {
  const urls = ['https://a.b/', 'mailto:a@b', 'http://a.b/', 'file:///x', 'javascript:alert(1)', 'smb://x'];
  expect(urls.map(mayOpenOutside)).toEqual([true, true, false, false, false, false]);
});

test('a pipeline among the arguments is found by its ending, relative to the folder of the start', () => {
  const named = (...argv: string[]): string | undefined => pipelineInArguments(['flowyard', ...argv], '/home/a');
  expect(named('--allow-x', 'b/c.pipeline.json')).toBe(resolve('/home/a/b/c.pipeline.json'));
  expect(named('/x/y.flowyard')).toBe(resolve('/x/y.flowyard'));
  expect([named('notes.json'), named('--file=x.pipeline.json'), named()]).toEqual([undefined, undefined, undefined]);
});

test('a file or folder may be named by its file address; other addresses are no files', () => {
  const [pipeline, folderOfIt] = [resolve('/a b/c.pipeline.json'), resolve('/a b')];
  expect(pipelineInArguments(['flowyard', pathToFileURL(pipeline).href], '/home/a')).toBe(pipeline);
  expect(pipelineInArguments(['flowyard', 'https://a.b/c.pipeline.json'], '/home/a')).toBeUndefined();
  const opened = (...argv: string[]): string | undefined => workspaceInArguments(['flowyard', ...argv], '/home/a');
  expect(opened('--workspace', pathToFileURL(folderOfIt).href)).toBe(folderOfIt);
  expect(opened(`--workspace=${folderOfIt}`)).toBe(folderOfIt);
  expect(opened('--workspace', 'b')).toBe(resolve('/home/a/b'));
  expect([opened('--workspace'), opened('--workspace='), opened()]).toEqual([undefined, undefined, undefined]);
});

test('a pipeline belongs to the nearest folder that has been a workspace, else to its own', () => {
  using root = folder();
  mkdirSync(join(root.path, 'team/.flowyard'), { recursive: true });
  expect(workspaceOf(join(root.path, 'team/a/b/x.pipeline.json'))).toBe(join(root.path, 'team'));
  expect(workspaceOf(join(root.path, 'other/x.pipeline.json'))).toBe(join(root.path, 'other'));
});

test('paths cannot leave the workspace', () => {
  const work = resolve('/w');
  expect(['a/b', '../x', '/etc/passwd', 'a/../../w2', '.'].map((path) => pathInside(work, path))).toEqual([
    resolve('/w/a/b'),
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(nameInside(work, join(work, 'a', 'b'))).toBe('a/b');
});

test('a window opens where it was, unless that display is gone', () => {
  const last = { bounds: { x: 2000, y: 10, width: 1200, height: 800 }, maximized: false };
  const laptop = { x: 0, y: 0, width: 1920, height: 1080 };
  const beside = { x: 1920, y: 0, width: 1920, height: 1080 };
  expect(placeWindow(last, [laptop, beside])).toEqual(last.bounds);
  expect(placeWindow(last, [laptop])).toEqual({ width: 1440, height: 900 });
  expect(placeWindow(undefined, [laptop])).toEqual({ width: 1440, height: 900 });
});

test('what the desktop remembers comes back; a broken file counts as none', () => {
  using root = folder();
  const file = join(root.path, 'a', 'desktop.json');
  expect(readDesktopState(file)).toEqual({});
  writeDesktopState(file, { workspace: '/w' });
  expect(readDesktopState(file)).toEqual({ workspace: '/w' });
  writeFileSync(file, '{"workspace": 7');
  expect(readDesktopState(file)).toEqual({});
});

test('without a keychain a secret is refused, with the mend', () => {
  using root = folder();
  const none = { isEncryptionAvailable: () => false, encryptString: () => Buffer.of(), decryptString: () => '' };
  const secrets = openSecrets(join(root.path, 's.json'), none);
  expect(() => secrets.set('a', 'b')).toThrow('no keychain');
  expect([secrets.names(), secrets.hasKeychain()]).toEqual([[], false]);
  // What Electron falls back to on Linux hides nothing: its key is the same everywhere.
  const plain = { ...none, isEncryptionAvailable: () => true, getSelectedStorageBackend: () => 'basic_text' };
  expect(openSecrets(join(root.path, 's.json'), plain).hasKeychain()).toBe(false);
});
