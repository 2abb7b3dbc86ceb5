import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeLock } from '../engine/host/lock.ts';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
/** Its last node works for hours. */
const slowPipeline = {
  flowyard: 1,
  nodes: {
    people: { kind: 'read.csv', params: { file: 'people.csv' } },
    query: {
      kind: 'combine.sql',
      params: {
        query:
          'SELECT count(*) AS n, sum(a.age * b.age * c.age * d.age * e.age) AS s FROM rows a, rows b, rows c, rows d, rows e, rows f',
      },
    },
  },
  wires: ['people.rows -> query.rows'],
};
beforeAll(() => {
  here = makeCommandFolder();
  here.write('people.csv', peopleCsv);
  here.write('people.pipeline.json', smallPipeline());
});
afterAll(() => here.remove());

it('tells each fact as a line in order, the metrics last, and computes nothing the second time', async () => {
  const first = await here.run('run', 'people.pipeline.json', '--json');
  expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
  const events = first.lines();
  // Ascending, with gaps where a newer progress took the place of an older one.
  const numbers = events.map((e) => Number(e['seq']));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(events[0]).toMatchObject({ type: 'run-started', pipeline: 'People' });
  const last = events.at(-1);
  expect(last).toMatchObject({
    type: 'run-finished',
    status: 'done',
    metrics: { measure: { accuracy: expect.any(Number), roc_auc: expect.any(Number) } },
  });
  expect(new Set(events.filter((e) => e['type'] === 'node-started').map((e) => e['node']))).toEqual(
    new Set(['people', 'split', 'fill', 'encode', 'model', 'measure']),
  );

  const second = await here.run('run', 'people.pipeline.json', '--json', '--threads', '1');
  expect(second.code).toBe(0);
  expect(second.lines().filter((e) => e['type'] === 'node-started')).toEqual([]);
  expect(second.lines().at(-1)).toMatchObject({ status: 'done', metrics: last?.['metrics'] });

  const history = await here.run('runs', '--json');
  expect(history.lines().map((r) => [r['status'], r['pipeline'], r['computed']])).toEqual([
    ['done', 'people.pipeline.json', 0],
    ['done', 'people.pipeline.json', 6],
  ]);
  const one = await here.run('runs', String(events[0]?.['run']), '--json');
  expect(one.lines()[0]).toMatchObject({ id: events[0]?.['run'], metrics: last?.['metrics'] });
});

it('sets a parameter, sweeps one, stops at a node, reads a file that --param names', async () => {
  const other = makeCommandFolder();
  other.write('elsewhere.csv', peopleCsv);
  const set = await here.run(
    'run',
    'people.pipeline.json',
    '--set',
    'split.seed=7',
    '--to',
    'split',
    '--param',
    `file=${other.folder}/elsewhere.csv`,
    '--json',
  );
  other.remove();
  expect(set.code).toBe(0);
  expect(
    set
      .lines()
      .filter((e) => e['type'] === 'node-finished')
      .map((e) => e['node']),
  ).toContain('split');
  const sweep = await here.run('run', 'people.pipeline.json', '--sweep', 'split.seed=1,2', '--json');
  expect(sweep.lines().at(-1)).toMatchObject({
    status: 'done',
    trials: [{ variant: { 'split.seed': 1 } }, { variant: { 'split.seed': 2 } }],
  });
  // What both trials share is told once; the rest says which trial it belongs to.
  const seedsOf = (node: string): unknown[] => [
    ...new Set(sweep.lines().flatMap((e) => (e['node'] === node ? [Object(e['trial'])['split.seed']] : []))),
  ];
  expect(seedsOf('people')).toEqual([undefined]);
  expect(seedsOf('split')).toHaveLength(2);
  expect(seedsOf('split')).toEqual(expect.arrayContaining([1, 2]));
});

it('exits 1 when the run fails, and tells the node and the mend', async () => {
  const { code, out } = await here.run('run', 'people.pipeline.json', '--param', 'file=gone.csv');
  expect(code).toBe(1);
  expect(out).toContain('✗ people (file): The file');
  expect(out).toContain('Choose the file again');
});

it('a run goes on and exits as it ended when nobody reads its output any more', async () => {
  for (const [args, code] of [
    [['--set', 'split.seed=41'], 0],
    [['--param', 'file=gone.csv'], 1],
  ] as const) {
    const { child, ended } = here.start('run', 'people.pipeline.json', ...args, '--json');
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code, err: '' });
  }
  const runs = await here.run('runs', '--json');
  expect(
    runs
      .lines()
      .slice(0, 2)
      .map((r) => r['status']),
  ).toEqual(['failed', 'done']);
});

