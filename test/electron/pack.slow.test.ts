/** Packs the app with files that only look like Electron: what is in the archive, what beside it. */
import { extractFile, listPackage } from '@electron/asar';
import { build, Platform } from 'electron-builder';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'flowyard-pack-'));
const resources = join(scratch, 'release', 'linux-unpacked', 'resources');
const unpacked = join(resources, 'app.asar.unpacked');

/** The packager follows no linked `node_modules`: it would leave out what packages need. Its own names differ by system: Linux is tried. */
const obstacle =
  process.platform !== 'linux'
    ? 'it is written for Linux'
    : lstatSync(join(root, 'node_modules')).isSymbolicLink()
      ? 'node_modules is a link'
      : undefined;
if (obstacle !== undefined) console.log(`Packing was not tried: ${obstacle}.`);

describe.skipIf(obstacle !== undefined)('packed with a stub of Electron', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'cli/launch/build-desktop.mjs')], { cwd: root });
    const electronDist = join(scratch, 'electron');
    mkdirSync(join(electronDist, 'resources'), { recursive: true });
    writeFileSync(join(electronDist, 'electron'), 'stub');
    chmodSync(join(electronDist, 'electron'), 0o755);
    await build({
      projectDir: root,
      targets: Platform.LINUX.createTarget('dir'),
      // Over electron-builder.yml. Fuses are set in the real binary.
      config: { electronDist, electronFuses: null, directories: { output: join(scratch, 'release') } },
    });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

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
});
