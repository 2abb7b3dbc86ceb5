/** Writes into a person's folder: no link is followed, nothing that configures or runs is written, what is half is never seen. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { refusedName } from '../../shared/spec/written-file.ts';
import { openWrittenPlace, type PlaceOptions } from './written-place.ts';

let root: string;
let outside: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'flowyard-')));
  outside = await realpath(await mkdtemp(join(tmpdir(), 'flowyard-')));
});
afterEach(() => Promise.all([root, outside].map((folder) => rm(folder, { recursive: true, force: true }))));

async function put(path: string, bytes = 'new', overwrite = true, options: PlaceOptions = {}): Promise<string> {
  try {
    await using place = await openWrittenPlace(root, path, options);
    await place.put({ bytes }, overwrite);
    return await readFile(place.path, 'utf8');
  } catch (thrown) {
    return toProblem(thrown).code;
  }
}

test('a file is written with its folders, replaced at once, and nothing is left beside it', async () => {
  expect(await put('results/deep/a.csv', 'one')).toBe('one');
  expect(await put('results/deep/a.csv', 'two', false)).toBe('file.exists');
  expect(await put('results/deep/a.csv', 'two')).toBe('two');
  expect(await readdir(join(root, 'results/deep'))).toEqual(['a.csv']);
});

describe('links', () => {
  test('a folder that is a link is not followed, wherever in the way it stands', async () => {
    await symlink(outside, join(root, 'results'));
    await mkdir(join(root, 'a'));
    await symlink(outside, join(root, 'a', 'b'));
    await symlink(join(root, 'nowhere'), join(root, 'dangling'));
    for (const path of ['results/x.csv', 'a/b/x.csv', 'a/b/c/x.csv', 'dangling/x.csv'])
      expect([path, await put(path)]).toEqual([path, 'file.link']);
    // Not one that stays inside either: where it leads to can be changed.
    await symlink(join(root, 'a'), join(root, 'inside'));
    expect(await put('inside/x.csv')).toBe('file.link');
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(root)).not.toContain('nowhere');
  });

  test('a file that is a link is refused, and what it leads to stays', async () => {
    await writeFile(join(outside, 'secret'), 'kept');
    await symlink(join(outside, 'secret'), join(root, 'out.csv'));
    expect(await put('out.csv')).toBe('file.link');
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('kept');
  });

  test('a second name of a file elsewhere loses nothing: the new file takes the name alone', async () => {
    await writeFile(join(outside, 'kept.csv'), 'kept');
    await link(join(outside, 'kept.csv'), join(root, 'out.csv'));
    expect(await put('out.csv')).toBe('new');
    expect(await readFile(join(outside, 'kept.csv'), 'utf8')).toBe('kept');
  });

  test('a folder that becomes a link while the file is written does not lead it away', async () => {
    await mkdir(join(root, 'results'));
    await using place = await openWrittenPlace(root, 'results/x.csv');
    await rename(join(root, 'results'), join(root, 'moved'));
    await symlink(outside, join(root, 'results'));
    await place.put({ bytes: 'new' }, true).catch(() => undefined);
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('what configures or runs', () => {
  const names = [
    '.git/config',
    '.git/hooks/post-checkout',
    '.bashrc',
    'sub/.vscode/settings.json',
    '.flowyard/store/x.csv',
    'a.pipeline.json',
    'sub/A.PIPELINE.JSON',
    'run.sh',
    'tool.py',
    'start.BAT',
    'x.csv.exe',
    'evil.exe. ',
    'data.csv:evil.exe',
    'page.html',
    'unit.service',
    'pyproject.toml',
    'Makefile',
    'Dockerfile',
    'package.json',
    'requirements.txt',
    'requirements-dev.txt',
    'node_modules/x/data.json',
    String.raw`sub\.git\config`,
    '../x.csv',
    'a/../../x.csv',
    '/etc/x.csv',
    'C:\\x.csv',
    'a\0b.csv',
    '',
    ' ',
  ];
  test.each(names)('%j is refused to a pipeline', async (path) => {
    expect(refusedName(path)).toBeDefined();
    expect(await put(path)).toMatch(/^file\.(configures|outside-workspace)$/);
    expect(await readdir(root)).toEqual([]);
  });

  test.each([
    'a.csv',
    'results/table.parquet',
    'card.md',
    'README.md',
    'models/tuned/config.json',
    'model.onnx',
    'out.dat',
    'a.b.c.jsonl',
    'größe/表.csv',
    'data',
  ])('%j is data', async (path) => {
    expect(await put(path)).toBe('new');
  });

  test('a program that is there is not replaced; data on a disk where every file is one, are', async () => {
    for (const name of ['tool', 'data.csv']) {
      await writeFile(join(root, name), 'old');
      await chmod(join(root, name), 0o755);
    }
    expect(await put('tool')).toBe(process.platform === 'win32' ? 'new' : 'file.configures');
    expect(await put('data.csv')).toBe('new');
    expect(await put('tool', 'new', true, { permission: 'own-command' })).toBe('new');
  });

  test("a person's own command may, by name; Flowyard's own folder it may not, nor a way out", async () => {
    const own: PlaceOptions = { permission: 'own-command' };
    expect(await put('.gitlab-ci.yml', 'ci', true, own)).toBe('ci');
    expect(await put('.github/workflows/run.yml', 'ci', true, own)).toBe('ci');
    expect(await put('.flowyard/store/x', 'x', true, own)).toBe('file.configures');
    expect(await put('../x.csv', 'x', true, own)).toBe('file.outside-workspace');
    await symlink(outside, join(root, 'away'));
    expect(await put('away/x.yml', 'x', true, own)).toBe('file.link');
    const saved: PlaceOptions = { permission: 'pipeline-file' };
    expect(await put('sub/a.pipeline.json', '{}', true, saved)).toBe('{}');
    expect(await put('.bashrc', 'x', true, saved)).toBe('file.configures');
  });

  test('what a pipeline writes runs nothing at the next git status', async () => {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
    git('init', '-q');
    expect(await put('.git/config', `[core]\n\tfsmonitor = touch ${join(outside, 'ran')}\n`)).toBe('file.configures');
    git('status', '--short');
    expect(await readdir(outside)).toEqual([]);
  });
});

test('something that is no file, or no folder on the way, is named', async () => {
  await mkdir(join(root, 'there.csv'));
  await writeFile(join(root, 'file'), '');
  expect(await put('there.csv')).toBe('file.not-a-file');
  expect(await put('file/x.csv')).toBe('file.not-a-folder');
});
