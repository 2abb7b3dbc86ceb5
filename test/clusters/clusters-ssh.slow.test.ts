/** Against a real sshd on loopback. */
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { blobPath, RemoteFiles } from '../../engine/remote/staging/files.ts';
import { look } from '../../engine/remote/placement/look.ts';
import { startSlurm, type SlurmLab } from '../support/clusters/labs.ts';
import {
  holdsOnce,
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
import { openGate } from '../support/clusters/tcp-gate.ts';

let lab: SlurmLab;
const home = '/home/flowlab';
const root = `${home}/ssh-${process.pid}`;
beforeAll(async () => {
  lab = await startSlurm();
});
afterAll(async () => {
  lab.run('rm', '-rf', root, `${root} 'odd' "name"`);
  await lab.down();
});
const settings = (more = {}) => sshOf(lab, { options: { root, look: '0.3', 'lost-after': '2' }, ...more });

describe('a run by SSH', () => {
  test('gives the keys and bytes of a run at home, finds Node sent along, and is a cache hit at home', async () => {
    const [away, here] = await Promise.all([makeSite(settings()), makeSite(settings())]);
    const sent = await away.run('run', 'people.pipeline.json', '--remote', 'lab', '--json');
    const local = await here.run('run', 'people.pipeline.json', '--json');
    expect([sent.code, local.code]).toEqual([0, 0]);
    expect(resultsIn(away.folder)).toEqual(resultsIn(here.folder));
    expect(lastOf(sent)['metrics']).toEqual(lastOf(local)['metrics']);
    expect(existsSync(join(root, 'runtime'))).toBe(true);
    const again = await away.run('run', 'people.pipeline.json', '--json');
    expect(again.lines().find((l) => l['type'] === 'run-planned')).toMatchObject({ compute: [] });
    away.remove();
    here.remove();
  });

  test('events have no gap and no double, and the same nodes finish as at home', async () => {
    const site = await makeSite(settings());
    const ended = await site.run('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
    const events = ended.lines();
    const seqs = events.map((e) => Number(e['seq']));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    const finished = events.filter((e) => e['type'] === 'node-finished').map((e) => String(e['node']));
    expect(finished.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'encode',
      'fill',
      'measure',
      'model',
      'people',
      'split',
    ]);
    expect(events.filter((e) => e['type'] === 'run-finished')).toHaveLength(1);
    site.remove();
  });

  test('a failing node fails the run with its own words', async () => {
    const site = await makeSite(settings());
    site.write('people.csv', 'id,age,city,next\n1,20,Oslo,stays\n');
    const ended = await site.run('run', 'people.pipeline.json', '--remote', 'lab', '--json');
    expect(ended.code).toBe(1);
    expect(lastOf(ended)).toMatchObject({ type: 'run-finished', status: 'failed' });
    site.remove();
  });
});

describe('staging', () => {
  const open = (more = {}) => {
    const target = openFor(settings(more));
    return { target, files: new RemoteFiles(target.shell, root) };
  };
  const makeBlob = (bytes: number) => {
    const from = join('/tmp', `flowyard-blob-${process.pid}-${randomBytes(4).toString('hex')}`);
    const content = randomBytes(bytes);
    writeFileSync(from, content);
    return { from, bytes, sha256: createHash('sha256').update(content).digest('hex'), name: 'blob' };
  };

  test('100 MB are sent once; the second submit moves less than 10 kB; a changed byte is seen', async () => {
    const site = await makeSite(settings());
    // Numbers enough for 100 MB, of which one row is changed later.
    const line = `${'1234567,'.repeat(11)}x\n`;
    writeFileSync(
      join(site.folder, 'big.csv'),
      `a,b,c,d,e,f,g,h,i,j,k,l\n${line.repeat(Math.ceil(100e6 / line.length))}`,
    );
    site.write('big.pipeline.json', {
      flowyard: 1,
      nodes: {
        big: { kind: 'read.csv', params: { file: 'big.csv' } },
        few: {
          kind: 'combine.aggregate',
          params: { by: ['l'], aggregates: [{ function: 'sum', column: 'a', as: 'total' }] },
        },
      },
      wires: ['big.rows -> few.rows'],
    });
    const sentBy = async (): Promise<number> => {
      const ended = await site.run('run', 'big.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
      expect(ended.err + ended.out.slice(-600)).toContain('"status":"done"');
      return Number(placementOf(site.folder, runOf(ended))['sent_bytes']);
    };
    expect(await sentBy()).toBeGreaterThan(100e6);
    expect(await sentBy()).toBeLessThan(10_000);
    const big = readFileSync(join(site.folder, 'big.csv'));
    big[1000] = big[1000] === 49 ? 50 : 49;
    writeFileSync(join(site.folder, 'big.csv'), big);
    expect(await sentBy()).toBeGreaterThan(100e6);
    site.remove();
  });

  test('a truncated blob is found and sent again; one that was cut off goes on where it was', async () => {
    const { target, files } = open();
    const blob = makeBlob(3_000_000);
    expect(await files.putBlobs([blob])).toBe(3_000_000);
    expect(await files.putBlobs([blob])).toBe(0);
    const place = join(root, blobPath(blob.sha256));
    truncateSync(place, 1_000_000);
    expect(await files.putBlobs([blob])).toBe(3_000_000);
    // Half of another lies there, left by a sender that is gone.
    const second = makeBlob(4_000_000);
    await files.must(
      'half',
      `mkdir -p ${blobPath(second.sha256).slice(0, 8)}; cat >${blobPath(second.sha256)}.gone.part`,
      {
        input: readFileSync(second.from).subarray(0, 2_500_000),
      },
    );
    const before = files.sentBytes;
    await files.putBlobs([second]);
    expect(files.sentBytes - before).toBeLessThan(1_600_000);
    expect(
      createHash('sha256')
        .update(readFileSync(join(root, blobPath(second.sha256))))
        .digest('hex'),
    ).toBe(second.sha256);
    target.close();
  });

  test('the same file sent by several at once is there whole, and nothing is left beside it', async () => {
    const blob = makeBlob(12_000_000);
    const senders = Array.from({ length: 4 }, () => open());
    await Promise.all(senders.map(({ files }) => files.putBlobs([blob])));
    const place = join(root, blobPath(blob.sha256));
    expect(createHash('sha256').update(readFileSync(place)).digest('hex')).toBe(blob.sha256);
    expect(readdirSync(join(place, '..')).filter((name) => name.includes('.part'))).toEqual([]);
    for (const { target } of senders) target.close();
  });

  test('a full disk says so', async () => {
    const small = `${root}-small`;
    lab.run('mkdir', '-p', small);
    const mounted = lab.run('mount', '-t', 'tmpfs', '-o', 'size=2m,mode=777', 'tmpfs', small);
    const target = openFor(settings({ options: { root: mounted === '' ? `${small}/r` : '/dev/full/r' } }));
    const problem = await target.files.putBlobs([makeBlob(8_000_000)]).then(() => undefined, toProblem);
    expect(problem?.code).toMatch(mounted === '' ? /^target\.disk-full$/ : /^target\.(no-root|disk-full)$/);
    target.close();
    lab.run('umount', small);
    lab.run('rm', '-rf', small);
  });

  test('names with spaces, quotes and letters of other alphabets', async () => {
    const odd = `${root} 'odd' "name"`;
    const site = await makeSite(settings({ options: { root: odd, look: '0.3' } }));
    writeFileSync(join(site.folder, 'Łódź "2" \'x\' $HOME.csv'), readFileSync(join(site.folder, 'people.csv')));
    const ended = await site.run(
      'run',
      'people.pipeline.json',
      '--remote',
      'lab',
      '--param',
      'file=Łódź "2" \'x\' $HOME.csv',
      '--json',
    );
    expect(lastOf(ended)).toMatchObject({ status: 'done' });
    site.remove();
  });
});

describe('the connection', () => {
  test('cut at a random byte, 20 times: events whole, letters kept, no double', async () => {
    const gate = await openGate(lab.port);
    const target = openFor(settings({ port: gate.port }));
    const run = `cut-${process.pid}`;
    const wanted = Array.from({ length: 2000 }, (_, i) =>
      JSON.stringify({ i, text: 'Łódź 東京 ✓'.repeat((i * 7) % 5) }),
    );
    await target.files.must('writing', `mkdir -p runs/${run}/t0; cat >runs/${run}/t0/events.jsonl`, {
      input: Buffer.from(`${wanted.join('\n')}\n{"half`),
    });
    const got: string[] = [];
    let offset = 0;
    let cuts = 0;
    let seed = 42;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    while (got.length < wanted.length) {
      if (cuts < 20) gate.cutAfter(3000 + Math.floor(random() * 60_000));
      try {
        const [one] = await look(target.files, [{ run, task: 0, offset }]);
        got.push(...(one?.lines ?? []));
        offset = one?.offset ?? offset;
        // What was told is asked again from its start, so that there is something to cut.
        if (cuts < 20 && got.length >= wanted.length) {
          got.length = 0;
          offset = 0;
        }
      } catch (error) {
        expect(toProblem(error).code).toBe('target.unreachable');
        cuts += 1;
      }
    }
    // A cut may fall between two questions and break the next one too.
    expect(cuts).toBeGreaterThanOrEqual(20);
    expect(got).toEqual(wanted);
    target.close();
    await gate.end();
  });

  test('a frozen peer is found in less than 5 s at a keepalive of 1 s', async () => {
    await holdsOnce(5000, async () => {
      const gate = await openGate(lab.port);
      const target = openFor(settings({ port: gate.port, options: { root, keepalive: '1' } }));
      await target.files.must('hello', 'true');
      gate.freeze(true);
      const startedMs = Date.now();
      await expect(target.files.must('hello', 'true')).rejects.toMatchObject({ code: 'target.unreachable' });
      target.close();
      await gate.end();
      return Date.now() - startedMs;
    });
  });

  test('another host key is refused', async () => {
    const target = openFor(settings(), 'SHA256:somebody-else');
    const problem = await target.files.must('hello', 'true').then(() => undefined, toProblem);
    expect(problem?.code).toBe('target.host-key-changed');
    target.close();
  });

  test('a login that is refused, a host that is not there, a key that is none', async () => {
    const codes = await Promise.all(
      [settings({ user: 'no-such-person' }), settings({ port: 1 }), settings({ key: '/etc/hostname' })].map(
        async (s) => {
          try {
            await openFor(s).files.must('hello', 'true');
            return 'reached';
          } catch (error) {
            return toProblem(error).code;
          }
        },
      ),
    );
    expect(codes).toEqual(['target.login-refused', 'target.unreachable', 'target.bad-key']);
  });

  test('a login shell that prints a banner, and one that is not bash', async () => {
    const rc = join(home, '.bashrc');
    const before = existsSync(rc) ? readFileSync(rc) : undefined;
    const ask = async (): Promise<string> => {
      const target = openFor(settings());
      const out = await target.files.must('hello', `printf '%s' "it's \\"fine\\""; cat`, {
        input: Buffer.from(' & dandy'),
      });
      target.close();
      return out.toString();
    };
    try {
      writeFileSync(rc, 'echo "Welcome to the cluster! Quota: 5 GB"\necho also-on-stderr >&2\n');
      expect(await ask()).toBe(`it's "fine" & dandy`);
      lab.run('usermod', '-s', '/bin/dash', lab.user);
      expect(await ask()).toBe(`it's "fine" & dandy`);
      // One that ends by itself is no script that ran and found nothing.
      lab.run('usermod', '-s', '/bin/bash', lab.user);
      // Only for this lab: others log in as the same person.
      writeFileSync(rc, `case "$SSH_CONNECTION" in *" ${lab.port}") echo "Come back on Monday."; exit 0;; esac\n`);
      const problem = await ask().then(() => undefined, toProblem);
      expect(problem).toMatchObject({ code: 'target.no-shell' });
      expect(problem?.message).toContain('ended (code 0) before it ran anything; it said "Come back on Monday."');
    } finally {
      lab.run('usermod', '-s', '/bin/bash', lab.user);
      if (before === undefined) lab.run('rm', '-f', rc);
      else writeFileSync(rc, before);
    }
  });
});

describe('cancel', () => {
  const order = (run: string, command: string) => ({
    run,
    name: `fy-${run}`,
    tasks: [0],
    parallel: 1,
    resources: {},
    command,
  });

  test('ends all that the job started, and nothing else; a number used again is not killed', async () => {
    const target = openFor(settings());
    const run = `group-${process.pid}`;
    const id = await target.queue.submit(order(run, `sh -c 'sleep 600.${process.pid} & sleep 601.${process.pid}'`));
    // Asked twice, there is one.
    expect(await target.queue.submit(order(run, 'sleep 602'))).toBe(id);
    const handle = { name: `fy-${run}`, id, run, submitted_ms: 0 };
    expect((await target.queue.status([handle])).get(handle.name)?.state).toBe('running');
    await target.queue.cancel(handle, 2000);
    expect(lab.run('pgrep', '-f', `sleep 60[01].${process.pid}`)).toBe('');
    // The file of the run names a process that lives, but that started at another time.
    lab.run('sh', '-c', `echo "${process.pid} 1" >'${root}/runs/${run}/fy-${run}.pid'`);
    await target.queue.cancel(handle, 500);
    expect((await target.queue.status([handle])).get(handle.name)?.state).toBe('gone');
    target.close();
  });

  test('a run is cancelled within seconds, here and there', async () => {
    const site = await makeSite(settings());
    writeSlow(site);
    await holdsOnce(12_000, async () => {
      const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
      await started.said(/"node":"model"/);
      const askedMs = Date.now();
      started.child.kill('SIGINT');
      const ended = await started.ended;
      expect(lastOf(ended)).toMatchObject({ status: 'cancelled' });
      expect(lab.run('pgrep', '-f', `engine.js .*${runOf(ended)}`)).toBe('');
      return Date.now() - askedMs;
    });
    site.remove();
  });
});

test('what was sent long ago is cleaned up, and what is followed stays', async () => {
  const site = await makeSite(settings());
  const ended = await site.run('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
  expect(readdirSync(join(root, 'runs'))).toContain(runOf(ended));
  const cleaned = await site.run('remotes', 'clean', 'lab', '--json');
  expect(cleaned.code).toBe(0);
  await until('the folder is gone', () => (readdirSync(join(root, 'runs')).includes(runOf(ended)) ? undefined : true));
  appendFileSync(join(root, 'tmp-kept'), 'x');
  expect(statSync(join(root, 'tmp-kept')).size).toBe(1);
  site.remove();
});

test('the policy takes half of what a sender left that never came back, once a day, and runs that are over', async () => {
  const place = join(root, 'blobs', 'aa');
  const old = join(place, 'aa01.gone.part');
  const age = (path: string, minutes: number): void => {
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(path, then, then);
  };
  const half = (name: string, minutes: number): void => {
    writeFileSync(join(place, name), 'half');
    age(join(place, name), minutes);
  };
  const sent = openFor(settings());
  await sent.files.must(
    'a run of last week',
    'rm -f .tidied; mkdir -p blobs/aa runs/last-week/t0; echo {} >runs/last-week/t0/exit.json',
  );
  age(join(root, 'runs', 'last-week'), 10 * 1440);
  half('aa01.gone.part', 1500);
  half('aa02.busy.part', 30);
  const site = await makeSite(settings());
  const run = () => site.run('run', 'people.pipeline.json', '--remote', 'lab', '--json', '--no-cache');
  const ended = await run();
  // The machine goes on with it when the command has ended.
  await until('the half is gone', () => (existsSync(old) ? undefined : true));
  expect(existsSync(join(place, 'aa02.busy.part'))).toBe(true);
  await until('the run is gone', () => (existsSync(join(root, 'runs', 'last-week')) ? undefined : true));
  expect(existsSync(join(root, 'runs', runOf(ended)))).toBe(true);
  // Not again on the same day; who asks for room gets it at once.
  half('aa01.gone.part', 1500);
  await run();
  expect(existsSync(old)).toBe(true);
  await site.run('remotes', 'clean', 'lab');
  expect(existsSync(join(place, 'aa02.busy.part')) || existsSync(old)).toBe(false);
  sent.close();
  site.remove();
});
