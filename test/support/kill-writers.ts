/** For tests. */
import { deepEqual, notEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSettledArtifacts } from '../../engine/store/artifacts/settled-artifacts.ts';
import { openStore } from '../../engine/store/store.ts';

/** Kills a writing process so many times at random moments. Each time: sound history, nothing finished lost, nothing half-written served. */
export async function killWriters(kills: number): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'flowyard-crash-'));
  const finished: string[] = [];
  const committed: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'crash-writer.ts'), workspace, String((kill + 1) * 1000)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    while (!said.includes('ready\n')) await once(child.stdout, 'data');
    await new Promise((done) => setTimeout(done, Math.random() * 150));
    child.kill('SIGKILL');
    await once(child, 'close');
    // A last line may be cut: only whole lines were said.
    for (const line of said.split('\n').slice(0, -1)) {
      const [what, name] = line.split(' ');
      if (what === 'run') finished.push(name ?? '');
      if (what === 'artifact') committed.push(name ?? '');
    }

    const store = openStore(workspace);
    const artifacts = await openSettledArtifacts(workspace);
    deepEqual(store.checkIntegrity(), []);
    deepEqual(
      finished.filter((run) => store.runs.get(run)?.status !== 'done'),
      [],
    );
    deepEqual(store.runs.unfinished(), []);
    deepEqual(
      committed.filter((key) => artifacts.find(key) === undefined),
      [],
    );
    const damaged: string[] = [];
    for await (const artifact of artifacts.list())
      if (!(await artifacts.verify(artifact.key))) damaged.push(artifact.key);
    deepEqual(damaged, []);
    store.close();
  }
  if (kills >= 5) notEqual(committed.length, 0);
  rmSync(workspace, { recursive: true, force: true });
}
