/** The guard with real processes: what takes too much is ended and told, what loses its parent ends, whatever it is busy with. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makeGuard } from './guard.ts';
import { openProcessTable, listByPs, type ProcessTable, type SeenProcess } from './process-table.ts';
import { startComputing, tooMuchMemory, type Computing, type End } from './start-computing.ts';

const script = join(import.meta.dirname, '../../test/support/eat-memory.ts');
const command = [process.execPath, '--disable-warning=ExperimentalWarning', script];
const limitBytes = 400 * 2 ** 20;

function start(...args: string[]): Computing & { end: Promise<End>; said: Promise<string> } {
  const computing = startComputing(command, { role: 'run', limitBytes, args, leads: true });
  let err = '';
  computing.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const end = new Promise<End>((resolve) =>
    computing.child.once('close', (code, signal) => resolve(computing.howItEnded(code, signal, err))),
  );
  const said = new Promise<string>((resolve) => computing.stdout.once('data', (data: Buffer) => resolve(String(data))));
  return { ...computing, end, said };
}
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has asked after is no process any more.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + withinMs; performance.now() < untilMs;) {
    if (!isAlive(pid)) return true;
    await new Promise((done) => setTimeout(done, 10));
  }
  return false;
}

it('a process that takes more than its limit is ended, and the words say how much and how to mend it', async () => {
  const { end } = start('eat', '4000');
  const { how, memory } = await end;
  expect([how, memory?.over?.of, memory?.bytes]).toEqual(['by SIGKILL', 'own', limitBytes]);
  // 20 ms of a processor that does nothing but take memory, many times over.
  expect(memory?.over?.bytes).toBeLessThan(limitBytes + 300 * 2 ** 20);
  if (memory === undefined) throw new Error('not told');
  expect(tooMuchMemory('This run', memory, 'big')).toMatchObject({
    code: 'run.out-of-memory',
    message: 'This run needs more than 0.39 GB of memory at node "big".',
    mend: expect.stringMatching(/fewer columns or rows.*--memory.*machine with more/),
    node: 'big',
  });
});

it('what it starts counts as its own, and goes with it', async () => {
  const { end } = start('by-child', '4000');
  expect((await end).memory?.over?.of).toBe('own');
});

it('one that keeps within its limit is left alone', async () => {
  const { child, said, end } = start('eat', '100');
  expect(await said).toBe('full\n');
  await new Promise((done) => setTimeout(done, 600));
  child.kill('SIGTERM');
  expect(await end).toEqual({ how: 'by SIGTERM', memory: undefined });
});

it('when the heap of JavaScript is full before, that is told in the same words', async () => {
  const { child, howItEnded } = startComputing([process.execPath, '-e', 'const a=[];for(;;)a.push([a.length,{}])'], {
    role: 'run',
    limitBytes: 200 * 2 ** 20,
  });
  let err = '';
  child.stderr?.on('data', (data: Buffer) => (err = `${err}${data.toString()}`.slice(-4000)));
  const end = await new Promise<End>((resolve) =>
    child.once('close', (code, signal) => resolve(howItEnded(code, signal, err))),
  );
  expect(end.memory?.bytes).toBeGreaterThan(0);
});

it.each(['spin', 'query'])('when its parent is killed while it is busy (%s), it goes too', async (busy) => {
  const parent = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, 'parent', busy], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  expect([pid > 0, isAlive(pid)]).toEqual([true, true]);
  parent.kill('SIGKILL');
  // Within two seconds where the machine is not busy: see the hostile suite.
  expect(await gone(pid, 20_000)).toBe(true);
});

it('what it is asked reaches it when it is watched, and not before', async () => {
  const { child, end: ended } = start('eat', '1');
  const [busy = 0] = guards();
  process.kill(busy, 'SIGSTOP');
  const waits = startComputing(
    [process.execPath, '-e', `process.stdin.once('data', (data) => console.log('asked ' + data))`],
    {
      role: 'run',
      limitBytes,
      waits: true,
    },
  );
  let said = '';
  waits.stdout.on('data', (data: Buffer) => (said += data.toString()));
  waits.guard();
  waits.stdin.write('now');
  await new Promise((done) => setTimeout(done, 1000));
  expect(said).toBe('');
  process.kill(busy, 'SIGCONT');
  await vi.waitFor(() => expect(said).toBe('asked now\n'), 20_000);
  waits.child.kill();
  child.kill();
  await ended;
});

const guards = (): number[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.join(' ').includes('guard-process') && Number(words[1]) === process.pid)
    .map(([pid]) => Number(pid));

it('a guard that is killed is replaced, and the new one watches what the old one did', async () => {
  const { child, said, end } = start('eat', '100');
  await said;
  const old = Number(guards()[0]);
  expect(old).toBeGreaterThan(0);
  process.kill(old, 'SIGKILL');
  expect(await gone(old, 20_000)).toBe(true);
  const { end: greedy } = start('eat', '4000');
  expect((await greedy).memory?.over?.of).toBe('own');
  child.kill();
  expect((await end).memory).toBeUndefined();
});

it('it goes before what it watches, between sessions of a busy machine too, where it may', async () => {
  const { child, said, end } = start('eat', '100');
  await said;
  const [guard] = guards();
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    await vi.waitFor(() => expect(readFileSync(`/proc/${guard}/autogroup`, 'utf8')).toContain('nice -20'), 10_000);
    expect(getPriority(guard)).toBe(-20);
  }
  child.kill();
  await end;
});

/** Processes that exist nowhere. */
function pretended(bytes: Record<number, number>): { table: ProcessTable; killed: number[] } {
  const killed: number[] = [];
  const seen = (pid: number): SeenProcess | undefined =>
    killed.includes(pid) ? undefined : { pid, parent: 1, group: 1, started: '', residentBytes: bytes[pid] ?? 0 };
  return { killed, table: { refresh: async () => undefined, look: seen, children: () => [] } };
}

