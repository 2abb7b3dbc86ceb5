import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRun, loadSpecs } from '../../../../nodes/runs.ts';
import type { AnyRun } from '../../../../shared/capabilities.ts';
import { validate } from '../../../../shared/pipeline/parse.ts';
import { buildGraph } from '../../../graph/graph.ts';
import { findParting, groupFiles, partsByMemory } from './parting.ts';
import { sayParting } from '../../say-parting.ts';

type Sketch = Record<string, [kind: string, params?: Record<string, unknown>]>;

/** What is said of a graph whose readers "a" and "b" have four and two parts. */
async function partingOf(nodes: Sketch, wires: string[], to: string | null = null) {
  const file = validate({
    flowyard: 1,
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, [kind, params = {}]]) => [id, { kind, params }])),
    wires,
  });
  const graph = buildGraph(file, await loadSpecs(), {});
  const runs = new Map<string, AnyRun>();
  for (const { kind } of graph.nodes.values()) runs.set(kind, await loadRun(kind));
  const readers = new Map(
    [
      ['a', 4],
      ['b', 2],
    ].filter(([id]) => nodes[String(id)] !== undefined) as [string, number][],
  );
  const parting = findParting({ graph, runs, readers, inFolds: new Set(), to });
  return {
    parting,
    said: Object.fromEntries(sayParting(graph, parting).map(({ node, text }) => [node, text])),
  };
}
const parquet = (file: string): [string, Record<string, unknown>] => ['read.parquet', { file }];
const sums = { by: ['g'], aggregates: [{ function: 'sum', column: 'x' }] };

