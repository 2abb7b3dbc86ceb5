/** For tests, on Linux: it finds processes in /proc. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { Connection } from '../../shared/rpc/client.ts';
import type { Contract } from '../../shared/rpc/contract.ts';
import { openSettledArtifacts } from '../../engine/store/artifacts/settled-artifacts.ts';
import { openStore } from '../../engine/store/store.ts';
import { findLivingHost } from '../../engine/host/lock.ts';
import { connectToHost } from '../../engine/host/reach-host.ts';
import { followRun, startToyHost, startToyRun, toyPipeline } from './toy-host.ts';

async function startHostProcess(
  root: string,
  workspace: string,
): Promise<{ child: ChildProcess; connection: Connection<Contract> }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'toy-host.ts'), root, workspace],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  for (;;) {
    const living = findLivingHost(workspace);
    if (living?.pid === child.pid && living !== undefined) return { child, connection: await connectToHost(living) };
    await new Promise((done) => setTimeout(done, 10));
  }
}
/** Processes whose parent was, or is, this one: runners of a host. */
function runnersOf(workspace: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('toy-runner.ts') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`FLOWYARD_TEST=${workspace}`)
          ? [Number(pid)]
          : [];
      } catch {
        return [];
      }
    });
}
const slow = (ms: number): PipelineFile => toyPipeline({ kind: 'explore.wait', version: 1, params: { ms } });

/** Kills a host, every other time its runner first, at random moments. Each time: sound history, whole results, no stray process; at last a run that completes. */
export async function killHosts(kills: number): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-kill-')));
  const workspace = join(root, 'workspace');
  mkdirSync(workspace);
  process.env['FLOWYARD_TEST'] = workspace;
  const finished: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const { child, connection } = await startHostProcess(root, workspace);
    const run = await startToyRun(connection, slow(50 + kill));
    const end = followRun(connection, run).then(
      (events) => events.at(-1),
      () => undefined,
    );
    await new Promise((done) => setTimeout(done, Math.random() * 900));
    if (kill % 2 === 0) {
      const [runner] = runnersOf(workspace);
      try {
        if (runner !== undefined) process.kill(runner, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
      equal((await end)?.type, 'run-finished');
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    connection.close();
    const last = await end;
    if (last?.type === 'run-finished' && last.status === 'done') finished.push(run);
    // A runner without a host ends by itself.
    while (runnersOf(workspace).length > 0) await new Promise((done) => setTimeout(done, 20));

    const store = openStore(workspace);
    deepEqual(store.checkIntegrity(), []);
    ok(['done', 'interrupted'].includes(store.runs.get(run)?.status ?? ''));
    deepEqual(
      finished.filter((id) => store.runs.get(id)?.status !== 'done'),
      [],
    );
    store.close();
    const artifacts = await openSettledArtifacts(workspace);
    for await (const artifact of artifacts.list()) ok(await artifacts.verify(artifact.key));
  }
  const host = await startToyHost(root, workspace);
  const { url, bearer } = await host.serveApp({ rendererFolder: root, port: 0 });
  const connection = await connectToHost({ url, token: bearer });
  const last = (await followRun(connection, await startToyRun(connection, slow(50)))).at(-1);
  equal(last?.type === 'run-finished' && last.status, 'done');
  connection.close();
  await host.close();
  rmSync(root, { recursive: true, force: true });
}
