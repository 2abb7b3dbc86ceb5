/** What no check can foresee is bounded by limits, and told in a sentence with its node. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, peopleCsv, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
  here.write('people.csv', peopleCsv);
});
afterAll(() => here.remove());

function query(text: string): string {
  const nodes = {
    people: { kind: 'read.csv', params: { file: 'people.csv' } },
    greedy: { kind: 'combine.sql', params: { query: text } },
  };
  const wires = ['people.rows -> greedy.rows'];
  return here.write('greedy.pipeline.json', { flowyard: 1, nodes, wires });
}
const endless =
  'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n > 0) SELECT max(n) AS m FROM t';

it('a run that takes more memory than it may is ended, and says at which node and what to do', async () => {
  const ended = await here.run('run', query('SELECT range(1000000000) AS r FROM rows LIMIT 1'), '--memory', '600MB');
  expect(ended.code).toBe(1);
  expect(ended.out).toMatch(/✗ greedy: This (run needs more than|step needs more memory than).* --memory/);
  expect(`${ended.out}${ended.err}`).not.toMatch(/^ {4}at |SIG[A-Z]+/m);
  expect(ended.out).toMatch(/Failed in/);
});

it('a recursion that no check sees through ends at the limit of time, and says where', async () => {
  const ended = await here.run('run', query(endless), '--time-limit', '3s', '--json');
  const last = ended.lines().at(-1);
  expect(last).toMatchObject({
    type: 'run-finished',
    status: 'failed',
    problem: {
      code: 'run.time-limit',
      node: 'greedy',
      message: 'This run took longer than the 3 seconds that it may take, at node "greedy".',
      mend: expect.stringContaining('--time-limit'),
    },
  });
  expect(ended.lines()).toContainEqual(expect.objectContaining({ type: 'node-failed', node: 'greedy' }));
});

it('a check ends at its limit of time, and says so', async () => {
  const ended = await here.run('check', query('SELECT 1 AS a FROM rows'), '--time-limit', '0.05s', '--json');
  expect([ended.code, ended.lines()]).toMatchObject([
    1,
    [{ type: 'error', problem: { code: 'run.time-limit', mend: expect.stringContaining('--time-limit') } }],
  ]);
  expect(ended.err).toContain('This command took longer than the 0.05 seconds that it may take.');
  const wrong = await here.run('check', query('SELECT 1 AS a FROM rows'), '--time-limit', 'soon');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--time-limit takes a time')]);
});

it('what does not fit into memory takes no more disk than it may', async () => {
  const ended = await here.run(
    'run',
    query('SELECT * FROM (SELECT range AS a, hash(range) AS b FROM range(20000000)) ORDER BY b'),
    '--memory',
    '800MB',
    '--temp-limit',
    '50MB',
  );
  expect(ended.out).toMatch(/needs more temporary disk than the run may use\..*--temp-limit/);
});

it('when a command is killed while its run computes, nothing of it goes on', async () => {
  const { child, said } = here.start('run', query(endless), '--json');
  await said(/"node-started"[^\n]*"greedy"/);
  const runner = childrenOf(child.pid ?? 0);
  expect(runner.length).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await expect.poll(() => runner.filter(isThere), { timeout: 60_000 }).toEqual([]);
});

const stat = (pid: number): string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return ['X'];
  }
};
const isThere = (pid: number): boolean => !['X', 'Z'].includes(stat(pid)[0] ?? 'X');
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => stat(pid)[1] === String(parent));