describe('what is computed in parts', () => {
  it('row by row up to the values of groups; what follows them has the whole', async () => {
    const { parting, said } = await partingOf(
      {
        a: parquet('a/*.parquet'),
        kept: ['clean.filter', { expression: 'x > 1' }],
        more: ['clean.derive', { columns: [{ name: 'y', expression: 'x * 2' }] }],
        sums: ['combine.aggregate', sums],
        sorted: ['combine.sort', { keys: [{ column: 'g' }] }],
      },
      ['a.rows -> kept.rows', 'kept.rows -> more.rows', 'more.rows -> sums.rows', 'sums.rows -> sorted.rows'],
    );
    expect([...parting.nodes.keys()]).toEqual(['a', 'kept', 'more', 'sums']);
    expect(parting.nodes.get('sums')).toMatchObject({ parts: 4, form: 'merge', ends: true, ownKey: false });
    expect(said).toEqual({ sums: '4 parts, merged' });
  });
  it('a small table beside each part; two tables in parts cannot be joined, but appended', async () => {
    const join = (wires: string[]) =>
      partingOf(
        {
          a: parquet('a/*.parquet'),
          b: parquet('b/*.parquet'),
          small: ['read.csv', { file: 'small.csv' }],
          joined: ['combine.join', { keys: [{ left: 'g', right: 'g' }] }],
          sums: ['combine.aggregate', sums],
        },
        [...wires, 'joined.rows -> sums.rows'],
      );
    expect((await join(['a.rows -> joined.left', 'small.rows -> joined.right'])).said).toEqual({
      sums: '4 parts, merged',
    });
    expect((await join(['a.rows -> joined.left', 'b.rows -> joined.right'])).said['joined']).toMatch(
      /both of its tables lie in parts/,
    );
    // A left join keeps every row of the left: the parts of the right do not know which found none.
    expect((await join(['small.rows -> joined.left', 'b.rows -> joined.right'])).said['joined']).toMatch(
      /its input "right" has to be whole/,
    );
    const { said } = await partingOf(
      {
        a: parquet('a/*.parquet'),
        b: parquet('b/*.parquet'),
        both: ['combine.append'],
        sums: ['combine.aggregate', sums],
      },
      ['a.rows -> both.rows', 'b.rows -> both.rows', 'both.rows -> sums.rows'],
    );
    expect(said).toEqual({ sums: '4 parts, merged' });
  });
  it.each<[string, Sketch[string], RegExp]>([
    [
      'a median',
      ['combine.aggregate', { aggregates: [{ function: 'median', column: 'x' }] }],
      /the median needs all values/,
    ],
    [
      'a window',
      ['clean.derive', { columns: [{ name: 'r', expression: 'row_number() OVER (ORDER BY x)' }] }],
      /a formula looks at other rows/,
    ],
    [
      'a query inside a condition',
      ['clean.filter', { expression: 'x > (SELECT 1)' }],
      /its condition looks at other rows/,
    ],
    ['a sample', ['combine.sample', {}], /"Sample rows" – it needs all rows at once/],
    ['duplicates', ['clean.duplicates', {}], /it needs all rows at once/],
    ['Split', ['split.rows', { target: 'g' }], /it needs all rows at once/],
    ['SQL', ['combine.sql', { query: 'SELECT count(*) FROM rows' }], /it needs all rows at once/],
  ])('%s is one query, and says why', async (_, node, reason) => {
    const { parting, said } = await partingOf({ a: parquet('a/*.parquet'), it: node }, ['a.rows -> it.rows']);
    expect(said['it']).toMatch(reason);
    expect(parting.nodes.size).toBe(0);
  });
  it('rows are put together where a node needs them whole, unless they were only read', async () => {
    const { parting, said } = await partingOf(
      { a: parquet('a/*.parquet'), kept: ['clean.filter', { expression: 'x > 1' }], some: ['combine.sample', {}] },
      ['a.rows -> kept.rows', 'kept.rows -> some.rows'],
    );
    expect(said['kept']).toBe('4 parts, put together in their order');
    // The sample's input is the very rows of one query, in their order: no key changes.
    expect(parting.nodes.get('kept')).toMatchObject({ ends: true, ownKey: false });
    // Stored itself, its bytes would be other ones.
    const end = await partingOf({ a: parquet('a/*.parquet'), kept: ['clean.filter', { expression: 'x > 1' }] }, [
      'a.rows -> kept.rows',
    ]);
    expect(end.parting.nodes.get('kept')).toMatchObject({ ends: true, ownKey: true });
  });
  it('a standard deviation has a key of its own', async () => {
    const { parting } = await partingOf(
      {
        a: parquet('a/*.parquet'),
        it: ['combine.aggregate', { aggregates: [{ function: 'standard-deviation', column: 'x' }] }],
      },
      ['a.rows -> it.rows'],
    );
    expect(parting.nodes.get('it')).toMatchObject({ form: 'merge', ownKey: true });
  });
  it('what was merged is not joined back in parts', async () => {
    const { said } = await partingOf(
      {
        a: parquet('a/*.parquet'),
        sums: ['combine.aggregate', sums],
        back: ['combine.join', { keys: [{ left: 'g', right: 'g' }] }],
      },
      ['a.rows -> sums.rows', 'a.rows -> back.left', 'sums.rows -> back.right'],
    );
    expect(said['sums']).toBe('4 parts, merged');
    expect(said['back']).toMatch(/it also needs the merged result of "Aggregate"/);
  });
});

describe('groups of files', () => {
  it('each file once, in order, in as many groups as asked for, none empty', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, parts) => {
          const files = sizes.map((bytes, i) => ({ bytes, i }));
          const groups = groupFiles(files, parts);
          expect(groups.flat()).toEqual(files);
          expect(groups).toHaveLength(Math.min(parts, files.length));
          expect(groups.every((group) => group.length > 0)).toBe(true);
        },
      ),
    );
  });
  it('equal files make equal groups', () => {
    const files = Array.from({ length: 12 }, () => ({ bytes: 10 }));
    expect(groupFiles(files, 4).map((g) => g.length)).toEqual([3, 3, 3, 3]);
  });
  it('by memory: as many as keep each below a quarter of it', () => {
    const files = Array.from({ length: 100 }, () => ({ bytes: 100 }));
    expect([0, 20_000, 8000, 10].map((memory) => partsByMemory(files, memory))).toEqual([1, 1, 5, 100]);
  });
});