it('above the limit of all together, the one goes that is furthest above its share', async () => {
  const { table, killed } = pretended({ 11: 300, 12: 260, 13: 90 });
  const words: unknown[] = [];
  const guard = makeGuard(
    (word) => words.push(word),
    table,
    (pid) => void killed.push(pid),
  );
  guard.take({ total: 600 });
  for (const [pid, shareBytes] of [
    [11, 250],
    [12, 100],
    [13, 10],
  ] as const)
    guard.take({ watch: { pid, limitBytes: 500, shareBytes } });
  await guard.look();
  await guard.look();
  expect(killed).toEqual([12]);
  expect(words.slice(3)).toEqual([{ over: { pid: 12, bytes: 260, limitBytes: 600, of: 'all' } }]);
});

it('a process that got the number of one that has ended is left alone, and so is what it started', async () => {
  const { table, killed } = pretended({ 11: 100, 12: 100 });
  let started = 'first';
  const look = (pid: number): SeenProcess | undefined => {
    const seen = table.look(pid);
    return seen && { ...seen, group: pid, started: pid === 11 ? started : 'stranger' };
  };
  const guard = makeGuard(
    () => undefined,
    { ...table, look, children: (pid) => (pid === 11 && started === 'later' ? [12] : []) },
    (pid) => void killed.push(pid),
  );
  guard.take({ watch: { pid: 11, limitBytes: 1000, shareBytes: 0 } });
  started = 'later';
  await guard.look();
  guard.take({ forget: 11 });
  guard.endAll();
  expect(killed).toEqual([]);
});

it('looks rarely while there is much room, and ever more often the less there is', async () => {
  const gigabyte = 2 ** 30;
  const waits = await Promise.all(
    [0.01, 0.99].map(async (full) => {
      const guard = makeGuard(
        () => undefined,
        pretended({ 11: full * 64 * gigabyte }).table,
        () => undefined,
      );
      guard.take({ watch: { pid: 11, limitBytes: 64 * gigabyte, shareBytes: 0 } });
      return guard.look();
    }),
  );
  expect(waits[0]).toBe(250);
  expect(waits[1]).toBeLessThan(250);
});

it('the lists of other systems tell the same as those of Linux', async () => {
  const mine = (await listByPs()).find((one) => one.pid === process.pid);
  expect(mine).toMatchObject({ parent: process.ppid });
  const here = openProcessTable().look(process.pid);
  expect(here?.parent).toBe(process.ppid);
  expect(mine?.residentBytes).toBeGreaterThan((here?.residentBytes ?? 0) / 4);
});
