import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArtifacts } from './artifacts.ts';
import { openStore } from './store.ts';

/** `npm run soak` raises it. */
const kills = Number(process.env['FLOWYARD_KILLS'] ?? 8);

test(
  'a writer that is killed at any moment loses nothing that was finished and leaves nothing half-written',
  { timeout: 20_000 + kills * 2000 },
  async () => {
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
      const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard') });
      expect(store.checkIntegrity()).toEqual([]);
      expect(finished.filter((run) => store.runs.get(run)?.status !== 'done')).toEqual([]);
      expect(store.runs.unfinished()).toEqual([]);
      expect(committed.filter((key) => artifacts.find(key) === undefined)).toEqual([]);
      const damaged: string[] = [];
      for await (const artifact of artifacts.list())
        if (!(await artifacts.verify(artifact.key))) damaged.push(artifact.key);
      expect(damaged).toEqual([]);
      expect(readdirSync(join(workspace, '.flowyard', 'tmp'))).toEqual([]);
      store.close();
    }
    expect(committed.length).toBeGreaterThan(0);
    rmSync(workspace, { recursive: true, force: true });
  },
);
