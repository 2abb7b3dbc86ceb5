/** The rules by which a request's texts are read, and DuckDB's CSV reader: both are asked about the same cells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Database } from '../../../engine/table/database.ts';
import { cannotBeRead, readCell } from '../../../shared/table/cell-reading.ts';
import { literal, raw } from '../../../shared/sql.ts';
import { readCsv } from './read-csv-sql.ts';
import { spec } from './spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

// prettier-ignore
const cells = [
  'Yes', 'no', 'true', 'TRUE', 'T', 'y', 'on', '1', '0', '2', '2.0', '2.5', '1e3', '1e-3', ' 3', '3 ', '+4', '-5', '.5', '5.', '1,5', '1.234,5', '1.234', '1,234', '1,234.5',
  '1_000', 'nan', 'NaN', 'inf', '-inf', '$5', '5%', '', 'NA', 'n/a', '2024-01-05', '2024-1-5', '05.01.2024', '5.1.2024', '01/02/2024', '2024-01-05 10:00:00',
  '2024-01-05T10:00:00', '2024-01-05T10:00:00Z', '2024-01-05 10:00:00+02', '05.01.2024 10:30', '10:00', '10:00:00', '10:00:00.5', '1e400', '99999999999999999999',
  '-0', '0.1', '0.30000000000000004', '1/2', '2024/01/05', '12:30:00+02', '1e30', '1 234', '1 234,5', '+1.5', '−5', '00012', '1e', '--1', "1'234", '31.02.2024', 'yesterday',
];
const columnTypes = [
  'BOOLEAN',
  'BIGINT',
  'INTEGER',
  'HUGEINT',
  'DOUBLE',
  'FLOAT',
  'DECIMAL(18,2)',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'VARCHAR',
];

/** What DuckDB's reader takes for a value of the type, and is another. */
const fractions = ['2.5', '1e-3', '.5', '1.234', '0.1', '0.30000000000000004', '+1.5'];
const changedCells: Readonly<Record<string, readonly string[]>> = {
  BIGINT: fractions,
  INTEGER: fractions,
  HUGEINT: fractions,
  DOUBLE: ['1e400'],
  FLOAT: ['1e400'],
  'DECIMAL(18,2)': ['1e-3', '1.234', '0.30000000000000004'],
  DATE: ['2024-01-05 10:00:00', '2024-01-05T10:00:00', '2024-01-05T10:00:00Z', '2024-01-05 10:00:00+02'],
  TIME: [
    '2024-01-05',
    '2024-1-5',
    '2024-01-05 10:00:00',
    '2024-01-05T10:00:00',
    '2024-01-05T10:00:00Z',
    '2024-01-05 10:00:00+02',
    '2024/01/05',
    '12:30:00+02',
  ],
  TIMESTAMP: ['2024-01-05 10:00:00+02'],
};

test.each<[string, Record<string, unknown>]>([
  ['as it is', {}],
  ['with a decimal comma', { decimalMark: 'comma' }],
  ['with a decimal comma and points between thousands', { decimalMark: 'comma', thousandsMark: 'point' }],
  ['with commas between thousands', { thousandsMark: 'comma' }],
  ['with spaces between thousands', { decimalMark: 'comma', thousandsMark: 'space' }],
  ['with formats of dates', { dateFormat: '%d.%m.%Y', timestampFormat: '%d.%m.%Y %H:%M' }],
  ['with words of its own for missing', { missingWords: ['n/a', 'Yes'] }],
])('every cell means what the CSV reader reads, or is refused: %s', async (_name, given) => {
  const params = spec.params.parse({ file: 'x.csv', delimiter: 'pipe', header: 'yes', ...given });
  const path = join(folder, 'cells.csv');
  writeFileSync(path, `place|cell\n${cells.map((cell, i) => `${i}|"${cell}"`).join('\n')}\n`);
  await using database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [path] });
  for (const type of columnTypes) {
    // Without a look at the rows: of cells of all sorts a look makes texts, which are then cast and not read.
    const columns = raw(`{place: 'BIGINT', cell: '${type}'}`);
    const reader = readCsv(path, { ...params, raggedRows: 'skip' }, { auto_detect: raw('false'), columns });
    const rows = await database.query(`SELECT place, CAST(cell AS VARCHAR) AS value FROM ${reader.render()}`);
    // What the reader cannot read is left out of its rows here, or NULL for the types that it casts afterwards.
    const read = new Map(rows.map((row) => [Number(row['place']), row['value'] ?? null]));
    const asked = await database.query(
      `SELECT place, CAST(${readCell(params, type, 'cell')} AS VARCHAR) AS value, ${cannotBeRead(params, type, 'cell')} AS bad FROM (VALUES ${cells.map((cell, i) => `(${i}, ${literal(cell)})`).join(', ')}) AS v(place, cell)`,
    );
    const said = Object.fromEntries(
      asked.map((row) => [cells[Number(row['place'])], row['bad'] === true ? 'refused' : (row['value'] ?? null)]),
    );
    const changed: string[] = [];
    const wanted = cells.map((cell, i) => {
      const value = read.get(i);
      if (value === undefined || (value === null && !params.missingWords.includes(cell))) return [cell, 'refused'];
      // The reader changes what the type cannot hold: here it is refused.
      if (said[cell] !== 'refused') return [cell, value];
      changed.push(cell);
      return [cell, 'refused'];
    });
    expect([type, said]).toEqual([type, Object.fromEntries(wanted)]);
    if (Object.keys(given).length === 0) expect([type, changed]).toEqual([type, changedCells[type] ?? []]);
  }
});
