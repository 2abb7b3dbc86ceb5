import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { JsonSample } from '../../shared/source/source-file.ts';
import { findDeepLine, refuseDeepJson } from './json-nesting.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-nesting-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const write = (content: string | Buffer, ending = 'jsonl'): string => {
  const path = join(folder, `${++files}.${ending}`);
  writeFileSync(path, content);
  return path;
};
const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
const auto: JsonSample = { layout: 'auto', rows: 20_480 };

it.each<[string, string, Partial<JsonSample>, number | undefined]>([
  ['one line', `${deep}\n`, {}, 1],
  ['a later line', `{"a":1}\n{"a":"[{\\"["}\n${deep}\n`, {}, 3],
  ['an element of an array', `[\n{"a":1},\n${deep}]`, {}, 3],
  ['one object over many lines', '{"a":\n'.repeat(1000), {}, 201],
  ['signs within texts', `{"a":"${'['.repeat(1000)}\\"${'{'.repeat(1000)}"}\n`, {}, undefined],
  ['lines that do not end', '{"a":1}\n{"a":[\n'.repeat(1000), {}, undefined],
  ['lines that do not end, the first too', '{"a":[\n'.repeat(1000), { layout: 'lines' }, undefined],
  ['many rows in an array', `[${'{"a":[1,[2]]},'.repeat(1000)}{}]`, {}, undefined],
  ['behind the sample', `${'{"a":1}\n'.repeat(20_000)}${deep}\n`, { rows: 100 }, undefined],
  ['behind a sample of all', `${'{"a":1}\n'.repeat(20_000)}${deep}\n`, { rows: null }, 20_001],
])('finds the line that is nested too deep: %s', async (_, content, sample, line) => {
  expect(await findDeepLine(write(content), { ...auto, ...sample })).toBe(line);
});

it('looks into packed files, and leaves broken ones to who reads them', async () => {
  const text = Buffer.from(`{"a":1}\n${deep}\n`);
  expect(await findDeepLine(write(gzipSync(text), 'jsonl.gz'), auto)).toBe(2);
  expect(await findDeepLine(write(zstdCompressSync(text), 'jsonl.zst'), auto)).toBe(2);
  expect(await findDeepLine(write('no archive', 'jsonl.gz'), auto)).toBe(undefined);
  expect(await findDeepLine(join(folder, 'not there'), auto)).toBe(undefined);
});

it('refuses with the node, the line and the mend', async () => {
  const place = { node: 'orders', param: 'file' };
  await expect(refuseDeepJson(write(`{"a":1}\n${deep}\n`), '1', auto, place)).rejects.toMatchObject({
    problem: {
      code: 'json.too-deep',
      message: 'Line 2 of the file holds lists or objects more than 200 deep in each other.',
      node: 'orders',
      param: 'file',
      facts: { line: 2 },
    },
  });
});
