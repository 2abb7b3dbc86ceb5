/** For tests, on Linux: the real command on a real pipeline, killed with SIGKILL while it works. It finds processes in /proc. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';
import { openSettledArtifacts } from '../../engine/store/artifacts/settled-artifacts.ts';
import { openStore } from '../../engine/store/store.ts';
import { makeCommandFolder, type CommandFolder, type Ended } from '../../cli/spawn-command.ts';

const examples = join(import.meta.dirname, '../..', 'resources', 'examples');
const written = ['results/scored.csv', 'results/model.onnx'];
const runArgs = ['run', 'job.pipeline.json', '--json'];

/** What a run leaves: each result's bytes by its key, and the files it wrote. */
interface Undisturbed {
  contents: ReadonlyMap<string, string>;
  files: readonly (string | undefined)[];
  /** How long the command, and within it its runner, lived. */
  commandMs: number;
  runnerMs: number;
}

/**
 * Kills the runner or the whole command at a random moment of its life, so many times; a kill that came too late is not counted. After each: a sound
 * history, every result whole, none lost that was told as finished, nothing half written. After every second one the next run completes, and leaves the
 * very keys and bytes of a run that nobody disturbed.
 */
export async function killRuns(kills: number): Promise<void> {
  let undisturbed = await runUndisturbed();
  const here = makeJobFolder();
  for (let killed = 0; killed < kills;) {
    const hit = killed % 2 === 0 ? await killRunner(here, undisturbed) : await killCommand(here, undisturbed);
    await judgeRemains(here, hit.ended);
    if (!hit.inTime) {
      // The machine is quicker now than it was: earlier from now on, or most kills would come too late.
      const { commandMs, runnerMs } = undisturbed;
      undisturbed = { ...undisturbed, commandMs: 0.8 * commandMs, runnerMs: 0.8 * runnerMs };
      forgetResults(here);
      continue;
    }
    if (++killed % 2 === 1) continue;
    equal((await here.run(...runArgs)).code, 0);
    deepEqual(await contentsOf(here.folder), undisturbed.contents);
    deepEqual(filesOf(here), undisturbed.files);
    forgetResults(here);
  }
  here.remove();
}

/** The quick start, its predictions written as a table and its model as ONNX; the rows are enough to be at work for a while. */
function makeJobFolder(): CommandFolder {
  const here = makeCommandFolder();
  const job: { nodes: object; wires: string[] } = JSON.parse(
    readFileSync(join(examples, 'quick-start.pipeline.json'), 'utf8'),
  );
  here.write('job.pipeline.json', {
    ...job,
    parameters: { file: { type: 'file', default: 'people.csv' }, target: { type: 'column', default: 'next' } },
    nodes: {
      ...job.nodes,
      predict: { kind: 'predict.rows' },
      scored: { kind: 'write.table', params: { file: written[0], overwrite: true } },
      model: { kind: 'write.onnx', params: { file: written[1], overwrite: true } },
    },
    wires: [
      ...job.wires,
      'boosting.model -> predict.model',
      'boosting.model -> model.model',
      'split.rows -> predict.rows',
      'predict.rows -> scored.rows',
    ],
  });
  const rows = Array.from({ length: 1500 }, (_, i) => {
    const [age, income] = [18 + ((i * 37) % 60), (i * 7919) % 90_000];
    const city = ['Köln', 'Oslo', 'Łódź', ''][(i * 13) % 4] ?? '';
    return `${age},${i % 11 === 0 ? '' : income},${city},${(age * 1500 + income + ((i * 104_729) % 30_000)) % 97_000 > 48_000 ? 'stays' : 'goes'}`;
  });
  here.write('people.csv', `age,income,city,next\n${rows.join('\n')}\n`);
  return here;
}

