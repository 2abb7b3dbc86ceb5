import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report, type ChartBlock } from '../../../shared/report.ts';
import { openBench, type BenchTable, type NodeBench } from '../../../test/support/node-bench.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const few = `SELECT * FROM (VALUES (1, 'a', 1.0::DOUBLE, DATE '2024-01-01'), (2, 'a', 3, DATE '2024-01-02'), (3, 'b', 5, DATE '2024-01-02'), (4, NULL, NULL, NULL), (5, 'b', 'NaN', NULL)) AS t(i, g, v, d)`;
async function draw(rows: BenchTable, params: Record<string, unknown>): Promise<ChartBlock> {
  const made = (await tryTask(spec, run, params, { tables: { rows } })).reports['report'];
  const block = report.parse(made).blocks[0];
  if (block?.type !== 'chart') throw new Error('no chart');
  return block;
}

describe('explore.chart', () => {
  it('a histogram counts every value once, in bins of round widths', async () => {
    const rows = await bench.table('t', 'SELECT (i % 100) / 10.0 AS x FROM range(1000) AS r(i)');
    const { data, mark } = await draw(rows, { mark: 'histogram', x: 'x' });
    expect(mark).toBe('histogram');
    expect(data['from']).toEqual(Array.from({ length: data['from']?.length ?? 0 }, (_, i) => i));
    expect(data['count']).toEqual(Array.from({ length: 10 }, () => 100));
  });

  it('a histogram of one value, and of none', async () => {
    expect((await draw(await bench.table('t', 'SELECT 7 AS x FROM range(3)'), { x: 'x' })).data).toEqual({
      from: [6.5],
      to: [7.5],
      count: [3],
    });
    expect((await draw(await bench.table('t', 'SELECT 7 AS x LIMIT 0'), { x: 'x' })).data).toEqual({
      from: [],
      to: [],
      count: [],
    });
  });

  it('bars show groups from the largest down, missing ones named', async () => {
    const rows = await bench.table('t', few);
    expect((await draw(rows, { mark: 'bar', x: 'g' })).data).toEqual({ x: ['a', 'b', '(missing)'], y: [2, 2, 1] });
    expect((await draw(rows, { mark: 'bar', x: 'g', y: 'v', aggregate: 'mean' })).data).toEqual({
      x: ['b', 'a', '(missing)'],
      y: [5, 2, null],
    });
  });

  it('many groups: the most frequent ones, and the others together', async () => {
    const rows = await bench.table('t', "SELECT 'g' || floor(sqrt(i)) AS g FROM range(10000) AS r(i)");
    const { data } = await draw(rows, { mark: 'bar', x: 'g' });
    expect(data['x']).toHaveLength(40);
    expect(data['x']).toContain('(other)');
    expect((data['y'] ?? []).reduce<number>((sum, n) => sum + Number(n), 0)).toBe(10_000);
  });

  it('a line goes along time, in order, one for each colour', async () => {
    const block = await draw(await bench.table('t', few), {
      mark: 'line',
      x: 'd',
      y: 'v',
      aggregate: 'sum',
      color: 'g',
    });
    expect(block.x.scale).toBe('time');
    expect(block.data).toEqual({ x: ['2024-01-01', '2024-01-02', '2024-01-02'], y: [1, 3, 5], color: ['a', 'a', 'b'] });
  });

  it('more than 2,000 points are thinned to the same ones, whatever the order of rows', async () => {
    const all = 'SELECT i::DOUBLE AS x, sin(i) AS y FROM range(5000) AS r(i)';
    const one = await draw(await bench.table('t', all), { mark: 'scatter', x: 'x', y: 'y' });
    const other = await draw(await bench.table('t', `${all} ORDER BY hash(i)`), { mark: 'scatter', x: 'x', y: 'y' });
    expect(one.data['x']).toHaveLength(2000);
    expect(other.data).toEqual(one.data);
  });

  it('boxes: quartiles, and whiskers to the furthest values within the fences', async () => {
    const rows = await bench.table('t', 'SELECT unnest([1, 2, 3, 4, 5, 100]) AS v');
    expect((await draw(rows, { mark: 'box', y: 'v' })).data).toEqual({
      x: ['all rows'],
      low: [1],
      q1: [2.25],
      median: [3.5],
      q3: [4.75],
      high: [5],
    });
  });

  it('training rows only, after Split', async () => {
    const rows = await bench.table(
      't',
      `SELECT i AS "__row", CASE WHEN i < 7 THEN 'train' ELSE 'test' END AS "__partition", 1 AS x FROM range(10) AS r(i)`,
    );
    expect((await draw(rows, { x: 'x', partition: 'train' })).data['count']).toEqual([7]);
    expect((await draw(rows, { x: 'x' })).data['count']).toEqual([10]);
  });

  it('names the column that is not there', async () => {
    await expect(draw(await bench.table('t', few), { x: 'w' })).rejects.toMatchObject({
      code: 'column.missing',
      problem: { column: 'w', param: 'x' },
    });
  });
});
