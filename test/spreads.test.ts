import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { append, largest, lengthOf, smallest } from '../shared/append.ts';

/** What works on rows, columns, categories or numbers of a network: any of these may be millions. */
const rooms = [
  'methods/{decoder,evaluation,finetune,linear,preparation,statistics,text,training}/**/*.ts',
  'nodes/{evaluate,prepare}/**/*.ts',
  'nodes/language/retrieve/*.ts',
  'shared/sql.ts',
];
/** Each element would be an argument, and from about 100,000 on the stack is full. */
const spread = /\b(Math\.(max|min|hypot)|\w+\.(push|unshift)|fromCharCode|fromCodePoint)\((\.\.\.|[^()[\]]*, \.\.\.)/;

test('no value of a table is handed over as an argument of its own', () => {
  const root = join(import.meta.dirname, '..');
  const found = rooms
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((line, i) => (spread.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
  expect(found, 'shared/append.ts has append, largest, smallest and lengthOf').toEqual([]);
});

test('a million values are put behind others, compared and measured', () => {
  const values = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003);
  const all = [1];
  append(all, values);
  expect(all).toHaveLength(1_000_001);
  expect([smallest(values), largest(values)]).toEqual([0, Math.max(...values.slice(0, 1000), 1_000_002)]);
  expect([smallest([]), largest([])]).toEqual([Infinity, -Infinity]);
  for (const few of [
    [3, 4],
    [1e300, -1e300],
    [0, -0],
    [0.1, 0.2, 0.3, 1e-200],
    [Infinity, 1],
    [Number.NaN, 1],
    values.slice(0, 50_000),
  ])
    expect(lengthOf(few)).toBe(Math.hypot(...few));
});
