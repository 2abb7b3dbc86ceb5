import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { checkParams, explainFailure, inspectFile, runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (content: string | Uint8Array, name = `${++files}.csv`): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const read = (content: string | Uint8Array, params: Record<string, unknown> = {}, name?: string) =>
  runSql(spec, run, { files: { file: file(content, name) }, params: { file: 'x.csv', ...params } });
const inspect = async (content: string | Uint8Array, params: Record<string, unknown> = {}) =>
  (await inspectFile(spec, run, file(content), { file: 'x.csv', ...params })).map((f) => `${f.code}: ${f.message}`);
const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('read.csv reads', () => {
  it.each<[string, string | Uint8Array, Record<string, unknown>, Record<string, unknown>[]]>([
    [
      'commas, numbers, texts and the usual words for missing',
      'a,b\n1,x\nNA,\n',
      {},
      [
        { a: 1n, b: 'x' },
        { a: null, b: null },
      ],
    ],
    [
      'semicolons with decimal commas',
      'a;b\n1,5;x,y\n2,5;z\n',
      { decimalMark: 'comma' },
      [
        { a: 1.5, b: 'x,y' },
        { a: 2.5, b: 'z' },
      ],
    ],
    [
      'thousands marks',
      'a;b\n"1.234,5";1\n"2,5";2\n',
      { decimalMark: 'comma', thousandsMark: 'point' },
      [
        { a: 1234.5, b: 1n },
        { a: 2.5, b: 2n },
      ],
    ],
    ['tabs', 'a\tb\n1\tx\n', {}, [{ a: 1n, b: 'x' }]],
    ['another separator', 'a::b\n1::x\n', { delimiter: 'other', delimiterText: '::' }, [{ a: 1n, b: 'x' }]],
    [
      'quotes with separators, line breaks and quotes inside',
      'a,b\n"x,y","say ""hi"""\n"two\nlines",2\n',
      {},
      [
        { a: 'x,y', b: 'say "hi"' },
        { a: 'two\nlines', b: '2' },
      ],
    ],
    ['Windows line ends and a byte order mark', '\uFEFFa,b\r\n1,x\r\n', {}, [{ a: 1n, b: 'x' }]],
    [
      'no header',
      '1,x\n2,y\n',
      { header: 'no' },
      [
        { column0: 1n, column1: 'x' },
        { column0: 2n, column1: 'y' },
      ],
    ],
    ['a header of words over words', 'a,b\nx,y\n', { header: 'yes' }, [{ a: 'x', b: 'y' }]],
    [
      'leading zeros as text',
      'zip,n\n00123,1\n04567,2\n',
      {},
      [
        { zip: '00123', n: 1n },
        { zip: '04567', n: 2n },
      ],
    ],
    [
      'whole numbers beyond 2^53 with all digits',
      'n,m\n9007199254740993,1\n',
      {},
      [{ n: 9_007_199_254_740_993n, m: 1n }],
    ],
    ['dates by a chosen format', 'd,n\n03/04/2024,1\n', { dateFormat: '%m/%d/%Y' }, [{ d: '2024-03-04', n: 1n }]],
    ['types that were set', 'a,b\n1,2\n', { types: { a: 'text', b: 'number' } }, [{ a: '1', b: 2 }]],
    [
      'comments and lines above the table',
      'Report of May\n\na,b\n# note\n1,x\n',
      { comment: '#', skipLines: 2 },
      [{ a: 1n, b: 'x' }],
    ],
    [
      'short rows filled',
      'a,b,c\n1,2,3\n4,5\n',
      { raggedRows: 'fill' },
      [
        { a: 1n, b: 2n, c: 3n },
        { a: 4n, b: 5n, c: null },
      ],
    ],
    [
      'rows of another length left out',
      'a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1,1\n',
      { raggedRows: 'skip', delimiter: 'comma' },
      [
        { a: 1n, b: 2n, c: 3n },
        { a: 1n, b: 1n, c: 1n },
      ],
    ],
    ['Latin-1', latin('name,n\ncaf\u00e9,1\n'), { encoding: 'latin-1' }, [{ name: 'café', n: 1n }]],
    [
      'UTF-16',
      new Uint8Array(new Uint16Array(Array.from('\uFEFFname,n\ncafé,1\n', (c) => c.charCodeAt(0))).buffer),
      { encoding: 'utf-16' },
      [{ name: 'café', n: 1n }],
    ],
    [
      'unicode, quoted and SQL-like names',
      '"Größe (cm)","select","a ""b""",😀\n1,2,3,4\n',
      {},
      [{ 'Größe (cm)': 1n, select: 2n, 'a "b"': 3n, '😀': 4n }],
    ],
    ['a single column', 'a\n1\n2\n', {}, [{ a: 1n }, { a: 2n }]],
    ['a header and nothing below', 'a,b\n', {}, []],
  ])('%s', async (_, content, params, expected) => {
    expect((await read(content, params)).rows).toEqual(expected);
  });
  it('names that are empty or stand twice are made unique', async () => {
    expect((await read('a,a,,b\n1,2,3,4\n')).columns.map((c) => c.name)).toEqual(['a', 'a_1', 'column2', 'b']);
  });
  it('compressed files', async () => {
    expect((await read(gzipSync('a,b\n1,x\n'), {}, 'z.csv.gz')).rows).toEqual([{ a: 1n, b: 'x' }]);
  });
  it('another file of the same form by the types of the first, without looking at its rows', async () => {
    const pinned = run.pin?.(spec.params.parse({ file: 'x.csv', types: { a: 'text' } }), [
      { name: 'a', type: 'VARCHAR' },
      { name: 'b', type: 'DOUBLE' },
    ]);
    expect((await read('a,b\n1,2\n', pinned ?? {})).rows).toEqual([{ a: '1', b: 2 }]);
  });
});

describe('read.csv inspects the head and says', () => {
  it.each<[string, string | Uint8Array, Record<string, unknown>, string[]]>([
    ['an empty file', '', {}, ['csv.empty: The file is empty.']],
    [
      'a row with a value too many',
      'a,b,c\n1,2,3\n4,5,6,7\n8,9,10\n',
      {},
      ['csv.ragged-row: Line 3 has 4 values instead of 3.'],
    ],
    [
      'rows that are too short, by their line in the file',
      `a,b,c\n"x\ny",2,3\n${'1,2,3\n'.repeat(20)}4,5\n6\n`,
      {},
      ['csv.ragged-row: Line 24 has 2 values instead of 3, and 1 more of the first lines are like that.'],
    ],
    ['nothing of control characters inside a value', 'a,b,c\n1,x\u0001\u0007,3\n4,y,6\n', {}, []],
    [
      'Latin-1 instead of UTF-8',
      latin('name,n\nBob,1\ncaf\u00e9,1\n'),
      {},
      ['csv.encoding: The file is not UTF-8: line 3 has other letters.'],
    ],
    [
      'UTF-16 instead of UTF-8',
      new Uint8Array(new Uint16Array(Array.from('\uFEFFname,n\ncafé,1\n', (c) => c.charCodeAt(0))).buffer),
      {},
      ['csv.encoding: The file is not UTF-8.'],
    ],
    [
      'UTF-16 without a mark in front, whose bytes are UTF-8 too',
      new Uint8Array(
        new Uint16Array(Array.from(`name,n\n${'Moscow,1\nМосква,2\n'.repeat(3)}`, (c) => c.charCodeAt(0))).buffer,
      ),
      {},
      ['csv.encoding: The file is not UTF-8.'],
    ],
    [
      'UTF-16 in the other order of bytes',
      new Uint8Array(
        new Uint16Array(
          Array.from('\uFEFFname,n\ncafé,1\n', (c) => ((c.charCodeAt(0) & 255) << 8) | (c.charCodeAt(0) >> 8)),
        ).buffer,
      ),
      {},
      ['csv.encoding: The file is not UTF-8.'],
    ],
    [
      'names that differ in capitals',
      'id,ID,x\n1,2,3\n',
      {},
      ['csv.names-by-case: The columns "id" and "ID" differ only in capital letters.'],
    ],
    [
      'names that were made',
      'a,a,\n1,2,3\n',
      {},
      ['csv.names-made: Names that are empty or stand twice were made unique: "a" is "a_1", column 3 is "column2".'],
    ],
    [
      'reserved names',
      '__row,a\n1,2\n',
      {},
      ['column.reserved: The file has a column "__row", a name that Flowyard keeps for itself.'],
    ],
    [
      'lines above the table',
      'Report\n2024\n\na,b\n1,2\n3,4\n',
      {},
      ['csv.lines-skipped: The first 3 lines are not part of the table and were left out.'],
    ],
    [
      'a workbook',
      Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 255, 254, 10]),
      {},
      ['csv.not-csv: This is an Excel workbook or a zip archive, not a text table.'],
    ],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><body>404</body></html>\n',
      {},
      ['csv.not-csv: This is a web page, not a text table.'],
    ],
    [
      'a list of JSON',
      '[{"a":1,"b":"x"},{"a":2,"b":"y"}]',
      {},
      ['csv.not-csv: This is a JSON file, not a text table.'],
    ],
    [
      'a line of JSON for each row',
      '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n',
      {},
      ['csv.not-csv: This is a JSON file, not a text table.'],
    ],
    [
      'single quotes',
      "'a','b'\n'1','x'\n'2','y'\n",
      {},
      ["csv.single-quotes: Values stand in single quotes, such as '2', which were read as part of them."],
    ],
    [
      'a header in single quotes',
      "'a'\t'b'\n1\tx\n2\ty\n",
      {},
      ["csv.single-quotes: Values stand in single quotes, such as 'a', which were read as part of them."],
    ],
    ['nothing about a single quote here and there', "a,b\n'1',x\n2,'y'\n", {}, []],
    [
      'spaces between values',
      'mpg cyl disp\n21 6 160\n22.8 4 108\n',
      {},
      ['csv.separator: The file was read as one column; its rows look separated by spaces, into 3 values each.'],
    ],
    ['nothing about a column of names', 'full name\nAda Lovelace\nPlato\nEmmy Noether\n', {}, []],
    [
      'long numbers',
      'n,m\n12345678901234567890,1\n',
      {},
      [
        'csv.digits-lost: "n" has numbers too long for a number, such as 12345678901234567890: their last digits are lost.',
      ],
    ],
    [
      'long numbers with a fraction',
      'n,m\n12345678901234567.89,0.10000000000000001\n',
      {},
      [
        'csv.digits-lost: "n" has numbers too long for a number, such as 12345678901234567.89: their last digits are lost.',
      ],
    ],
    [
      'dates with two meanings',
      'd,n\n03/04/2024,1\n05/06/2024,2\n',
      {},
      ['csv.ambiguous-date: "d" has dates such as 03/04/2024, which may be day first or month first.'],
    ],
    [
      'a stray quote in a tab-separated file',
      'a\tb\n1\t"x\n2\ty\n3\tz\n',
      {},
      ['csv.separator: The rows look separated by a tab, but were not read so.'],
    ],
    [
      'rows left out',
      'a,b\n1,2\n3\n4,5\n6\n',
      { raggedRows: 'skip', delimiter: 'comma' },
      ['csv.rows-left-out: 2 rows were left out, the first on line 3: Expected Number of Columns: 2 Found: 1.'],
    ],
    [
      'a header that does not look like one',
      'a;b;\nx;y;\nz;w;\n',
      {},
      [
        'csv.no-header: The first row (a, b, ) does not look like a header, so the columns are called column0, column1 and so on.',
      ],
    ],
    ['nothing about a header that is said', 'a;b;\nx;y;\nz;w;\n', { header: 'no' }, []],
    [
      'line ends of two kinds',
      'a,b\r\n1,x\r\n2,y\n',
      {},
      ['csv.strict: The rows are even, but line ends of two kinds or quotes in odd places stand between them.'],
    ],
    [
      'lines that would mostly be left out',
      'ok\n1\n2\n3\n4|x\n',
      {},
      ['csv.lines-skipped: Only the last lines look like a table: the first 4 lines would be left out.'],
    ],
    [
      'the line in the file, blank lines counted',
      'a,b\n\n\n1,2\n3\n',
      {},
      ['csv.ragged-row: Line 5 has 1 value instead of 2.'],
    ],
    ['nothing about a good file', 'a,b\n1,"x,y"\n2,z\n', {}, []],
    ['nothing about a single column of texts with commas', 'note\nhello, world\nbye\n"a, b"\n', {}, []],
    ['nothing about a header alone', 'a,b\n', {}, []],
  ])('%s', async (_, content, params, expected) => {
    expect(await inspect(content, params)).toEqual(expected);
  });
  it('offers the mend as one click', async () => {
    const [finding] = await inspectFile(spec, run, file(latin('name\ncaf\u00e9\n')), { file: 'x.csv' });
    expect(finding?.fixes).toEqual([
      { do: 'set', title: 'Read it as Latin-1', node: 'it', param: 'encoding', value: 'latin-1' },
    ]);
  });
});

