import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { makeLabelFiles, type LabelFiles } from './label-files.ts';

let workspace = '';
let files: LabelFiles;
beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-labels-')));
  mkdirSync(join(workspace, 'pets'));
  files = makeLabelFiles(workspace);
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fulfilled',
    (error: unknown) => toProblem(error).code,
  );
const place = { pipeline: 'pets/pets.pipeline.json', file: 'pets.labels.jsonl' };
const text = (): string => readFileSync(join(workspace, 'pets', 'pets.labels.jsonl'), 'utf8');

test('labels lie beside the pipeline, one line a row, sorted; null takes one away', async () => {
  expect(await files.read(place)).toEqual({});
  expect(
    await files.write(place, [
      { key: 'b', label: 'cat' },
      { key: 'a', label: 'dög "x"' },
    ]),
  ).toEqual({ labelled: 2 });
  expect(text()).toBe('{"key":"a","label":"dög \\"x\\""}\n{"key":"b","label":"cat"}\n');
  expect(await files.write(place, [{ key: 'a', label: null }])).toEqual({ labelled: 1 });
  expect(await files.read(place)).toEqual({ b: 'cat' });
});
test('what two windows write at the same time is all there', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => files.write(place, [{ key: `k${i}`, label: String(i) }])));
  expect(Object.keys(await files.read(place))).toHaveLength(20);
});
test('a file that holds something else is not touched', async () => {
  writeFileSync(join(workspace, 'pets', 'pets.labels.jsonl'), '{"key":"a","label":"x"}\n<<<<<<< HEAD\n');
  expect(await codeOf(files.write(place, [{ key: 'b', label: 'y' }]))).toBe('label.unreadable');
  expect(text()).toContain('<<<<<<< HEAD');
});
test('a path that leads out, into the engine’s folder or to another kind of file is refused', async () => {
  const at = (file: string) => codeOf(files.write({ pipeline: null, file }, []));
  expect([await at('../x.jsonl'), await at('.flowyard/x.jsonl'), await at('x.csv'), await at('no/x.jsonl')]).toEqual([
    'file.outside-workspace',
    'file.hidden',
    'label.bad-name',
    'file.missing',
  ]);
});
