import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../shared/wires.ts';
import { settleChart } from './chart-choice.ts';

const columns: Column[] = [
  { name: '__row', type: 'BIGINT' },
  { name: 'id', type: 'BIGINT', role: 'id' },
  { name: 'mass', type: 'DOUBLE' },
  { name: 'bill', type: 'DOUBLE' },
  { name: 'species', type: 'VARCHAR', role: 'target' },
  { name: 'seen', type: 'DATE' },
];

describe('the chart that is drawn', () => {
  it('begins with the spread of the first measured column, never an id', () => {
    expect(settleChart({}, columns)).toEqual({ mark: 'histogram', x: 'mass', y: null, color: null });
  });
  it('fills what a mark needs by the kinds of the columns', () => {
    expect([
      settleChart({ mark: 'point' }, columns),
      settleChart({ mark: 'box' }, columns),
      settleChart({ mark: 'line' }, columns),
      settleChart({ mark: 'bar' }, columns),
    ]).toEqual([
      { mark: 'point', x: 'mass', y: 'bill', color: null },
      { mark: 'box', x: 'species', y: 'mass', color: null },
      { mark: 'line', x: 'seen', y: 'mass', color: null },
      { mark: 'bar', x: 'species', y: null, color: null },
    ]);
  });
  it('keeps what was chosen and drops what is no longer there', () => {
    expect(settleChart({ mark: 'point', x: 'bill', y: 'mass', color: 'species' }, columns)).toEqual({
      mark: 'point',
      x: 'bill',
      y: 'mass',
      color: 'species',
    });
    expect(settleChart({ x: 'gone', color: 'gone' }, columns)).toEqual({
      mark: 'histogram',
      x: 'mass',
      y: null,
      color: null,
    });
  });
  it('says that nothing fits', () => {
    expect(settleChart({ mark: 'point' }, [{ name: 'a', type: 'VARCHAR' }])).toBeUndefined();
    expect(settleChart({}, [])).toBeUndefined();
  });
});