describe('read.csv suggests an encoding', () => {
  const suggestions = async (content: Uint8Array, params: Record<string, unknown> = {}) =>
    (await inspectFile(spec, run, file(content), { file: 'x.csv', ...params }))[0]?.fixes?.map(
      (fix) => 'value' in fix && fix.value,
    );
  it('for what Excel saves in the West, with an apostrophe and a currency sign of Windows', async () => {
    expect((await suggestions(latin('name,n\nO\u0092Brien caf\u00e9 3 \u0080,1\n')))?.[0]).toBe('windows-1252');
    expect((await suggestions(latin('name,n\nO\u0092Brien,1\n'), { encoding: 'latin-1' }))?.[0]).toBe('windows-1252');
  });
  it('for a file that is packed, and in another script', async () => {
    const moscow = latin(
      'город,n\nМосква,1\n'.replaceAll(/[а-яА-Я]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x350)),
    );
    const path = file(gzipSync(moscow), 'moscow.csv.gz');
    const [finding] = await inspectFile(spec, run, path, { file: 'moscow.csv.gz' });
    expect(finding?.fixes?.[0]).toMatchObject({ title: 'Read it as Windows-1251', value: 'windows-1251' });
  });
  it('for letters far behind the head, when the read fails', async () => {
    const late = latin(`name,n\n${'abc,1\n'.repeat(30_000)}caf\u00e9,2\n`);
    const found = await explainFailure(spec, run, { files: { file: file(late) }, params: { file: 'x.csv' } });
    expect(found).toMatchObject({ code: 'csv.encoding', fixes: [{ param: 'encoding', value: 'latin-1' }] });
    expect(found?.message).toContain('line 30002');
  });
});

