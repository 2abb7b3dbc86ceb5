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
    [
      'a fraction among whole numbers',
      late('2.5', '7'),
      'which is not a whole number; the rows that were looked at have only whole numbers there.',
    ],
    [
      'a small power',
      late('1e-3', '7'),
      'which is not a whole number; the rows that were looked at have only whole numbers there.',
    ],
    [
      'zeros in front, as names have',
      late('00123', '7'),
      'which is not a whole number; the rows that were looked at have only whole numbers there.',
    ],
    [
      'a time of day among dates',
      late('2024-01-05 10:00:00', '2024-02-03'),
      'which is not a date without a time; the rows that were looked at have only dates without times there.',
    ],
    [
      'words behind a date',
      late('2024-01-05 or so', '2024-02-03'),
      'which is not a date without a time; the rows that were looked at have only dates without times there.',
    ],
    [
      'another zone',
      late('2024-01-05 10:00:00+02', '2024-02-03 01:02:03'),
      'which is not a date and time without a zone; the rows that were looked at have only dates and times without zones there.',
    ],
    [
      'no zone among times with one',
      late('2024-01-05 10:00:00', '2024-02-03 01:02:03+02:00'),
      'which is not a time with a zone; the rows that were looked at have only times with zones there.',
    ],
    [
      'a date among times with a zone',
      late('2024-01-05', '2024-02-03T01:02:03Z'),
      'which is not a time with a zone; the rows that were looked at have only times with zones there.',
    ],
    ...['0x10', '0b11', '1_000'].map((value): [string, ReturnType<typeof late>, string] => [
      `${value}, as names have`,
      late(value, '7'),
      'which is not a whole number; the rows that were looked at have only whole numbers there.',
    ]),
    [
      'a day before a time of day',
      late('2024-01-05 10:00:00', '10:00:00'),
      'which is not a time of day alone; the rows that were looked at have only times of day there.',
    ],
    [
      'a fraction for a type that was set',
      late('2.5', '7', { types: { x: 'integer' } }),
      'which is not a whole number.',
    ],
    [
      'digits beyond those of a type',
      late('2.555', '7.25', { types: { x: 'DECIMAL(18,2)' } }),
      'which is not a number with as few digits as DECIMAL(18,2) has.',
    ],
    [
      'digits behind a decimal comma',
      late('"2,555"', '"7,25"', { delimiter: 'comma', decimalMark: 'comma', types: { x: 'DECIMAL(18,2)' } }),
      'which is not a number with as few digits as DECIMAL(18,2) has.',
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
  it.each([
    ['"12,34"', '"1,234"', { delimiter: 'comma', thousandsMark: 'comma' }],
    ['20.5', '1.234', { delimiter: 'comma', decimalMark: 'comma', thousandsMark: 'point' }],
  ])('a mark between thousands that stands elsewhere among whole numbers: %s', async (value, usual, given) => {
    const [found] = await verify(...late(value, usual, { ...given, types: { x: 'integer' } }));
    expect(found).toMatchObject({ code: 'csv.thousands', column: 'x', facts: { row: 25_001, rows: 1 } });
  });
  it.each([
    ['20.5', '"1.234,25"', { delimiter: 'comma', decimalMark: 'comma', thousandsMark: 'point' }],
    ['"1,23"', '"1,234.5"', { delimiter: 'comma', thousandsMark: 'comma' }],
  ])('a mark between thousands that stands elsewhere among fractions: %s', async (value, usual, given) => {
    const [found] = await verify(...late(value, usual, { ...given, types: { x: 'number' } }));
    expect(found).toMatchObject({ code: 'csv.thousands', column: 'x', facts: { row: 25_001, rows: 1 } });
  });
  it('fractions with a mark between thousands are read, and too large ones found', async () => {
    const marks = { delimiter: 'comma', decimalMark: 'comma', thousandsMark: 'point', types: { x: 'number' } };
    expect(await verify(...late('"12.345.678,5"', '"1.234,25"', marks))).toEqual([]);
    expect(await verify(...late('1e400', '"1.234,25"', marks))).toMatchObject([
      { column: 'x', facts: { row: 25_001 } },
    ]);
  });
  it('thousands as India writes them are read', async () => {
    const [content, params] = late('"1,23,456"', '"1,234"', { delimiter: 'comma', thousandsMark: 'comma' });
    expect(await verify(content, params)).toEqual([]);
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
      'Row 25,001 has "2.5" in the column "x", which is not a whole number; the rows that were looked at have only whole numbers there, and 2 more rows are like that.',
    );
  });
  it.each([
    ['1e400', {}],
    ['-1e400', {}],
    [`1${'0'.repeat(310)}.5`, {}],
    ['1e400', { types: { x: 'number' } }],
    ['1e39', { types: { x: 'FLOAT' } }],
    ['"1,5e400"', { delimiter: 'comma', decimalMark: 'comma' }],
  ])('and refuses a number beyond all numbers, near and far: %s %j', async (value, params) => {
    const usual = 'decimalMark' in params ? '"1,5"' : '1.5';
    const near = file(`n,x\n${`1,${usual}\n`.repeat(9)}1,${value}\n1,${value}\n`);
    const far = file(`n,x\n${`1,${usual}\n`.repeat(25_000)}1,${value}\n`);
    for (const [path, how, facts, at] of [
      [near, 'inspect', { line: 11 }, 'Line 11'],
      [far, 'verify', { row: 25_001, rows: 1 }, 'Row 25,001'],
    ] as const) {
      const [found] = await inspectFile(spec, run, path, { file: 'x.csv', ...params }, how);
      expect(found).toMatchObject({ code: 'csv.beyond-numbers', column: 'x', facts });
      expect(found?.severity).toBeUndefined();
      expect(found?.message).toMatch(
        new RegExp(`^${at} has "-?1[^"]*" in the column "x", which no number can hold: it would be infinite`),
      );
      expect(found?.fixes).toEqual([expect.objectContaining({ value: expect.objectContaining({ x: 'text' }) })]);
    }
  });
  it('and takes what the file itself calls infinite, and large numbers', async () => {
    const content = `n,x\n${'1,1.5\n'.repeat(25_000)}1,inf\n1,-Infinity\n1,1e308\n1,1e-400\n`;
    expect(await verify(content)).toEqual([]);
    expect((await read(content)).rows.slice(-4).map((row) => row['x'])).toEqual([Infinity, -Infinity, 1e308, 0]);
  });
  it('and names numbers whose last digits are lost where they come late', async () => {
    const usual = `n,x\n${'1,1.5\n'.repeat(25_000)}`;
    expect(await verify(`${usual}1,9007199254740993\n`)).toMatchObject([
      {
        code: 'csv.digits-lost',
        severity: 'warning',
        column: 'x',
        message: '"x" has numbers too long for a number, such as 9007199254740993: their last digits are lost.',
        fixes: [{ value: { x: 'text' } }],
      },
    ]);
    expect(await verify(`${usual}1,9007199254740992\n1,1e300\n`)).toEqual([]);
    expect(await verify(`${usual}1,9007199254740993\n`, { types: { x: 'number' } })).toEqual([]);
    // Said of the head already.
    expect(await verify(`n,x\n1,9007199254740993\n${'1,1.5\n'.repeat(25_000)}1,9007199254740995\n`)).toEqual([]);
  });
  it.each([
    ['2024-01-05 10:00:00.123456789', '2024-01-05 10:00:00', 'TIMESTAMP_NS'],
    ['2024-01-05T10:00:00.123456789Z', '2024-01-05T10:00:00Z', undefined],
    ['10:00:00.1234567', '10:00:00', undefined],
  ])('and names times of more digits than microseconds, near and far: %s', async (value, usual, holds) => {
    const reported = {
      code: 'csv.digits-lost',
      severity: 'warning',
      column: 'x',
      message: `"x" has times with more digits than microseconds have, such as ${value}: the last are lost.`,
    };
    const near = file(`n,x\n${`1,${usual}\n`.repeat(9)}1,${value}\n`);
    const [found, ...others] = await inspectFile(spec, run, near, { file: 'x.csv' });
    expect([found, others]).toMatchObject([reported, []]);
    expect(found?.fixes?.map((fix) => (fix.do === 'set' ? fix.value : undefined))).toEqual([
      { x: 'text' },
      ...(holds === undefined ? [] : [{ x: holds }]),
    ]);
    const far = `n,x\n${`1,${usual}\n`.repeat(25_000)}1,${value}\n`;
    expect(await verify(far)).toMatchObject([reported]);
    for (const fix of found?.fixes ?? []) {
      if (fix.do !== 'set') continue;
      const params = { [fix.param]: fix.value };
      expect(await verify(far, params)).toEqual([]);
      expect(String((await read(far, params)).rows.at(-1)?.['x'])).toContain('.1234567');
    }
    expect(await verify(`n,x\n${`1,${usual}\n`.repeat(9)}1,${value.replace(/(\.\d{6})\d*/, '$1000')}\n`)).toEqual([]);
  });
});
