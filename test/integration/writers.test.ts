/** What a pipeline writes into the workspace: inside it, as data, and never over what it reads. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../support/node-folders.ts';
import { Workshop, type SketchedNode } from '../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${i % 3 === 0 ? 'Yes' : 'No'}`);
  await workshop.write('data.csv', `n,x,answer\n${rows.join('\n')}\n`);
});
afterAll(() => workshop[Symbol.asyncDispose]());
let outside: string;
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'flowyard-'));
});
afterEach(() => rm(outside, { recursive: true, force: true }));

const read: SketchedNode = { kind: 'read.csv', params: { file: 'data.csv' } };
const writer = (file: string, more: Readonly<Record<string, unknown>> = {}): SketchedNode => ({
  kind: 'write.table',
  params: { file, format: 'csv', overwrite: true, ...more },
});
const write = (file: string, more: Readonly<Record<string, unknown>> = {}) =>
  workshop.run({ read, write: writer(file, more) }, ['read.rows -> write.rows']);

describe('where a pipeline may write', () => {
  test('no writer of any kind follows a folder that is a link', async () => {
    await symlink(outside, join(workshop.folder, 'linked'));
    const run = await workshop.run(
      {
        read,
        split: { kind: 'split.rows', params: { target: 'answer' } },
        train: { kind: 'train.logistic-regression' },
        table: writer('linked/a.csv'),
        json: { kind: 'write.table', params: { file: 'linked/deep/a.jsonl' } },
        onnx: { kind: 'write.onnx', params: { file: 'linked/a.onnx', overwrite: true } },
        card: { kind: 'write.dataset-card', params: { file: 'linked/README.md', name: 'x', overwrite: true } },
      },
      [
        'read.rows -> split.rows',
        'split.rows -> train.rows',
        'read.rows -> table.rows',
        'read.rows -> json.rows',
        'train.model -> onnx.model',
        'read.rows -> card.rows',
      ],
    );
    expect(run.problems.map((p) => `${p.node ?? ''}: ${p.code}`).toSorted()).toEqual(
      ['card', 'json', 'onnx', 'table'].map((node) => `${node}: file.link`),
    );
    expect(await readdir(outside)).toEqual([]);
  });

  test.each(['.git/config', '.bashrc', 'a.pipeline.json', 'hooks/run.sh', 'Makefile', '../x.csv', '/tmp/x.csv'])(
    '%s is refused before anything runs',
    async (file) => {
      const run = await write(file);
      expect(run.status).toBe('failed');
      expect(run.problems).toMatchObject([
        {
          node: 'write',
          param: 'file',
          code: expect.stringMatching(/^file\.(configures|outside-workspace)$/),
          mend: expect.any(String),
        },
      ]);
      expect(run.events.some((e) => e.type === 'node-started')).toBe(false);
      expect((await readdir(workshop.folder)).filter((name) => file.startsWith(name) && name !== '.flowyard')).toEqual(
        [],
      );
    },
  );
});

describe('a writer and what the pipeline reads', () => {
  test('its own source is named before anything runs, and stays as it was', async () => {
    const before = await readFile(join(workshop.folder, 'data.csv'), 'utf8');
    for (const file of ['data.csv', './data.csv']) {
      const run = await write(file);
      expect(run.status).toBe('failed');
      expect(run.problems).toMatchObject([{ code: 'write.over-source', node: 'write', facts: { reader: 'read' } }]);
      expect(await readFile(join(workshop.folder, 'data.csv'), 'utf8')).toBe(before);
    }
    expect(before).toContain('Yes');
  });

  test('and any other file that the pipeline reads, on another branch or by a pattern', async () => {
    await mkdir(join(workshop.folder, 'months'), { recursive: true });
    for (const month of ['1', '2'])
      await cp(
        join(repositoryRoot, 'nodes/read/parquet/penguins.parquet'),
        join(workshop.folder, 'months', `${month}.parquet`),
      );
    await writeFile(join(workshop.folder, 'other.csv'), Buffer.from('n,t\n1,\xe9\n', 'latin1'));
    const run = (file: string) =>
      workshop.run(
        {
          read,
          months: { kind: 'read.parquet', params: { file: 'months/*.parquet' } },
          // Of another encoding, of which a copy is read.
          other: { kind: 'read.csv', params: { file: 'other.csv', encoding: 'windows-1252' } },
          write: writer(file, { format: 'auto' }),
        },
        ['read.rows -> write.rows'],
      );
    for (const [file, reader] of [
      ['other.csv', 'other'],
      ['months/2.parquet', 'months'],
    ] as const)
      expect((await run(file)).problems).toMatchObject([
        { code: 'write.over-source', node: 'write', param: 'file', facts: { reader } },
      ]);
    const among = await run('months/3.parquet');
    expect(among.status).toBe('done');
    expect(among.warnings.map((w) => w.code)).toContain('write.among-sources');
  });

  test('a file that fails half-way leaves the one before it whole, and nothing beside it', async () => {
    await workshop.write('kept.csv', 'old\n');
    const run = await workshop.run(
      {
        read,
        bad: { kind: 'combine.sql', params: { query: 'SELECT CAST(answer || n AS INTEGER) AS v FROM rows' } },
        write: writer('kept.csv'),
      },
      ['read.rows -> bad.rows', 'bad.rows -> write.rows'],
    );
    expect(run.status).toBe('failed');
    expect(await readFile(join(workshop.folder, 'kept.csv'), 'utf8')).toBe('old\n');
    expect((await readdir(workshop.folder)).filter((name) => name.startsWith('.') && name !== '.flowyard')).toEqual([]);
  });
});
