/** A target on this machine: the whole way of a run that is somewhere else, without a server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let site: CommandFolder;
beforeEach(async () => {
  site = makeCommandFolder();
  site.write('people.csv', peopleCsv);
  site.write('people.pipeline.json', smallPipeline());
  await site.run(
    'targets',
    'add',
    'apart',
    '--kind',
    'local',
    '--option',
    `root=${join(site.folder, 'their root')}`,
    '--option',
    'look=0.2',
  );
});
afterEach(() => site.remove());

const keys = (folder: string): string[] => {
  const store = join(folder, '.flowyard', 'store');
  return readdirSync(store).flatMap((group) => readdirSync(join(store, group)));
};

test.skipIf(process.platform === 'win32')(
  'a run elsewhere, killed here at its beginning, is followed to its end and ran once',
  { timeout: 180_000 },
  async () => {
    const started = site.start('run', 'people.pipeline.json', '--target', 'apart', '--json');
    const out = await started.said(/"run":"[\w-]+"/);
    started.child.kill('SIGKILL');
    await started.ended;
    const run = /"run":"([\w-]+)"/.exec(out)?.[1] ?? '';
    const ended = await site.run('runs', 'attach', run, '--json');
    expect(ended.lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
    const starts = readFileSync(join(site.folder, 'their root', 'runs', run, 't0', 'starts.jsonl'), 'utf8');
    expect(starts.trim().split('\n')).toHaveLength(1);
    const before = keys(site.folder);
    const here = await site.run('run', 'people.pipeline.json', '--json');
    expect(here.lines().find((line) => line['type'] === 'run-planned')).toMatchObject({ compute: [] });
    expect(keys(site.folder)).toEqual(before);
  },
);

test.skipIf(process.platform === 'win32')(
  'targets are listed, tested and removed; what is wrong has words',
  { timeout: 180_000 },
  async () => {
    const listed = await site.run('targets', 'list', '--json');
    expect(listed.lines()).toMatchObject([{ name: 'apart', kind: 'local', facts: null }]);
    const tested = await site.run('targets', 'test', 'apart', '--json');
    expect(tested.lines()).toMatchObject([{ name: 'apart', facts: { arch: expect.any(String) } }]);
    const wrong = await Promise.all([
      site.run('targets', 'add', 'x', '--kind', 'ssh'),
      site.run('run', 'people.pipeline.json', '--target', 'nowhere'),
      site.run('run', 'people.pipeline.json', '--place', 'model=nowhere'),
      site.run('targets', 'frobnicate', 'x'),
    ]);
    expect(wrong.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
      [1, 'A target of the kind "ssh" needs --host. Give it with --host.'],
      [1, 'There is no target "nowhere". There are apart.'],
      [1, 'There is no target "nowhere". There are apart.'],
      [2, 'There is no "targets frobnicate".'],
    ]);
    expect((await site.run('targets', 'remove', 'apart')).code).toBe(0);
    expect((await site.run('targets', 'list', '--json')).lines()).toEqual([]);
  },
);
