import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imageType } from '../../../shared/media/image.ts';
import { checkParams, inspectFile, runSql, schemaOf, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-labels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const fileOf = (name: string, labels: readonly (readonly [string, string])[]): string => {
  const path = join(folder, name);
  writeFileSync(path, labels.map(([key, label]) => `${JSON.stringify({ key, label })}\n`).join(''));
  return path;
};
const texts = table({ id: 'BIGINT', text: 'VARCHAR', label: 'VARCHAR' }, [
  [1n, 'Zürich', 'town'],
  [2n, 'Rhine', null],
  [3n, null, null],
  [4n, 'Zürich', null],
]);
const labelled = async (params: Record<string, unknown>, path: string | undefined, rows = texts) => {
  const options = { inputs: { rows }, params: { ...params, ...(path === undefined ? {} : { file: 'x' }) } };
  return (await runSql(spec, run, { ...options, ...(path === undefined ? {} : { files: { file: path } }) })).rows
    .map((r) => [Number(r['id']), r['label']])
    .sort(([a], [b]) => Number(a) - Number(b));
};

describe('clean.label', () => {
  const byText = fileOf('by-text.jsonl', [
    [sha256('Zürich'), 'city'],
    [sha256('gone'), 'x'],
  ]);
  it('gives each row the label of its content; equal texts share it, and what was there before stays elsewhere', async () => {
    expect(await labelled({ column: 'text', keep: 'all' }, byText)).toEqual([
      [1, 'city'],
      [2, null],
      [3, null],
      [4, 'city'],
    ]);
  });
  it('lets rows with a label go on, by default', async () => {
    expect(await labelled({ column: 'text' }, byText)).toEqual([
      [1, 'city'],
      [4, 'city'],
    ]);
  });
  it('knows rows by a column', async () => {
    const byId = fileOf('by-id.jsonl', [['2', 'river']]);
    expect(await labelled({ column: 'text', known: 'column', idColumn: 'id' }, byId)).toEqual([
      [1, 'town'],
      [2, 'river'],
    ]);
  });
  it('knows images by their file, and finds the only column of them', async () => {
    const images = table({ id: 'BIGINT', picture: imageType }, [[1n, null]]);
    const none = fileOf('none.jsonl', []);
    expect(await labelled({ keep: 'all' }, none, images)).toEqual([[1, null]]);
    expect(checkParams(spec, { file: 'x' }, { rows: schemaOf(images) })).toEqual([]);
  });
  it('without a file no row has a label', async () => {
    expect(await labelled({ column: 'text', keep: 'all', as: 'tone' }, undefined)).toEqual([
      [1, 'town'],
      [2, null],
      [3, null],
      [4, null],
    ]);
  });
  it('names a row that has two labels', async () => {
    const twice = fileOf('twice.jsonl', [
      ['a', 'x'],
      ['a', 'y'],
    ]);
    const found = await inspectFile(spec, run, twice, { column: 'text', file: 'twice.jsonl' });
    expect(found.map((f) => f.code)).toEqual(['label.twice']);
  });
  it.each([
    [{}, ['param.empty', 'label.none']],
    [{ column: 'text' }, ['label.none']],
    [{ column: 'text', file: 'x' }, []],
    [{ column: 'id', file: 'x' }, ['label.not-content']],
    [{ column: 'text', file: 'x', known: 'column' }, ['param.empty']],
    [{ column: 'txt', keep: 'all' }, ['column.missing']],
    [{ column: 'text', file: 'x', as: ' ' }, ['column.reserved']],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schemaOf(texts) }).map((f) => f.code)).toEqual(codes);
  });
});
