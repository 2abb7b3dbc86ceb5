import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { pipelineFile } from '../../shared/pipeline/file.ts';
import { formatPipeline } from '../../shared/pipeline/parse.ts';
import { savePipeline } from '../workspace/pipeline-files.ts';
import { openArtifacts } from './artifacts/artifacts.ts';
import { mountSmallDisk, whyNoDisk, type SmallDisk } from '../../test/support/small-disk.ts';
import { openStore } from './store.ts';

const file = pipelineFile.parse({ flowyard: 1, title: 'Churn' });
const reason = whyNoDisk();

describe.skipIf(reason !== undefined)(`a full disk${reason === undefined ? '' : ` (${reason})`}`, () => {
  let disk: SmallDisk;
  beforeEach(() => void (disk = mountSmallDisk(4096)));
  afterEach(() => disk.remove());
  const fill = (): void => disk.fill(8 << 20);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'no error',
      (error: unknown) => toProblem(error).code,
    );

  test('makes facts wait in memory, says the reason once, and takes all when there is room', async () => {
    const said: Problem[] = [];
    using store = openStore(disk.folder, { onWriteProblem: (problem) => said.push(problem) });
    store.runs.create({ id: 'run-1', pipeline: 'p', title: 'P', file, parameters: {}, startedMs: 1 });
    fill();
    for (let seq = 0; seq < 1000; seq++)
      store.recordEvent({
        type: 'node-log',
        node: 'a',
        level: 'info',
        text: 'x'.repeat(1000),
        seq,
        time_ms: seq,
        run: 'run-1',
      });
    expect(await codeOf((async () => store.flush())())).toBe('store.disk-full');
    while (said.length === 0) await new Promise((done) => setTimeout(done, 20));
    expect(said.map(({ code }) => code)).toEqual(['store.disk-full']);
    expect(store.eventsAfter('run-1', -1)).toHaveLength(1000);
    disk.makeRoom();
    store.flush();
    expect([store.eventsAfter('run-1', -1).length, store.checkIntegrity()]).toEqual([1000, []]);
  });

  test('refuses a result whole, keeps the others, and takes it when there is room', async () => {
    mkdirSync(join(disk.folder, '.flowyard'));
    const store = await openArtifacts({ folder: join(disk.folder, '.flowyard') });
    const put = async (key: string): Promise<string> => {
      const draft = await store.begin(key, 'run-1');
      try {
        writeFileSync(join(draft.folder, 'rows.parquet'), 'x');
        const committed = await draft.commit({
          kind: 'read.csv',
          ports: { rows: { wire: 'table', files: ['rows.parquet'] } },
          ms: 1,
          inputs: [],
        });
        return committed.key;
      } catch (error) {
        await draft.discard();
        throw error;
      }
    };
    await put('aaaaaaaa');
    const draft = await store.begin('bbbbbbbb', 'run-1');
    writeFileSync(join(draft.folder, 'rows.parquet'), 'x');
    fill();
    const description = {
      kind: 'read.csv',
      ports: { rows: { wire: 'table' as const, files: ['rows.parquet'] } },
      ms: 1,
      inputs: [],
    };
    expect(await codeOf(draft.commit(description))).toBe('store.disk-full');
    expect([store.find('aaaaaaaa')?.bytes, store.find('bbbbbbbb')]).toEqual([1, undefined]);
    expect(readdirSync(join(disk.folder, '.flowyard', 'tmp', 'run-1'))).toEqual(['owner.json']);
    disk.makeRoom();
    expect(await put('bbbbbbbb')).toBe('bbbbbbbb');
  });

  test('leaves the saved pipeline as it was', async () => {
    const path = 'churn.pipeline.json';
    using store = openStore(disk.folder);
    const { hash } = await savePipeline(
      disk.folder,
      store.pipelines,
      { path, file, baseHash: null, overwrite: false },
      1,
    );
    fill();
    const changed = { ...file, title: 'Changed' };
    expect(
      await codeOf(
        savePipeline(disk.folder, store.pipelines, { path, file: changed, baseHash: hash, overwrite: false }, 2),
      ),
    ).toBe('store.disk-full');
    expect(readFileSync(join(disk.folder, path), 'utf8')).toBe(formatPipeline(file));
    expect(readdirSync(disk.folder).sort()).toEqual(['.flowyard', path, 'filler'].sort());
  });
});
