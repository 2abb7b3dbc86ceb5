import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { findSource } from './sources.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'flowyard-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const said = (path: string): Promise<string> => {
  const roots = {
    workspace: folder,
    pipelineFolder: folder,
    resources: folder,
    granted: new Set<string>(),
    listings: folder,
  };
  return findSource({ from: 'file', param: 'file', path }, roots, 'read').then(
    () => 'found',
    (thrown: unknown) => {
      const { code, message, mend = '' } = toProblem(thrown);
      return `${code}: ${message} ${mend}`;
    },
  );
};

it.each([
  ['gone.csv', 'file.missing: The file "gone.csv" is not there. Choose the file again, or put it back.'],
  [
    'https://example.com/a.csv',
    'file.missing: The file "https://example.com/a.csv" is not there. Addresses of the web are not read: download the file and choose it.',
  ],
  ['.', 'file.not-a-file: "." is a folder, not a file. Choose a file.'],
])('says of %s what it is, and the mend', async (path, words) => {
  expect(await said(path)).toBe(words);
});
