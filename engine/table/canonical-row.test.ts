import { expect, it } from 'vitest';
import { hashOf } from '../../shared/table/canonical-row.ts';
import { Database } from './database.ts';

const options = { threads: 2, memoryBytes: 2 ** 30, tempFolder: null, allowed: [] };
const columns = [
  { name: 'whole', type: 'BIGINT' },
  { name: 'decimal', type: 'DOUBLE' },
  { name: 'text', type: 'VARCHAR' },
  { name: 'yes', type: 'BOOLEAN' },
  { name: 'day', type: 'DATE' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'zoned', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'money', type: 'DECIMAL(18,2)' },
];
const row = `SELECT 7::BIGINT AS whole, 0.1::DOUBLE AS decimal, 'Łódź, a text of more than twelve letters' AS text, true AS yes, DATE '2024-02-29' AS day,
  TIMESTAMP '2024-02-29 13:14:15.123456' AS at, TIMESTAMPTZ '2024-02-29 13:14:15+02' AS zoned, 12.30::DECIMAL(18,2) AS money`;
const nothing = `SELECT ${columns.map((c) => `NULL::${c.type} AS "${c.name}"`).join(', ')}`;

it('keeps its values: an upgrade of DuckDB that changes them would divide every table anew', async () => {
  await using database = await Database.open(options);
  const hash = hashOf(columns, 3, 'row').render();
  const hashes = await database.query(
    `SELECT CAST(${hash} AS VARCHAR) AS h FROM (${row}) UNION ALL SELECT CAST(${hash} AS VARCHAR) FROM (${nothing})`,
  );
  expect(hashes.map((r) => r['h'])).toEqual([
    '111154283115505997207450339195957653658',
    '55399949104504149858135756811697774288',
  ]);
});

it.each([
  ['-0 and 0', 'DOUBLE', ['-0.0::DOUBLE', '0.0::DOUBLE']],
  ['NaN of any sign', 'DOUBLE', [`'nan'::DOUBLE`, `-('nan'::DOUBLE)`]],
  [
    'one instant in two zones',
    'TIMESTAMP WITH TIME ZONE',
    [`'2024-01-01 12:00:00+00'::TIMESTAMPTZ`, `'2024-01-01 14:00:00+02'::TIMESTAMPTZ`],
  ],
])('takes %s for one value', async (_, type, values) => {
  await using database = await Database.open(options);
  const hash = hashOf([{ name: 'x', type }], 0, 'row').render();
  const found = await database.query(
    `SELECT count(DISTINCT ${hash}) AS n FROM (VALUES ${values.map((v) => `(${v})`).join(', ')}) AS t(x)`,
  );
  expect(Number(found[0]?.['n'])).toBe(1);
});

it('counts a whole number by its value, not by its width', async () => {
  await using database = await Database.open(options);
  const hashes = await Promise.all(
    ['TINYINT', 'INTEGER', 'BIGINT', 'UINTEGER'].map((type) =>
      database.scalar(
        `SELECT CAST(${hashOf([{ name: 'x', type }], 0, 'row').render()} AS VARCHAR) FROM (SELECT 42::${type} AS x)`,
      ),
    ),
  );
  expect(new Set(hashes).size).toBe(1);
});

it('tells apart what looks alike: values in other columns, missing and empty, infinities', async () => {
  await using database = await Database.open(options);
  const two = [
    { name: 'a', type: 'VARCHAR' },
    { name: 'b', type: 'VARCHAR' },
  ];
  const texts = `(VALUES ('x', 'y'), ('y', 'x'), ('xy', ''), ('', 'xy'), ('xy', NULL), (NULL, 'xy'), (NULL, NULL), ('', '')) AS t(a, b)`;
  expect(Number(await database.scalar(`SELECT count(DISTINCT ${hashOf(two, 0, 'row').render()}) FROM ${texts}`))).toBe(
    8,
  );
  const instant = [{ name: 'x', type: 'TIMESTAMPTZ' }];
  const instants = `(VALUES ('infinity'::TIMESTAMPTZ), ('-infinity'), (NULL), ('2024-01-01')) AS t(x)`;
  expect(
    Number(await database.scalar(`SELECT count(DISTINCT ${hashOf(instant, 0, 'row').render()}) FROM ${instants}`)),
  ).toBe(4);
});
