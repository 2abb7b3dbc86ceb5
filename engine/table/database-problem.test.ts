import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { Database } from './database.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-words-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what DuckDB refuses is told without its settings and without the place of a file on this machine', async () => {
  const at = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const [typed, twice, large, cut, csv, long] = [
    at('typed.json', '{"a":1}\n{"a":"x"}\n'),
    at('twice.json', '\n\n{"a":1}\n{"a":1,"a":2}\n'),
    at('large.json', `{"a":1}\n{"a":"${'x'.repeat(34 * 2 ** 20)}"}\n`),
    at('cut.parquet', Buffer.from(`PAR1${'\0'.repeat(20)}\u007f\u007f\u007f\u007fPAR1`, 'latin1')),
    at('table.csv', 'a,b\n1,2\n'),
    at('long.csv', `a,b\n1,2\n${'x'.repeat(3_000_000)},1\n`),
  ];
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 2 ** 29,
    tempFolder: null,
    allowed: [typed, twice, large, cut, csv, long],
  });
  const cases: [query: string, code: string, says: RegExp][] = [
    [
      `SELECT * FROM read_json('${typed}', format = 'newline_delimited', columns = {a: 'INTEGER'})`,
      'json.unfit-value',
      /^Row 2 of "typed\.json" has "x", which is no number\.$/,
    ],
    [
      `SELECT * FROM read_json('${twice}', format = 'newline_delimited')`,
      'json.duplicate-key',
      /^Row 2 of "twice\.json" has the key "a" twice\.$/,
    ],
    [
      `SELECT count(a) FROM read_json('${large}', format = 'newline_delimited', columns = {a: 'VARCHAR'})`,
      'json.too-large',
      /^One row or value of "large\.json" has more than 16 MB\.$/,
    ],
    [
      `SELECT ${Array.from({ length: 1500 }, () => '1').join(' + ')}`,
      'sql.too-deep',
      /^The expression has more than 1000 steps/,
    ],
    [`SELECT * FROM read_parquet('${cut}')`, 'parquet.unreadable', /^"cut\.parquet" is not a whole Parquet file\.$/],
    [`SELECT * FROM read_csv('${csv}', delim = '😀😀')`, 'csv.too-long-sign', /^The separator has more than 4 bytes:/],
    [`SELECT * FROM read_csv('${long}')`, 'csv.long-line', /^Line [\d,]+ is longer than 2 MB\.$/],
    [`SELECT * FROM read_csv('${csv}', dateformat = '%Q')`, 'date.format', /^"%Q" stands for no part of a date/],
    [
      `SELECT * FROM read_csv('${csv}', timestampformat = '%d%')`,
      'date.format',
      /^A format of dates and times ends with %/,
    ],
    [`SELECT strptime(a::VARCHAR, '%d %Q') FROM read_csv('${csv}')`, 'date.format', /^"%Q" stands for no part/],
  ];
  for (const [query, code, says] of cases) {
    const thrown: unknown = await database.query(query).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FlowyardError);
    if (!(thrown instanceof FlowyardError)) continue;
    expect([thrown.code, thrown.problem.message]).toEqual([code, expect.stringMatching(says)]);
    expect(thrown.message).not.toMatch(
      /[\\/]flowyard-words|max_expression|auto_detect|DATEFORMAT|strptime|max_line_size/,
    );
  }
});
