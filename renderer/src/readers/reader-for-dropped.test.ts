import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipNames } from '../state/files/zip-names.ts';
import { readerForDropped } from './reader-for-dropped.ts';

const forms = join(import.meta.dirname, '../../../resources/data/forms.zip');

test('an archive goes to the kind that reads what is in it', async () => {
  const zip = await readFile(forms);
  const dropped = (name: string, parts: BlobPart[]) => ({ kind: 'file' as const, file: new File(parts, name) });
  expect((await zipNames(new Blob([zip]))).length).toBe(12);
  expect((await readerForDropped(dropped('forms.zip', [zip])))?.spec.kind).toBe('read.images');
  expect(await readerForDropped(dropped('broken.ZIP', ['PK no archive']))).toBeUndefined();
  expect((await readerForDropped(dropped('rows.csv', ['a,b'])))?.spec.kind).toBe('read.csv');
});
