/** Against a real Slurm of three nodes, without accounting and with it. */
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import type { JobResources } from '../../shared/targets.ts';
import { watchTarget } from '../../engine/remote/placement/target-watch.ts';
import { startSlurm, type SlurmLab } from '../support/clusters/labs.ts';
import {
  lastOf,
  makeSite,
  openFor,
  placementOf,
  resultsIn,
  runOf,
  sshOf,
  until,
  writeSlow,
} from '../support/clusters/sites.ts';

describe.each([{ accounting: false }, { accounting: true }])('Slurm, accounting: $accounting', ({ accounting }) => {
  let lab: SlurmLab;
  const root = `/home/flowlab/slurm-${process.pid}-${String(accounting)}`;
  beforeAll(async () => {
    // What has ended is forgotten soon: our own files have to tell.
    lab = await startSlurm({ accounting, minJobAge: 10 });
  });
  afterAll(async () => {
    lab.run('rm', '-rf', root);
    await lab.down();
  });
  const settings = (options: Record<string, string> = {}) =>
    sshOf(lab, { kind: 'slurm', options: { root, look: '0.3', 'lost-after': '2', ...options } });
  const submit = async (run: string, command: string, resources: JobResources = {}, tasks = [0], parallel = 8) => {
    const target = openFor(settings());
    const name = `fy-${run}`;
    const id = await target.queue.submit({ run, name, tasks, parallel, resources, command });
    return { target, handle: { name, id, run, submitted_ms: Date.now() } };
  };
  type Submitted = Awaited<ReturnType<typeof submit>>;
  const wordsAtEnd = async ({ target, handle }: Submitted): Promise<string> =>
    until('the job is gone', async () => {
      const status = (await target.queue.status([handle])).get(handle.name);
      return status?.state === 'gone' ? status.words : undefined;
    });

  test('every end of a job has its words', async () => {
    const tag = `${process.pid}-${String(accounting)}`;
    const cases: [string, string, JobResources, RegExp][] = [
      ['ok', 'true', {}, /ended/],
      ['seven', 'sh -c "exit 7"', {}, /FAILED/],
      ['segv', `sh -c 'kill -SEGV $$'`, {}, /FAILED/],
      [
        'memory',
        `node -e 'const a=[]; setInterval(()=>a.push(Buffer.alloc(40e6,1)),50)'`,
        { memoryMb: 100 },
        /it used more memory than it asked for/,
      ],
    ];
    const ends = await Promise.all(
      cases.map(async ([name, command, resources, pattern]) => ({
        name,
        words: await wordsAtEnd(await submit(`end-${name}-${tag}`, command, resources)),
        pattern,
      })),
    );
    for (const { name, words, pattern } of ends) expect(`${name}: ${words}`).toMatch(pattern);
    const cancelled = await submit(`end-cancelled-${tag}`, 'sleep 100');
    await cancelled.target.queue.cancel(cancelled.handle, 1000);
    expect(await wordsAtEnd(cancelled)).toMatch(/cancelled|FAILED/);
  });

  test('a job of that name is found instead of started again', async () => {
    const first = await submit(`twice-${process.pid}`, 'sleep 3');
    const second = await submit(`twice-${process.pid}`, 'sleep 3');
    expect(second.handle.id).toBe(first.handle.id);
    await wordsAtEnd(first);
  });

  test('an array of eight, four side by side, on several nodes; one task fails alone', async () => {
    const run = `array-${process.pid}`;
    const many = await submit(
      run,
      `sh -c 'echo $SLURMD_NODENAME; sleep 0.5; [ "$TASK" != 3 ]'`,
      {},
      [0, 1, 2, 3, 4, 5, 6, 7],
      4,
    );
    expect(await wordsAtEnd(many)).toMatch(/FAILED/);
    const nodes = Array.from({ length: 8 }, (_, i) =>
      readFileSync(join(root, 'runs', run, `t${i}`, 'stdout'), 'utf8').trim(),
    );
    expect(new Set(nodes).size).toBeGreaterThan(1);
  });

  test('what would wait for ever says why, and can be cancelled; a partition that is none is refused in words', async () => {
    const never = await submit(`never-${process.pid}`, 'true', { extra: ['--nodes=9'] });
    const status = await until('a reason', async () => {
      const found = (await never.target.queue.status([never.handle])).get(never.handle.name);
      return found?.words.includes('will never start') ? found : undefined;
    });
    expect(status.state).toBe('waiting');
    await never.target.queue.cancel(never.handle, 500);
    expect(await wordsAtEnd(never)).toMatch(/cancelled|no longer/);
    const refused = await submit(`none-${process.pid}`, 'true', { partition: 'nothing' }).then(
      () => undefined,
      toProblem,
    );
    expect(refused).toMatchObject({ code: 'slurm.refused' });
    expect(refused?.message).toContain('partition');
  });

  test('a run, a second one as a cache hit at home, the same bytes', async () => {
    const [away, here] = [await makeSite(settings()), await makeSite(settings())];
    const sent = await away.run('run', 'people.pipeline.json', '--remote', 'lab', '--json');
    await here.run('run', 'people.pipeline.json', '--json');
    expect(lastOf(sent)).toMatchObject({ status: 'done' });
    expect(resultsIn(away.folder)).toEqual(resultsIn(here.folder));
    // Data there that belongs to somebody else.
    const closed = join(away.folder, 'closed.parquet');
    away.write('closed.parquet', 'x');
    chmodSync(away.folder, 0o755);
    chmodSync(closed, 0o600);
    const looked = await away.run('remotes', 'files', 'lab', closed);
    expect(looked.err).toContain(`"${closed}" cannot be read there. Ask its owner for the right to read it`);
    away.remove();
    here.remove();
  });

  test('Slurm stopped in mid-run: the run tells its own end', async () => {
    const site = await makeSite(settings());
    const started = site.start('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
    // Begun: what Slurm has not started yet would wait for it.
    await started.said(/"node-started"/);
    lab.signal('slurmctld', 'SIGSTOP');
    try {
      expect(lastOf(await started.ended)).toMatchObject({ status: 'done' });
    } finally {
      lab.signal('slurmctld', 'SIGCONT');
    }
    if (accounting) {
      lab.signal('slurmdbd', 'SIGSTOP');
      const again = await site.run('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
      lab.signal('slurmdbd', 'SIGCONT');
      expect(lastOf(again)).toMatchObject({ status: 'done' });
    }
    site.remove();
  });

  if (accounting) return;

  test('its time was up: said as such', async () => {
    const site = await makeSite(settings({ time: '1' }));
    // 60 rows seven times over would take hours: no machine is so quick that it comes to its end before.
    const query =
      'SELECT count(*) AS n FROM rows a, rows b, rows c, rows d, rows e, rows f, rows g WHERE hash(a.id, b.id, c.id, d.id, e.id, f.id, g.id) = 0';
    site.write('endless.pipeline.json', {
      flowyard: 1,
      nodes: {
        people: { kind: 'read.csv', params: { file: 'people.csv' } },
        count: { kind: 'combine.sql', params: { query } },
        written: { kind: 'write.table', params: { file: 'count.csv' } },
      },
      wires: ['people.rows -> count.rows', 'count.rows -> written.rows'],
    });
    const ended = await site.run('run', 'endless.pipeline.json', '--remote', 'lab', '--json');
    expect(lastOf(ended)).toMatchObject({
      status: 'failed',
      problem: { code: 'target.job-ended', message: 'The job on lab did not come to its end: its time was up.' },
    });
    site.remove();
  });

  test('a job that Slurm forgot without its own word is lost, not failed', async () => {
    const site = await makeSite(settings({ retries: '0' }));
    writeSlow(site);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    const out = await started.said(/"node":"model"/);
    const run = runOf({ out });
    // The machine goes down: nothing is written any more, and the job is gone.
    lab.run('pkill', '-KILL', '-f', `engine.js .*${run}`);
    await until('the job is gone', () =>
      lab.run('squeue', '-h', '-n', `fy-${run}`, '-t', 'R,PD').trim() === '' ? true : undefined,
    );
    rmSync(join(root, 'runs', run, 't0', 'exit.json'), { force: true });
    const ended = await started.ended;
    expect(lastOf(ended)).toMatchObject({ status: 'interrupted', problem: { code: 'target.job-lost' } });
    site.remove();
  });

  test('a lost job is started again, and takes up what was finished', async () => {
    const site = await makeSite(settings());
    writeSlow(site, 2500);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    const run = runOf({ out: await started.said(/"node":"model"/) });
    lab.run('pkill', '-KILL', '-f', `engine.js .*${run}`);
    const ended = await started.ended;
    expect(lastOf(ended)).toMatchObject({ status: 'done' });
    expect(
      readFileSync(join(root, 'runs', run, 't0', 'starts.jsonl'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(2);
    expect(ended.lines().some((l) => l['type'] === 'node-cached' && l['node'] === 'split')).toBe(true);
    site.remove();
  });

  test('a sweep of 64 trials on three nodes beside the same on one worker', async () => {
    const trees = Array.from({ length: 64 }, (_, i) => 5 + i).join(',');
    const pipeline = {
      flowyard: 1,
      nodes: {
        people: { kind: 'read.csv', params: { file: 'people.csv' } },
        split: { kind: 'split.rows', params: { target: 'next', testFraction: 0.25, seed: 1 } },
        model: { kind: 'train.gradient-boosting' },
        measure: { kind: 'evaluate.classification' },
      },
      wires: [
        'people.rows -> split.rows',
        'split.rows -> model.rows',
        'model.model -> measure.model',
        'split.rows -> measure.rows',
      ],
    };
    const sweep = async (parallel: string, values = trees) => {
      const site = await makeSite(settings({ parallel }));
      site.write('sweep.pipeline.json', pipeline);
      const startedMs = Date.now();
      const ended = await site.run(
        'run',
        'sweep.pipeline.json',
        '--remote',
        'lab',
        '--sweep',
        `model.trees=${values}`,
        '--no-cache',
        '--json',
      );
      const wallMs = Date.now() - startedMs;
      const last = lastOf(ended);
      expect(last).toMatchObject({ status: 'done' });
      const placed = placementOf(site.folder, runOf(ended));
      site.remove();
      return { wallMs, trials: last['trials'], ourMs: Number(placed['submitted_ms']) - Number(placed['created_ms']) };
    };
    const alone = await sweep('6', '5');
    const six = await sweep('6');
    const one = await sweep('1');
    expect(six.trials).toEqual(one.trials);
    expect(Array.isArray(six.trials) ? six.trials.length : 0).toBe(64);
    // Planning, sending and handing over: what each trial adds to that of one. The better of two, since a machine may stand still in one.
    const oursMs = Math.max(0, Math.min(six.ourMs, one.ourMs) - alone.ourMs) / 63;
    expect(oursMs).toBeLessThan(50);
    process.stdout.write(
      `sweep of 64 trials: ${six.wallMs} ms in six tasks on three nodes, ${one.wallMs} ms in one; our own share ${oursMs.toFixed(1)} ms a trial\n`,
    );
  });

  test('200 runs on a target: one look and at most one question to the scheduler an interval', async () => {
    const target = openFor(settings());
    await target.files.must(
      'writing',
      `for i in $(seq 200); do mkdir -p runs/many-$i/t0; echo '{"n":1}' >runs/many-$i/t0/events.jsonl; done`,
    );
    let asked = 0;
    const queue = {
      ...target.queue,
      status: async (jobs: Parameters<typeof target.queue.status>[0]) => {
        asked += 1;
        return target.queue.status(jobs);
      },
    };
    const watch = watchTarget({ ...target, queue }, { lookMs: 200, restMs: 200, statusMs: 1000 });
    let took = 0;
    for (let i = 1; i <= 200; i++)
      watch.add({
        watched: () => [{ run: `many-${i}`, task: 0, offset: 0 }],
        jobs: () => [{ name: `fy-many-${i}`, id: String(100_000 + i), run: `many-${i}`, submitted_ms: 0 }],
        take: async () => void (took += 1),
        unreachable: () => undefined,
      });
    const startedMs = Date.now();
    await until('five looks', () => (watch.calls.looks >= 5 ? true : undefined));
    const ms = Date.now() - startedMs;
    expect(asked).toBeLessThanOrEqual(Math.ceil(ms / 1000) + 1);
    expect(took).toBeGreaterThanOrEqual(800);
    process.stdout.write(`200 runs: ${watch.calls.looks} looks in ${ms} ms, ${asked} questions to Slurm\n`);
    watch.close();
  });

  test('the app killed between its intent and the submit, and after it: one job by that name', async () => {
    const site = await makeSite(settings());
    for (const wait of [/sending|"run-queued"/, /handed to/]) {
      const started = site.start('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
      const run = runOf({ out: await started.said(wait) });
      started.child.kill('SIGKILL');
      await started.ended;
      const ended = await site.run('runs', 'attach', run, '--json');
      expect(lastOf(ended)).toMatchObject({ status: 'done' });
      const jobs = readFileSync(join(lab.folder, 'jobcomp.txt'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(`Name=fy-${run} `));
      expect(jobs.length).toBeLessThanOrEqual(1);
      expect(existsSync(join(root, 'runs', run, 't0', 'exit.json'))).toBe(true);
      expect(
        readFileSync(join(root, 'runs', run, 't0', 'starts.jsonl'), 'utf8')
          .trim()
          .split('\n'),
      ).toHaveLength(1);
    }
    site.remove();
  });
});
