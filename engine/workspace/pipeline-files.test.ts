import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPipeline } from './pipeline-files.ts';

const nodes = { read: { kind: 'read.csv' }, keep: { kind: 'clean.filter' }, sort: { kind: 'clean.sort' } };
const wires = ['read.rows -> keep.rows', 'keep.rows -> sort.rows'];
async function layoutOf(layout: Record<string, [number, number]> | undefined): Promise<unknown> {
  const workspace = await mkdtemp(join(tmpdir(), 'flowyard-files-'));
  await writeFile(join(workspace, 'a.pipeline.json'), JSON.stringify({ flowyard: 1, nodes, wires, layout }));
  const { file } = await readPipeline(workspace, 'a.pipeline.json');
  return file.layout;
}

it('a file without positions is laid out as a new pipeline is', async () => {
  expect(await layoutOf(undefined)).toEqual({ read: [0, 0], keep: [220, 0], sort: [440, 0] });
});

it('a file with positions keeps them, also where they are few or lie on each other', async () => {
  expect(await layoutOf({ read: [7, 900] })).toEqual({ read: [7, 900] });
  expect(await layoutOf({ read: [0, 0], keep: [0, 0], sort: [3, 3] })).toEqual({
    read: [0, 0],
    keep: [0, 0],
    sort: [3, 3],
  });
});
