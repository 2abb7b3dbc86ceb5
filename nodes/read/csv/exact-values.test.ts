import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectFile, runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-exact-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (content: string): string => {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, content);
  return path;
};
const verify = (content: string, params: Record<string, unknown> = {}) =>
  inspectFile(spec, run, file(content), { file: 'x.csv', ...params }, 'verify');
const read = (content: string, params: Record<string, unknown> = {}) =>
  runSql(spec, run, { files: { file: file(content) }, params: { file: 'x.csv', ...params } });

describe('read.csv changes no value that comes after the rows looked at', () => {
  const late = (value: string, usual: string, params: Record<string, unknown> = {}) =>
    [`n,x\n${`1,${usual}\n`.repeat(25_000)}1,${value}\n`, params] as const;
  it.each<[string, ReturnType<typeof late>, string]>([
    ['a fraction among whole numbers', late('2.5', '7'), 'which is no whole number, as the rows looked at have there.'],
    ['a small power', late('1e-3', '7'), 'which is no whole number, as the rows looked at have there.'],
    [
      'zeros in front, as names have',
      late('00123', '7'),
      'which is no whole number, as the rows looked at have there.',
    ],
    [
      'a time of day among dates',
      late('2024-01-05 10:00:00', '2024-02-03'),
      'which is no date alone, as the rows looked at have there.',
    ],
    [
      'words behind a date',
      late('2024-01-05 or so', '2024-02-03'),
      'which is no date alone, as the rows looked at have there.',
    ],
    [
      'another zone',
      late('2024-01-05 10:00:00+02', '2024-02-03 01:02:03'),
      'which is no date and time without a zone, as the rows looked at have there.',
    ],
    [
      'no zone among times with one',
      late('2024-01-05 10:00:00', '2024-02-03 01:02:03+02:00'),
      'which is no time with a zone, as the rows looked at have there.',
    ],
    [
      'a date among times with a zone',
      late('2024-01-05', '2024-02-03T01:02:03Z'),
      'which is no time with a zone, as the rows looked at have there.',
    ],
    [
      'a day before a time of day',
      late('2024-01-05 10:00:00', '10:00:00'),
      'which is no time of day alone, as the rows looked at have there.',
    ],
    ['a fraction for a type that was set', late('2.5', '7', { types: { x: 'integer' } }), 'which is no whole number.'],
    [
      'digits beyond those of a type',
      late('2.555', '7.25', { types: { x: 'DECIMAL(18,2)' } }),
      'which is no number with as few digits as DECIMAL(18,2) has.',
    ],
    [
      'digits behind a decimal comma',
      late('"2,555"', '"7,25"', { delimiter: 'comma', decimalMark: 'comma', types: { x: 'DECIMAL(18,2)' } }),
      'which is no number with as few digits as DECIMAL(18,2) has.',
    ],
  ])('%s', async (_, [content, params], which) => {
    const [found] = await verify(content, params);
    expect(found).toMatchObject({ code: 'csv.inexact-value', column: 'x', facts: { row: 25_001, rows: 1 } });
    expect(found?.message).toMatch(/^Row 25,001 has "/);
    expect(found?.message).toContain(which);
    const [fix] = found?.fixes ?? [];
    const mended = fix?.do === 'set' ? { ...params, [fix.param]: fix.value } : {};
    expect(await verify(content, mended)).toEqual([]);
    expect((await read(content, mended)).rows).toHaveLength(25_001);
  });
  it.each<[string, ReturnType<typeof late>, unknown]>([
    ['a whole number with a point', late('2.0', '7'), 2n],
    ['a power', late('1e3', '7'), 1000n],
    ['a sign, spaces', late(' +4 ', '7'), 4n],
    ['all digits', late('9007199254740993', '7'), 9_007_199_254_740_993n],
    ['zeros in front where whole numbers were asked for', late('00123', '7', { types: { x: 'integer' } }), 123n],
    ['a date of short parts', late('2024-1-5', '2024-02-03'), '2024-01-05'],
    ['midnight as a date', late('2024-01-05 00:00:00', '2024-02-03'), '2024-01-05'],
    ['a date among dates with times', late('2024-01-05', '2024-02-03 01:02:03'), '2024-01-05 00:00:00'],
    ['the zone of all', late('2024-01-05T10:00:00Z', '2024-02-03 01:02:03'), '2024-01-05 10:00:00'],
    ['zeros behind the digits of a type', late('2.500', '7.25', { types: { x: 'DECIMAL(18,2)' } }), 2.5],
    ['days of another order', late('05.01.2024', '03.02.2024'), '2024-01-05'],
  ])('and takes %s', async (_, [content, params], value) => {
    expect(await verify(content, params)).toEqual([]);
    expect((await read(content, params)).rows.at(-1)).toEqual({ n: 1n, x: value });
  });
  it('and counts the rows', async () => {
    const [found] = await verify(`n,x\n${'1,7\n'.repeat(25_000)}1,2.5\n1,7\n1.5,3\n1,-0.5\n`);
    expect(found?.message).toBe(
      'Row 25,001 has "2.5" in the column "x", which is no whole number, as the rows looked at have there, and 2 more rows are like that.',
    );
  });
});
