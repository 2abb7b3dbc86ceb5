/** The app packed as releases are, with a real Electron: what is in the archive, what beside it, and that it starts from there with its fuses set. */
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { FuseState } from '@electron/fuses/dist/constants.js';
import { chromium, expect as see, type Page } from '@playwright/test';
import { getConfig } from 'app-builder-lib/out/util/config/config.js';
import { build, Platform } from 'electron-builder';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { prepareElectron, withSandbox, type RealElectron } from '../support/real-electron.ts';
import { killGroup, openDisplay } from './real-window.ts';

const root = join(import.meta.dirname, '..', '..');
const patient = see.configure({ timeout: 120_000 });

/** The packager follows no linked `node_modules`: it would leave out what packages need. Its own names differ by system: Linux is tried. */
const obstacle =
  process.platform !== 'linux'
    ? 'it is written for Linux'
    : lstatSync(join(root, 'node_modules')).isSymbolicLink()
      ? 'node_modules is a link'
      : undefined;
if (obstacle !== undefined) console.log(`Packing was not tried: ${obstacle}.`);

describe.skipIf(obstacle !== undefined)('packed with a real Electron', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flowyard-packed-'));
  const packed = join(scratch, 'release', 'linux-unpacked');
  const resources = join(packed, 'resources');
  const unpacked = join(resources, 'app.asar.unpacked');
  let electron: RealElectron;
  let display: AsyncDisposable;

  beforeAll(async () => {
    electron = await prepareElectron(scratch);
    display = await openDisplay();
    // A file of its own, since what is given as an object is mixed with electron-builder.yml.
    const config = join(scratch, 'builder.json');
    writeFileSync(config, JSON.stringify(await configurationFor(electron)));
    await build({ projectDir: root, targets: Platform.LINUX.createTarget('dir'), config });
  });
  afterAll(async () => {
    await display?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** That of the releases; for Electron 22 the app that was staged for it. */
  async function configurationFor({ binaries, app, isOld, version }: RealElectron): Promise<object> {
    const own = await getConfig(root, 'electron-builder.yml', null);
    const config = {
      ...own,
      electronDist: binaries,
      directories: { ...own.directories, output: join(scratch, 'release') },
    };
    if (!isOld) return config;
    const staged = app.slice(root.length + 1);
    const text = JSON.stringify(config).replaceAll('dist/desktop', staged);
    const beside = [`${staged}/dist/electron/{host.js,parent-port.mjs}`];
    const made: typeof config = JSON.parse(text);
    return {
      ...made,
      electronVersion: version,
      extraMetadata: { main: 'dist/electron/main.cjs' },
      asarUnpack: [made.asarUnpack ?? [], beside].flat(),
    };
  }

  /** Starts a program, with its sandbox; it is killed with the test. */
  function start(folder: string, name: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const program = join(withSandbox(folder, scratch, name), name);
    const child = spawn(program, args, {
      cwd: scratch,
      env: { ...process.env, FLOWYARD_HOME: join(scratch, 'homes'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    onTestFinished(() => killGroup(child));
    return child;
  }

  test('the archive starts with main and holds no sources of the window, tests or other systems', () => {
    const names = listPackage(join(resources, 'app.asar'), { isPack: false }).map((name) => name.replaceAll('\\', '/'));
    expect(names).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/dist/electron/main.js',
        '/dist/electron/preload.cjs',
        '/dist/electron/host.js',
        '/electron/host.ts',
      ]),
    );
    const strange = names.filter((name) =>
      /^\/(renderer|test|docs|dist\/desktop)\/|^\/(?!node_modules).*\.test\.ts$|onnxruntime-node\/bin\/.*(darwin|win32)|node_modules\/(react|electron|vite|typescript)\//.test(
        name,
      ),
    );
    expect(strange).toEqual([]);
  });

  test('what runners read lies beside the archive, with its natives and the Node of the package', () => {
    for (const path of [
      'engine',
      'methods',
      'nodes',
      'shared',
      'electron/host.ts',
      'node_modules/zod',
      'node_modules/better-sqlite3',
    ])
      expect(existsSync(join(unpacked, path)), path).toBe(true);
    const natives = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(node|so(\.\d+)*)$/.test(name),
    );
    expect(natives.filter((name) => /darwin|win32/.test(name))).toEqual([]);
    const node = join(resources, 'node', 'node');
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./);
    const load = `import 'better-sqlite3'; import '@duckdb/node-api'; import 'onnxruntime-node'; import 'sharp'; import 'zod'; import 'ws'; console.log('all load')`;
    expect(execFileSync(node, ['--input-type=module', '--eval', load], { cwd: unpacked, encoding: 'utf8' })).toBe(
      'all load\n',
    );
  });

  test('the packed host opens a workspace, answers a window and stops, by the shipped Node without type stripping', () => {
    expect(readFileSync(join(unpacked, 'shared/errors.ts'), 'utf8')).not.toMatch(/: string|interface /);
    // Electron reads it from the archive, which Node cannot.
    const bundle = join(unpacked, 'dist/electron');
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'host.js'), extractFile(join(resources, 'app.asar'), 'dist/electron/host.js'));
    const workspace = join(scratch, 'work');
    const preloaded = pathToFileURL(join(import.meta.dirname, 'stand-in-main.mjs')).href;
    const args = ['--no-experimental-strip-types', '--import', preloaded, join(bundle, 'host.js')];
    const { stdout, stderr, status } = spawnSync(
      join(resources, 'node', 'node'),
      [...args, '--workspace', workspace, '--bundle', bundle],
      { env: { ...process.env, STAGED_APP: unpacked }, encoding: 'utf8', timeout: 240_000 },
    );
    expect({ stdout, stderr, status }).toEqual({
      stdout: expect.stringContaining('"workspaceName":"work"'),
      stderr: '',
      status: 0,
    });
  });

  test('each fuse of electron-builder.yml is set in the program', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'flowyard'));
    const states = Object.entries((await getConfig(root, 'electron-builder.yml', null)).electronFuses ?? {}).map(
      ([name, isOn]) => [name, isOn, wire[fuses[name as keyof typeof fuses]]],
    );
    expect(states).toHaveLength(6);
    expect(states).toEqual(
      states.map(([name, isOn]) => [name, isOn, isOn === true ? FuseState.ENABLE : FuseState.DISABLE]),
    );
  });

  /** What would turn the program into something else, each with a file that is there once it did. */
  function attempts(folder: string): { env: NodeJS.ProcessEnv; args: string[]; marks: Record<string, string> } {
    const marks = { node: join(scratch, 'ran-as-node'), app: join(scratch, 'ran-another-app') };
    for (const mark of Object.values(marks)) rmSync(mark, { force: true });
    const script = join(scratch, 'as-node.cjs');
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(marks.node)}, '')`);
    const other = join(folder, 'resources', 'app');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'package.json'), JSON.stringify({ name: 'other', main: 'main.cjs' }));
    writeFileSync(
      join(other, 'main.cjs'),
      `require('node:fs').writeFileSync(${JSON.stringify(marks.app)}, ''); require('electron').app.exit()`,
    );
    return { env: { ELECTRON_RUN_AS_NODE: '1' }, args: [script], marks };
  }

  test('the same program without fuses runs as Node, runs another app and opens an inspector', async () => {
    const bare = join(scratch, 'bare');
    cpSync(electron.binaries, bare, { recursive: true });
    const { env, args, marks } = attempts(bare);
    await once(start(bare, 'electron', args, env), 'exit');
    expect(existsSync(marks['node'] ?? '')).toBe(true);
    const child = start(bare, 'electron', ['--inspect=0', `--user-data-dir=${join(scratch, 'bare-user')}`]);
    const said = text(child.stderr);
    await once(child, 'exit');
    expect(existsSync(marks['app'] ?? '')).toBe(true);
    expect(said()).toContain('Debugger listening');
  });

  test('the packed app starts from its archive, whatever asks it to be something else, and runs an example', async () => {
    const { env, args, marks } = attempts(packed);
    const user = join(scratch, 'user');
    const child = start(
      packed,
      'flowyard',
      ['--inspect=0', '--remote-debugging-port=0', `--user-data-dir=${user}`, ...args],
      env,
    );
    const said = text(child.stderr);
    const page = await pageOf(child, join(user, 'DevToolsActivePort'));
    await patient.poll(() => page.url()).toBe('flowyard://app/index.html');
    await patient(page.getByText('Penguins').first()).toBeVisible();
    expect(Object.values(marks).filter((mark) => existsSync(mark))).toEqual([]);
    expect(said()).not.toContain('Debugger listening');
    await page.getByRole('button', { name: 'Open and run' }).first().click();
    await patient(page.getByText(/^Run finished in/).first()).toBeVisible();
    const ended = once(child, 'exit');
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
  });
});

const fuses = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
};

/** What was written until now. */
function text(stream: NodeJS.ReadableStream | null): () => string {
  let all = '';
  stream?.on('data', (part: Buffer) => (all += part.toString()));
  return () => all;
}

/** The app's page, by Chromium's own debugger: Node's is closed by a fuse, and with it Playwright's way into Electron. */
async function pageOf(child: ChildProcess, portFile: string): Promise<Page> {
  await patient.poll(() => existsSync(portFile) || child.exitCode !== null).toBe(true);
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  // A page that is taken over while it is made never answers.
  await patient
    .poll(async () => {
      const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
      const pages = z.array(z.object({ url: z.string(), title: z.string() })).parse(await listed.json());
      return pages.some(({ url, title }) => url.startsWith('flowyard://') && title.includes('Flowyard'));
    })
    .toBe(true);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  onTestFinished(() => browser.close());
  await patient.poll(() => browser.contexts()[0]?.pages().length).toBe(1);
  const [page] = browser.contexts()[0]?.pages() ?? [];
  if (page === undefined) throw new Error('The app has no page.');
  return page;
}