async function runUndisturbed(): Promise<Undisturbed> {
  const here = makeJobFolder();
  const startedMs = performance.now();
  const { child, ended } = here.start(...runArgs);
  await runnerOf(child, here.folder);
  const runnerStartedMs = performance.now();
  while (runnersIn(here.folder).length > 0) await pause(5);
  const runnerMs = performance.now() - runnerStartedMs;
  const { code, err } = await ended;
  deepEqual([code, err], [0, '']);
  const commandMs = performance.now() - startedMs;
  const contents = await contentsOf(here.folder);
  ok(contents.size > 5);
  const files = filesOf(here);
  ok(files.every((text) => text !== undefined));
  here.remove();
  return { contents, files, commandMs, runnerMs };
}

async function killCommand(
  here: CommandFolder,
  { commandMs }: Undisturbed,
): Promise<{ inTime: boolean; ended: Ended }> {
  const { child, ended } = here.start(...runArgs);
  await Promise.race([pause(Math.random() * commandMs), ended]);
  const inTime = child.exitCode === null && child.kill('SIGKILL');
  const end = await ended;
  // A runner without a host ends by itself.
  while (runnersIn(here.folder).length > 0) await pause(20);
  return { inTime, ended: end };
}

async function killRunner(here: CommandFolder, { runnerMs }: Undisturbed): Promise<{ inTime: boolean; ended: Ended }> {
  const { child, ended } = here.start(...runArgs);
  const runner = await runnerOf(child, here.folder);
  await Promise.race([pause(Math.random() * runnerMs), ended]);
  const inTime = runner !== undefined && runnersIn(here.folder).includes(runner) && wasKilled(runner);
  const end = await ended;
  // Killed before it was asked, another took its place; after its last word, it was not interrupted.
  const last = end.lines().at(-1);
  if (inTime && last?.['status'] !== 'done')
    deepEqual(
      [end.code, last?.['type'], last?.['status'], codeOf(last?.['problem'])],
      [1, 'run-finished', 'interrupted', 'run.process-died'],
    );
  return { inTime, ended: end };
}

async function judgeRemains(here: CommandFolder, { out }: Ended): Promise<void> {
  const store = openStore(here.folder);
  deepEqual(store.checkIntegrity(), []);
  deepEqual(store.runs.unfinished(), []);
  const artifacts = await openSettledArtifacts(here.folder);
  for await (const artifact of artifacts.list()) ok(await artifacts.verify(artifact.key));
  // The last line may be cut.
  for (const line of out.split('\n').slice(0, -1)) {
    const reported: { type: string; run: string; status?: string; outputs?: { key: string }[] } = JSON.parse(line);
    if (reported.type === 'run-finished') equal(store.runs.get(reported.run)?.status, reported.status);
    // An output is named by its result and its port.
    for (const { key } of reported.outputs ?? []) ok(artifacts.find(key.split('/')[0] ?? key) !== undefined, line);
  }
  store.close();
}

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const artifacts = await openArtifacts({ folder: join(folder, '.flowyard') });
  const contents = new Map<string, string>();
  for await (const { key, manifest } of artifacts.list()) contents.set(key, manifest.contentHash);
  return contents;
}

const filesOf = (here: CommandFolder): (string | undefined)[] =>
  written.map((name) => {
    const path = join(here.folder, name);
    return existsSync(path) ? readFileSync(path, 'base64') : undefined;
  });

/** The next run has all its work before it. */
function forgetResults(here: CommandFolder): void {
  rmSync(join(here.folder, '.flowyard', 'store'), { recursive: true, force: true });
  rmSync(join(here.folder, 'results'), { recursive: true, force: true });
}

/** A process that has ended keeps its number until its parent has taken note, but neither folder nor command line. */
const runnersIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`) === folder &&
          /process\.ts\0runner/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        );
      } catch {
        return false;
      }
    })
    .map(Number);

/** Undefined when the command ended without one. */
async function runnerOf(command: ChildProcess, folder: string): Promise<number | undefined> {
  while (command.exitCode === null) {
    const [runner] = runnersIn(folder);
    if (runner !== undefined) return runner;
    await pause(5);
  }
  return undefined;
}

/** False where it has ended meanwhile. */
function wasKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

const codeOf = (problem: unknown): unknown =>
  typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