describe('read.csv explains a failure', () => {
  const explain = (content: string, params: Record<string, unknown> = {}) =>
    explainFailure(spec, run, { files: { file: file(content) }, params: { file: 'x.csv', ...params } });
  it('a late value of another type', async () => {
    expect(await explain(`a,b\n${'1,2\n'.repeat(25_000)}oops,5\n`)).toMatchObject({
      code: 'csv.late-value',
      message: 'Line 25,002 has "oops" in the column "a", which is a number everywhere before.',
      fixes: [{ param: 'missingWords' }, { param: 'types', value: { a: 'text' } }, { param: 'sampleRows', value: 0 }],
    });
  });
  it('a late row of another length', async () => {
    expect(await explain(`a,b\n${'1,2\n'.repeat(25_000)}1,2,3\n`)).toMatchObject({
      code: 'csv.ragged-row',
      message: 'Line 25002 has 3 values instead of 2.',
    });
  });
  it('a type for a column that the file does not have', async () => {
    expect(await explain('a,b\n1,2\n', { types: { c: 'text' } })).toMatchObject({ code: 'csv.no-such-column' });
  });
});

describe('read.csv checks its parameters', () => {
  it.each([
    [{}, ['param.empty']],
    [{ file: 'a.csv', delimiter: 'other' }, ['param.empty']],
    [{ file: 'a.csv', decimalMark: 'comma', thousandsMark: 'comma' }, ['csv.same-marks']],
    [{ file: 'a.csv', comment: '//' }, ['csv.comment']],
    [{ file: 'a.csv' }, []],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params).map((f) => f.code)).toEqual(codes);
  });
  it('says itself by the file’s name', () => {
    expect(spec.summary(spec.params.parse({ file: 'data/customers.csv' }))).toBe('read customers.csv');
  });
});
