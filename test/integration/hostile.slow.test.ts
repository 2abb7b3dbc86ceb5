/**
 * Hostile files through the real command line, each measured from outside: none holds more than it may, none lives on after whoever started it, none ends without a
 * sentence. `FLOWYARD_TELL=1` prints what each took and said.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder } from '../../cli/spawn-command.ts';
import { makeHostileFiles, type HostileFile } from '../support/hostile-files.ts';
import { watchTree } from '../support/whole-tree.ts';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const budget = 2 ** 30;
/** A tenth, or 300 MB. */
const mostBytes = budget + Math.max(budget / 10, 300e6);
const timeLimit = 3;
/** A busy machine starts processes slowly. */
const patienceMs = 120_000;

interface Ended {
  name: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  said: string;
  peakMb: number;
  ownMb: number;
  seconds: number;
  left: number[];
}
/** Commands of one workspace share a host, and with it a tree of processes: each lane has a workspace of its own. Two at a time: a machine of four gigabytes has room for them. */
interface Lane {
  here: CommandFolder;
  files: HostileFile[];
}
let lanes: Lane[];
let files: HostileFile[];
beforeAll(async () => {
  lanes = [];
  for (let i = 0; i < Math.min(2, availableParallelism()); i++) {
    const here = makeCommandFolder();
    lanes.push({ here, files: await makeHostileFiles(here.folder) });
  }
  files = lanes[0]?.files ?? [];
});
afterAll(() => lanes.forEach(({ here }) => here.remove()));

async function runOne(
  { name, file }: HostileFile,
  { here }: Lane,
  limits: readonly string[],
  killAfterMs = patienceMs,
): Promise<Ended> {
  const child = spawn(process.execPath, [main, 'run', file, '--memory', '1GB', '--no-cache', ...limits], {
    cwd: here.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // What is made for the next run outlives this one by intention.
    env: { ...process.env, FLOWYARD_SNAPSHOTS: 'off' },
  });
  const startedMs = performance.now();
  const tree = watchTree(child.pid ?? 0);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-20_000)));
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.once('exit', (...how) => done(how)),
  );
  clearTimeout(timer);
  const seconds = (performance.now() - startedMs) / 1000;
  for (const untilMs = performance.now() + 2000; performance.now() < untilMs && tree.alive().length > 0;)
    await new Promise((done) => setTimeout(done, 20));
  tree.stop();
  const [peakMb, ownMb] = [tree.peakBytes(), tree.ownPeakBytes()].map((bytes) => Math.round(bytes / 1e6));
  const ended = { name, code, signal, said, peakMb: peakMb ?? 0, ownMb: ownMb ?? 0, seconds, left: tree.alive() };
  if (process.env['FLOWYARD_TELL'])
    console.log(
      `${ended.peakMb} MB and ${ended.ownMb} MB, ${seconds.toFixed(1)} s, ${code ?? signal ?? '?'}: ${name}: ${said.trim().split('\n').slice(-3).join(' | ').slice(0, 300)}`,
    );
  return ended;
}

async function runAll(
  isAsked: (file: HostileFile) => boolean,
  run: (file: HostileFile, lane: Lane) => Promise<Ended>,
): Promise<Ended[]> {
  const left = files.flatMap((file, i) => (isAsked(file) ? i : []));
  const ended: Ended[] = [];
  const goThrough = async (lane: Lane): Promise<void> => {
    for (let i = left.shift(); i !== undefined; i = left.shift()) {
      const file = lane.files[i];
      if (file !== undefined) ended.push(await run(file, lane));
    }
  };
  await Promise.all(lanes.map(goThrough));
  return ended;
}
const brief = ({ said, ...rest }: Ended): unknown => ({ ...rest, said: said.slice(-600) });
const isSentence = ({ code, said }: Ended): boolean =>
  !/^\s+at .+[:)]\d*|fault in Flowyard|call stack|FATAL ERROR|core dumped|\bSIG[A-Z]{3,}|node:internal/m.test(said) &&
  (code === 0 ? /Done in|Nothing to compute/.test(said) : /✗ .{10}|^[^\n]{10,}\.$/m.test(said));

it('there are at least 120, of six kinds', () => {
  expect(files.length).toBeGreaterThanOrEqual(120);
  expect(new Set(files.map((file) => file.group)).size).toBe(6);
});

it('each ends within its memory, by itself or at its limit, with a sentence, and leaves no process', async () => {
  const limits = ['--time-limit', `${timeLimit}s`, '--temp-limit', '500MB'];
  const ended = await runAll(
    () => true,
    (file, lane) => runOne(file, lane, limits),
  );
  expect(ended).toHaveLength(files.length);
  // What computes, and the command that hosts it, which has a budget of its own.
  expect(ended.filter(({ peakMb }) => peakMb > mostBytes / 1e6).map(brief)).toEqual([]);
  expect(ended.filter(({ ownMb }) => ownMb > mostBytes / 1e6).map(brief)).toEqual([]);
  expect(ended.filter(({ code, signal }) => signal !== null || ![0, 1, 2].includes(code ?? -1)).map(brief)).toEqual([]);
  expect(ended.filter((one) => !isSentence(one)).map(brief)).toEqual([]);
  expect(ended.filter(({ left }) => left.length > 0).map(brief)).toEqual([]);
  // A busy machine begins late: what goes on and on is found all the same.
  expect(ended.filter(({ seconds }) => seconds > timeLimit + 20).map(brief)).toEqual([]);
});

it('whose command is killed while it computes, none lives two seconds later', async () => {
  const long = files.filter(({ isLong }) => isLong === true);
  const ended = await runAll(
    ({ isLong }) => isLong === true,
    (file, lane) => runOne(file, lane, [], 3000),
  );
  expect(long.length).toBeGreaterThan(5);
  expect(ended.filter(({ signal }) => signal !== 'SIGKILL').map(brief)).toEqual([]);
  expect(ended.filter(({ left }) => left.length > 0).map(brief)).toEqual([]);
});
