import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openArtifacts } from '../engine/store/artifacts/artifacts.ts';
import { mountSmallDisk, whyNoDisk } from '../test/support/small-disk.ts';
import { openStore } from '../engine/store/store.ts';
import { makeCommandFolder, smallPipeline } from './spawn-command.ts';

const reason = whyNoDisk();

describe.skipIf(reason !== undefined)(
  `a disk that fills up during a run${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    it.each([100, 900])(
      'is told in words, %i kB before it is full; the history is sound, results are whole, and with room the next run completes',
      async (takenKb) => {
        const here = makeCommandFolder();
        const disk = mountSmallDisk(2048);
        try {
          const cells = Array.from(
            { length: 110_000 },
            (_, i) => `${Math.sin(i)},${Math.cos(i * 7)},${Math.sin(i * i)},${i % 3 === 0 ? 'goes' : 'stays'}`,
          );
          here.write('wide.csv', `a,b,c,next\n${cells.join('\n')}\n`);
          here.write('people.pipeline.json', smallPipeline());
          const args = [
            'run',
            'people.pipeline.json',
            '--workspace',
            disk.folder,
            '--param',
            'file=wide.csv',
            '--json',
          ];
          disk.fill(takenKb * 1024);
          const full = await here.run(...args);
          expect(full.code).toBe(1);
          const last = full.lines().at(-1);
          expect(last).toMatchObject({ type: 'run-finished', status: 'failed', problem: { code: 'store.disk-full' } });
          expect(full.err).not.toMatch(/^ {4}at /m);

          disk.makeRoom();
          disk.resize(64 * 1024);
          const store = openStore(disk.folder);
          expect(store.checkIntegrity()).toEqual([]);
          store.close();
          mkdirSync(join(disk.folder, '.flowyard'), { recursive: true });
          const artifacts = await openArtifacts({ folder: join(disk.folder, '.flowyard') });
          for await (const { key } of artifacts.list()) expect(await artifacts.verify(key)).toBe(true);
          const again = await here.run(...args);
          expect([again.code, again.err, again.lines().at(-1)?.['status']]).toEqual([0, '', 'done']);
        } finally {
          disk.remove();
          here.remove();
        }
      },
    );
  },
);