it('two runs at once on a workspace share its host, and both end well', async () => {
  const [a, b] = await Promise.all([
    here.run('run', 'people.pipeline.json', '--set', 'split.seed=11', '--json'),
    here.run('run', 'people.pipeline.json', '--set', 'split.seed=12', '--json'),
  ]);
  expect([a.code, b.code, a.err, b.err]).toEqual([0, 0, '', '']);
  expect([a.lines().at(-1)?.['status'], b.lines().at(-1)?.['status']]).toEqual(['done', 'done']);
});

it('a command that finds a host on its way out takes its place', async () => {
  const lock = await takeLock(here.folder);
  if (!lock.taken) throw new Error('another host lives here');
  // It has closed its door, but still holds the folder and its name can be read.
  await lock.announce({ url: 'http://127.0.0.1:9', token: 'gone', lasting: false });
  const { ended } = here.start('run', 'people.pipeline.json', '--set', 'split.seed=13', '--json');
  const history = here.run('runs', '--json');
  setTimeout(() => lock.release(), 1500);
  const [{ code, err, lines }, listed] = [await ended, await history];
  expect([code, err, listed.code, listed.err]).toEqual([0, '', 0, '']);
  expect(lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
});

it('six runs that begin at six moments all end well', async () => {
  const runs = await Promise.all(
    [21, 22, 23, 24, 25, 26].map(async (seed, i) => {
      await new Promise((done) => setTimeout(done, i * 230));
      return here.run('run', 'people.pipeline.json', '--set', `split.seed=${seed}`, '--json');
    }),
  );
  expect(runs.map(({ code, err, lines }) => [code, err, lines().at(-1)?.['status']])).toEqual(
    runs.map(() => [0, '', 'done']),
  );
});

it('a run whose host, another command, is killed is begun anew and ends well', async () => {
  here.write('slow.pipeline.json', slowPipeline);
  const first = here.start('run', 'slow.pipeline.json', '--json');
  await first.said(/node-started/);
  const second = here.start('run', 'people.pipeline.json', '--set', 'split.seed=31', '--json');
  await second.said(/run-started/);
  first.child.kill('SIGKILL');
  const { code, err, lines } = await second.ended;
  expect([code, err]).toEqual([0, '']);
  expect(lines().filter((e) => e['type'] === 'run-finished')).toMatchObject([{ status: 'done' }]);
  await first.ended;
});

it('Ctrl-C cancels the run, which is told and kept', async () => {
  here.write('slow.pipeline.json', slowPipeline);
  const { child, ended, said } = here.start('run', 'slow.pipeline.json', '--json');
  await said(/node-started/);
  child.kill('SIGINT');
  const { code, lines } = await ended;
  expect(lines().at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' });
  expect(code).toBe(1);
});

it('wrong words exit 2 and say what is right', async () => {
  const cases: [args: string[], says: string][] = [
    [[], 'flowyard'],
    [['fly'], 'There is no command "fly".'],
    [['run'], 'Which pipeline file?'],
    [['run', 'people.pipeline.json', '--bogus'], "Unknown option '--bogus'"],
    [['run', 'people.pipeline.json', '--param', 'nix=1'], 'The pipeline has no run parameter "nix". It has file.'],
    [['run', 'people.pipeline.json', '--set', 'nix.seed=1'], 'The pipeline has no node "nix".'],
    [['run', 'people.pipeline.json', '--set', 'seed=1'], '--set names node.param'],
    [['run', 'people.pipeline.json', '--set', 'split.nix=1'], '"Split" has no parameter "nix".'],
    [['run', 'people.pipeline.json', '--to', 'nix'], 'The pipeline has no node "nix".'],
    [['run', 'people.pipeline.json', '--threads', 'many'], '--threads takes a whole number, not "many".'],
  ];
  for (const [args, says] of cases) {
    const { code, out, err } = await here.run(...args);
    expect([args, code]).toEqual([args, 2]);
    expect(out + err).toContain(says);
  }
  const asJson = await here.run('run', 'people.pipeline.json', '--bogus', '--json');
  expect([asJson.code, asJson.lines()]).toMatchObject([2, [{ type: 'error', problem: { code: 'usage' } }]]);
});

it('each command tells its options with --help', async () => {
  const names = ['run', 'check', 'nodes', 'examples', 'runs', 'models', 'predict', 'serve', 'app'];
  for (const name of names) {
    const { code, out } = await here.run(name, '--help');
    expect([name, code, out.split('\n')[0]?.startsWith(`flowyard ${name}`), out.includes('--json')]).toEqual([
      name,
      0,
      true,
      true,
    ]);
  }
});
