/**
 * The quick start on tables of many columns, many categories and many rows, by the real command within a limit of memory. `FLOWYARD_WIDE=full` takes 5,000 columns ×
 * 20,000 rows, three million categories and ten million rows within 4 GB (`docs/benchmarks.md` has the times), else a tenth within 2 GB.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeCommandFolder, type CommandFolder } from '../../cli/spawn-command.ts';
import { resourcesFolder } from '../../cli/run-environment.ts';

const isFull = process.env['FLOWYARD_WIDE'] === 'full';
const memory = isFull ? '4GB' : '2GB';
// Beside other work an hour is little.
if (isFull) vi.setConfig({ testTimeout: 3 * 60 * 60_000 });
let here: CommandFolder;
beforeAll(async () => {
  here = makeCommandFolder();
  await copyFile(join(resourcesFolder, 'examples/quick-start.pipeline.json'), join(here.folder, 'q.pipeline.json'));
});
afterAll(() => here.remove());

/** Numbers that are the same on every machine, from 0 to 1. */
const draw = (a: number, b: number): number => {
  const mixed = Math.imul(Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};

async function writeCsv(
  name: string,
  header: readonly string[],
  rows: number,
  row: (i: number) => string,
): Promise<void> {
  const file = createWriteStream(join(here.folder, name));
  file.write(`${header.join(',')}\n`);
  for (let i = 0; i < rows;) {
    const lines: string[] = [];
    for (let size = 0; i < rows && size < 1e6; i++) size += lines[lines.push(row(i)) - 1]?.length ?? 0;
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

async function quickStart(file: string): Promise<void> {
  const started = performance.now();
  const { code, err, out } = await here.runBundled(
    'run',
    'q.pipeline.json',
    '--memory',
    memory,
    '--no-cache',
    '--param',
    `file=${file}`,
    '--param',
    'target=y',
  );
  console.log(`${file}: ${((performance.now() - started) / 1000).toFixed(0)} s within ${memory}`);
  expect({ code, err: code === 0 ? '' : `${out}\n${err}`.slice(-3000) }).toEqual({ code: 0, err: '' });
}

test('thousands of columns', async () => {
  const [columns, rows] = isFull ? [5000, 20_000] : [2000, 2000];
  const names = Array.from({ length: columns }, (_, k) => `x${k}`);
  // Each hundredth a text, each seventh row with a gap.
  await writeCsv('wide.csv', [...names, 'y'], rows, (i) => {
    const values = names.map((_, k) =>
      k % 100 === 99 ? `t${Math.floor(draw(i, k) * 8)}` : i % 7 === 0 && k === i % columns ? '' : draw(i, k).toFixed(3),
    );
    return `${values.join(',')},${draw(i, 0) + draw(i, 1) > 1 ? 'yes' : 'no'}`;
  });
  await quickStart('wide.csv');
});

test('as many categories as rows nearly', async () => {
  const rows = isFull ? 4_000_000 : 400_000;
  await writeCsv('codes.csv', ['code', 'x', 'y'], rows, (i) => {
    const code = Math.floor(draw(i, 1) * rows * 0.75);
    return `k${code},${draw(i, 2).toFixed(3)},${(code % 2) + draw(i, 3) > 0.9 ? 'yes' : 'no'}`;
  });
  await quickStart('codes.csv');
});

test('millions of rows', async () => {
  const rows = isFull ? 10_000_000 : 1_000_000;
  await writeCsv('long.csv', ['a', 'b', 'c', 'place', 'y'], rows, (i) => {
    const [a, b] = [draw(i, 1), draw(i, 2)];
    return `${a.toFixed(4)},${i % 11 === 0 ? '' : b.toFixed(4)},${Math.floor(draw(i, 4) * 1000)},p${i % 20},${a + b > 1 ? 'yes' : 'no'}`;
  });
  await quickStart('long.csv');
});
