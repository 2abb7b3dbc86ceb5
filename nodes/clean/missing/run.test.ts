import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../shared/kind/define-spec.ts';
import { checkParams, runSql, schemaOf, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ n: 'DOUBLE', t: 'VARCHAR', k: 'BIGINT' }, [
  [1, 'a', 1n],
  [null, 'b', 2n],
  [Number.NaN, null, 3n],
  [null, null, null],
]);
const treat = async (params: Record<string, unknown>) => (await runSql(spec, run, { inputs: { rows }, params })).rows;

describe('clean.missing', () => {
  it('drops rows where any or all chosen values are missing; NaN is missing', async () => {
    expect((await treat({})).map((r) => r['k'])).toEqual([1n]);
    expect((await treat({ action: 'drop-all' })).map((r) => r['k'])).toEqual([1n, 2n, 3n]);
    expect((await treat({ columns: { by: 'names', names: ['t'] } })).map((r) => r['k'])).toEqual([1n, 2n]);
  });
  it('fills where the value fits, keeping types', async () => {
    const { rows: out, columns } = await runSql(spec, run, {
      inputs: { rows },
      params: { action: 'fill', value: '0' },
    });
    expect(columns.map((c) => c.type)).toEqual(['DOUBLE', 'VARCHAR', 'BIGINT']);
    expect(out).toEqual([
      { n: 1, t: 'a', k: 1n },
      { n: 0, t: 'b', k: 2n },
      { n: 0, t: '0', k: 3n },
      { n: 0, t: '0', k: 0n },
    ]);
    expect((await treat({ action: 'fill', value: 'unknown' })).map((r) => r['t'])).toEqual([
      'a',
      'b',
      'unknown',
      'unknown',
    ]);
  });
  it('flags what was missing before it is filled', async () => {
    expect(
      (await treat({ action: 'fill', value: '0', flag: true, columns: { by: 'names', names: ['n'] } })).map((r) => [
        r['n'],
        r['n_missing'],
      ]),
    ).toEqual([
      [1, false],
      [0, true],
      [0, true],
      [0, true],
    ]);
  });
  it('drops rows or leaves them all, by its action', () => {
    expect(
      [{}, { action: 'drop-all' }, { action: 'fill' }, { action: 'keep' }].map((p) =>
        rowsOf(spec, spec.params.parse(p)),
      ),
    ).toEqual(['fewer', 'fewer', 'same', 'same']);
  });
  it.each([
    [{ columns: { by: 'names', names: ['T'] } }, ['column.missing']],
    [{ columns: { by: 'names', names: [] } }, ['param.empty']],
    [{ flag: true }, ['missing.flag-of-dropped']],
    [{ action: 'keep' }, ['missing.nothing']],
    [{ action: 'fill', value: 'x', columns: { by: 'names', names: ['n'] } }, ['missing.value']],
    [{ action: 'fill', value: 'x', columns: { by: 'type', type: 'number' } }, ['missing.value']],
    [{ action: 'fill', value: 'x' }, []],
    [{ action: 'keep', flag: true, flagEnding: '' }, ['column.duplicate', 'column.duplicate', 'column.duplicate']],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schemaOf(rows) }).map((f) => f.code)).toEqual(codes);
  });
});
