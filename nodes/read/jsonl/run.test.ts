import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkParams, explainFailure, inspectFile, runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-json-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const options = (content: string, params: Record<string, unknown> = {}) => {
  const path = join(folder, `${++files}.jsonl`);
  writeFileSync(path, content);
  return { files: { file: path }, params: { file: 'x.jsonl', ...params } };
};
const read = async (content: string, params: Record<string, unknown> = {}) =>
  (await runSql(spec, run, options(content, params))).rows;

describe('read.jsonl', () => {
  it.each([
    [
      'one object a line; what an object lacks is missing',
      '{"a":1,"b":"x"}\n{"b":"y","c":true}\n',
      {},
      [
        { a: 1n, b: 'x', c: null },
        { a: null, b: 'y', c: true },
      ],
    ],
    ['one array of objects', '[{"a":1},{"a":2}]', {}, [{ a: 1n }, { a: 2n }]],
    ['whole numbers with all their digits', '{"n":9007199254740993}\n', {}, [{ n: 9_007_199_254_740_993n }]],
    ['objects inside as one column', '{"a":{"b":1}}\n', {}, [{ a: "{'b': 1}" }]],
    ['dates', '{"d":"2024-01-31"}\n', {}, [{ d: '2024-01-31' }]],
    ['types that were set', '{"zip":1234,"n":1}\n', { types: { zip: 'text' } }, [{ zip: '1234', n: 1n }]],
    ['unicode and quoted names', '{"Größe \\"cm\\"":1,"select":2}\n', {}, [{ 'Größe "cm"': 1n, select: 2n }]],
  ])('%s', async (_, content, params, expected) => {
    expect(await read(content, params)).toEqual(expected);
  });
  it('names the line that is not JSON, and the key that stands twice', async () => {
    const broken = options('{"a":1}\n\n\n{"a":2}\n{"a":\n{"a":3}\n');
    const told = {
      code: 'json.malformed',
      message: 'Line 5 is not JSON: unexpected end of data. It begins with {"a":',
      param: 'file',
      facts: { line: 5 },
    };
    expect(await explainFailure(spec, run, broken)).toMatchObject(told);
    expect(await inspectFile(spec, run, broken.files.file)).toMatchObject([told]);
    expect(await explainFailure(spec, run, options('{"a":1,"a":2}\n'))).toMatchObject({
      code: 'json.duplicate-key',
      message: 'Line 1 has the key "a" twice.',
    });
  });
  it('asks for a file', () => {
    expect(checkParams(spec, {}).map((f) => f.code)).toEqual(['param.empty']);
  });
});
