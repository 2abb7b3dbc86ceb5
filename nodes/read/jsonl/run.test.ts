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
  it('names the line that is not JSON', async () => {
    const broken = options('{"a":1}\n\n\n{"a":2}\n{"a":\n{"a":3}\n');
    const reported = {
      code: 'json.malformed',
      message: 'Line 5 is not JSON: unexpected end of data. It begins with {"a":',
      param: 'file',
      facts: { line: 5 },
    };
    expect(await explainFailure(spec, run, broken)).toMatchObject(reported);
    expect(await inspectFile(spec, run, broken.files.file)).toMatchObject([reported]);
  });
  it.each([
    ['a column', '{"n":1}', '{"n":2.5}', 'Row 25,001 has 2.5 in the column "n"'],
    ['an object', '{"n":{"price":1}}', '{"n":{"price":2.5}}', 'Row 25,001 has {"price":2.5} in the column "n"'],
    ['a list', '{"n":[1,2]}', '{"n":[1,2.5]}', 'Row 25,001 has [1,2.5] in the column "n"'],
    [
      'whole numbers, true',
      '{"n":1}',
      '{"n":true}',
      'has true in the column "n", where the objects looked at have whole',
    ],
    [
      'numbers, true',
      '{"n":1.5}',
      '{"n":true}',
      'has true in the column "n", where the objects looked at have numbers',
    ],
    [
      'whole numbers, a text of another base',
      '{"n":1}',
      '{"n":"0x10"}',
      'has "0x10" in the column "n", where the objects looked at have whole',
    ],
    [
      'true and false, a number',
      '{"n":true}',
      '{"n":5}',
      'has 5 in the column "n", where the objects looked at have true',
    ],
  ])(
    'names a value that comes late and would be changed to what the objects looked at have, in %s',
    async (_, usual, late, said) => {
      const content = `${`${usual}\n`.repeat(25_000)}${late}\n`;
      const { files } = options(content);
      expect(await inspectFile(spec, run, files.file, {}, 'verify')).toMatchObject([
        { code: 'json.late-value', message: expect.stringContaining(said), fixes: [{ param: 'sampleRows', value: 0 }] },
      ]);
      expect(await inspectFile(spec, run, files.file, { sampleRows: 0 }, 'verify')).toEqual([]);
      expect(await inspectFile(spec, run, options(`${`${usual}\n`.repeat(25_000)}`).files.file, {}, 'verify')).toEqual(
        [],
      );
    },
  );
  it.each([
    ['beside longer ones', '{"v":1}', '{"v":12345678901234567890}', '12345678901234567890', true],
    ['beside fractions', '{"v":1.5}', '{"v":9007199254740993}', '9007199254740993', false],
  ])('names whole numbers whose last digits are lost, %s, near and far', async (_, usual, long, value, asText) => {
    const reported = {
      code: 'json.digits-lost',
      severity: 'warning',
      column: 'v',
      message: `"v" has whole numbers too long for a number, such as ${value}: their last digits are lost.`,
    };
    const near = options(`${usual}\n${long}\n`).files.file;
    const [found, ...others] = await inspectFile(spec, run, near);
    expect([found, others]).toMatchObject([reported, []]);
    expect(found?.fixes?.[0]).toEqual(asText ? expect.objectContaining({ value: { v: 'text' } }) : undefined);
    expect(await inspectFile(spec, run, near, {}, 'verify')).toEqual([]);
    expect((await inspectFile(spec, run, near, { types: { v: 'text' } })).length).toBe(asText ? 0 : 1);
    // Behind the objects looked at, a whole number of 64 bits is beyond its column's type already.
    if (asText) return;
    const far = options(`${`${usual}\n`.repeat(25_000)}${long}\n`).files.file;
    expect(await inspectFile(spec, run, far)).toEqual([]);
    expect(await inspectFile(spec, run, far, {}, 'verify')).toMatchObject([reported]);
  });
  it.each([
    ['a fraction', '1.5', '0.12345678901234567890123', 'numbers with more digits than a number holds'],
    ['a fraction with a power', '1.5', '-1.234567890123456789e-5', 'numbers with more digits than a number holds'],
    ['whole numbers in an object', '{"a":1.5}', '{"a":9007199254740993}', 'whole numbers too long for a number'],
    ['whole numbers in a list', '[1.5]', '[9007199254740993]', 'whole numbers too long for a number'],
    ['a fraction in an object', '{"a":[1.5]}', '{"a":[12.12345678901234567]}', 'numbers with more digits than'],
    ['times', '"10:00:00"', '"10:00:00.1234567"', 'times with more digits than microseconds have'],
  ])('names digits that are lost, of %s, near and far', async (_, usual, long, said) => {
    const value = /-?\d[\d.:e-]{11,}/.exec(long)?.[0] ?? '';
    const reported = {
      code: 'json.digits-lost',
      severity: 'warning',
      column: 'v',
      message: expect.stringMatching(new RegExp(`^"v" has ${said}.*, such as ${value.replaceAll('.', '\\.')}: `)),
    };
    const rows = (n: number) => `{"v":${usual},"id":"12345678901234567.123"}\n`.repeat(n);
    const near = options(`${rows(3)}{"v":${long}}\n`).files.file;
    const found = await inspectFile(spec, run, near);
    expect([found.length, found]).toMatchObject([1, [reported]]);
    expect(await inspectFile(spec, run, near, {}, 'verify')).toEqual([]);
    const far = options(`${rows(25_000)}{"v":${long}}\n`).files.file;
    expect(await inspectFile(spec, run, far)).toEqual([]);
    expect(await inspectFile(spec, run, far, {}, 'verify')).toMatchObject([reported]);
  });
  it('says nothing of digits that stay, inside and behind the point', async () => {
    const content = [
      '{"o":{"a":9007199254740993,"b":1.5},"x":0.10000000000000000555,"y":1.000000000000000056e-01,"l":[1e20]}',
      '{"o":{"a":1,"b":100000000000000000000},"x":0.1234567890123456,"y":123456.78901234567,"l":[1.5]}',
    ];
    expect(await inspectFile(spec, run, options(`${content.join('\n')}\n`).files.file)).toEqual([]);
  });
  it('refuses a number beyond all numbers inside an object', async () => {
    const reported = [{ code: 'json.beyond-numbers', column: 'o', message: expect.stringContaining('"o" has 1e400') }];
    const content = '{"o":{"a":1.5}}\n';
    expect(await inspectFile(spec, run, options(`${content}{"o":{"a":1e400}}\n`).files.file)).toMatchObject(reported);
    const far = options(`${content.repeat(25_000)}{"o":{"a":1e400}}\n`).files.file;
    expect(await inspectFile(spec, run, far, {}, 'verify')).toMatchObject(reported);
  });
  it('says nothing of long numbers that keep their digits', async () => {
    const { files } = options('{"v":9007199254740993}\n{"v":1}\n');
    expect(await inspectFile(spec, run, files.file)).toEqual([]);
    const exact = options('{"v":100000000000000000000}\n{"v":1.5}\n{"v":1e300}\n');
    expect(await inspectFile(spec, run, exact.files.file)).toEqual([]);
  });
  it('refuses a number beyond all numbers, near and far', async () => {
    const reported = [{ code: 'json.beyond-numbers', message: expect.stringContaining('"v" has 1e400') }];
    expect(await inspectFile(spec, run, options('{"v":1.5}\n{"v":1e400}\n').files.file)).toMatchObject(reported);
    const far = options(`${'{"v":1.5}\n'.repeat(25_000)}{"v":1e400}\n`).files.file;
    expect(await inspectFile(spec, run, far, {}, 'verify')).toMatchObject(reported);
  });
  it('refuses times with a zone beside times without', async () => {
    const [zoned, bare] = ['{"v":"2024-03-01T10:00:00+03:00"}\n', '{"v":"2024-03-01T10:00:00"}\n'];
    const far = options(`${zoned.repeat(25_000)}${bare}`).files.file;
    expect(await inspectFile(spec, run, far)).toEqual([]);
    const reported = [
      {
        code: 'json.zones-mixed',
        message:
          '"v" has times with a zone, such as 2024-03-01T10:00:00+03:00, and times without, such as 2024-03-01T10:00:00, which would be taken for UTC.',
      },
    ];
    expect(await inspectFile(spec, run, far, {}, 'verify')).toMatchObject(reported);
    expect(await inspectFile(spec, run, far, { sampleRows: 0 })).toEqual([]);
    const whole = await read(`${zoned}${bare}`, { sampleRows: 0 });
    expect(whole).toEqual([{ v: '2024-03-01T10:00:00+03:00' }, { v: '2024-03-01T10:00:00' }]);
    for (const alone of [zoned, bare])
      expect(await inspectFile(spec, run, options(alone.repeat(30)).files.file)).toEqual([]);
  });
  it('refuses keys that differ only in capital letters, in one object or in two, in a list and inside', async () => {
    const reported = [
      { code: 'json.names-by-case', message: expect.stringMatching(/"V" and "v" differ only in capital letters/) },
    ];
    for (const content of ['{"v":1,"V":2}\n', '{"v":1}\n{"V":2}\n', '[{"v":1},{"V":2}]'])
      expect(await inspectFile(spec, run, options(content).files.file)).toMatchObject(reported);
    expect(await inspectFile(spec, run, options('{"o":{"v":1,"V":2}}\n').files.file)).toMatchObject([
      { code: 'json.names-by-case', message: expect.stringContaining('"V"') },
    ]);
    expect(await inspectFile(spec, run, options('{"v":1,"v_1":2}\n').files.file)).toEqual([]);
  });
  it('refuses what a type that was set could hold only changed', async () => {
    for (const [type, value] of [
      ['integer', '2.5'],
      ['date', '"2024-01-05 10:00:00"'],
      ['DECIMAL(18,2)', '2.555'],
    ])
      await expect(read(`{"n":${value}}\n`, { types: { n: type } })).rejects.toThrow('or would be changed by it');
    expect(await read('{"n":2.0}\n', { types: { n: 'integer' } })).toEqual([{ n: 2n }]);
    expect(await read('{"n":"2024-01-05"}\n', { types: { n: 'date' } })).toEqual([{ n: '2024-01-05' }]);
  });
  it('asks for a file', () => {
    expect(checkParams(spec, {}).map((f) => f.code)).toEqual(['param.empty']);
  });
});
