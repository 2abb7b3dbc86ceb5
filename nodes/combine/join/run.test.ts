import { describe, expect, it } from 'vitest';
import {
  checkParams,
  examineRows,
  explainFailure,
  runSql,
  schemaOf,
  table,
  type RunOptions,
} from '../../../test/support/run-sql.ts';
import { raisedFinding } from '../../../shared/raise.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const left = table({ id: 'BIGINT', city: 'VARCHAR', note: 'VARCHAR' }, [
  [1n, 'Bonn', 'a'],
  [2n, 'Rome', 'b'],
  [3n, null, 'c'],
  [4n, 'Oslo', 'd'],
]);
const right = table({ name: 'VARCHAR', note: 'VARCHAR', people: 'BIGINT' }, [
  ['Bonn', 'x', 330n],
  ['Rome', 'y', 2800n],
  ['Paris', 'z', 2100n],
  [null, 'n', 0n],
]);
const keys = [{ left: 'city', right: 'name' }];
const join = async (params: Record<string, unknown>) =>
  (await runSql(spec, run, { inputs: { left, right }, params: { keys, ...params } })).rows.toSorted(
    (a, b) =>
      Number(a['id'] ?? 99) - Number(b['id'] ?? 99) || (JSON.stringify(a, String) < JSON.stringify(b, String) ? -1 : 1),
  );

const failureOf = async (options: RunOptions) =>
  runSql(spec, run, options).then(
    () => undefined,
    (thrown: unknown) => raisedFinding(String(thrown)),
  );

describe('combine.join', () => {
  it('left: keeps every left row; the key stands once, an equal name gets the ending', async () => {
    expect(await join({})).toEqual([
      { id: 1n, city: 'Bonn', note: 'a', note_right: 'x', people: 330n },
      { id: 2n, city: 'Rome', note: 'b', note_right: 'y', people: 2800n },
      { id: 3n, city: null, note: 'c', note_right: null, people: null },
      { id: 4n, city: 'Oslo', note: 'd', note_right: null, people: null },
    ]);
  });
  it.each([
    ['inner', [1, 2]],
    ['right', [1, 2, 99, 99]],
    ['full', [1, 2, 3, 4, 99, 99]],
    ['semi', [1, 2]],
    ['anti', [3, 4]],
  ])('%s', async (how, ids) => {
    expect((await join({ how })).map((r) => Number(r['id'] ?? 99))).toEqual(ids);
  });
  it('full and right: the key has the right table’s value where there is no left row', async () => {
    expect(new Set((await join({ how: 'full' })).map((r) => r['city']))).toEqual(
      new Set(['Bonn', 'Rome', null, 'Oslo', 'Paris']),
    );
  });
  it('semi and anti add no columns', async () => {
    expect(Object.keys((await join({ how: 'semi' }))[0] ?? {})).toEqual(['id', 'city', 'note']);
  });
  it('each key once on the right: passes when it is so, ignoring missing keys, and names the key that is not', async () => {
    expect(await join({ rightUnique: true })).toEqual(await join({}));
    const twice = { ...right, rows: [...right.rows, ['Rome', 'again', 1n], [null, 'n', 2n]] as const };
    const options = { inputs: { left, right: twice }, params: { keys, rightUnique: true } };
    expect(await explainFailure(spec, run, options)).toMatchObject({
      code: 'join.not-unique',
      param: 'rightUnique',
      message: 'The right table has a key more than once: "Rome" stands 2 times.',
    });
  });
  it('warns when rows multiply, and when nothing matches', async () => {
    const many = table(
      { k: 'BIGINT' },
      Array.from({ length: 10 }, () => [1n]),
    );
    const params = { keys: [{ left: 'k', right: 'k' }] };
    expect(
      (await examineRows(spec, run, { inputs: { left: many, right: many }, params })).map((f) => f.message),
    ).toEqual(['10 and 10 rows became 100: keys stand several times on both sides.']);
    const other = table({ k: 'BIGINT' }, [[2n]]);
    expect((await examineRows(spec, run, { inputs: { left: many, right: other }, params })).map((f) => f.code)).toEqual(
      ['join.no-match'],
    );
    expect(await examineRows(spec, run, { inputs: { left, right }, params: { keys } })).toEqual([]);
  });
  it('two branches of one Split are matched by their rows', async () => {
    const a = table({ x: 'BIGINT', __row: 'BIGINT', __partition: 'VARCHAR' }, [
      [1n, 0n, 'train'],
      [2n, 1n, 'test'],
    ]);
    const b = table({ y: 'BIGINT', __row: 'BIGINT', __partition: 'VARCHAR' }, [
      [20n, 1n, 'test'],
      [10n, 0n, 'train'],
    ]);
    const { rows } = await runSql(spec, run, { inputs: { left: a, right: b } });
    expect(rows.toSorted((p, q) => Number(p['x']) - Number(q['x']))).toEqual([
      { x: 1n, y: 10n, __row: 0n, __partition: 'train' },
      { x: 2n, y: 20n, __row: 1n, __partition: 'test' },
    ]);
  });
  it('refuses keys that a number with a fraction does not tell from their neighbours', async () => {
    const whole = table({ k: 'BIGINT', a: 'BIGINT' }, [
      [9_007_199_254_740_993n, 1n],
      [2n, 2n],
    ]);
    const fractions = (large: number) =>
      table({ k: 'DOUBLE', b: 'BIGINT' }, [
        [large, 1n],
        [2, 2n],
        [Number.NaN, 3n],
        [Infinity, 4n],
      ]);
    const params = { keys: [{ left: 'k', right: 'k' }] };
    const reported = {
      code: 'join.inexact-keys',
      column: 'k',
      message: expect.stringMatching(
        / key "k" is (DOUBLE and has 9007199254740992|BIGINT and has 9007199254740993), the other is/,
      ),
    };
    const large = fractions(9_007_199_254_740_992);
    for (const inputs of [
      { left: whole, right: large },
      { left: large, right: whole },
    ])
      for (const how of ['left', 'inner', 'right', 'full', 'semi', 'anti'])
        expect(await failureOf({ inputs, params: { ...params, how } })).toMatchObject(reported);
    const exact = { left: whole, right: fractions(3) };
    const { rows } = await runSql(spec, run, { inputs: exact, params });
    expect(new Map(rows.map((row) => [row['a'], row['b']]))).toEqual(
      new Map([
        [1n, null],
        [2n, 2n],
      ]),
    );
    // One column for both, which is of numbers with a fraction.
    expect(await failureOf({ inputs: exact, params: { ...params, how: 'full' } })).toMatchObject({
      code: 'join.inexact-keys',
      message: expect.stringContaining('The left key "k" is BIGINT and has 9007199254740993, the other is DOUBLE'),
    });
    const small = table({ k: 'INTEGER', a: 'BIGINT' }, [[2n, 2n]]);
    expect(
      (await runSql(spec, run, { inputs: { left: small, right: large }, params: { ...params, how: 'inner' } })).rows,
    ).toEqual([{ k: 2, a: 2n, b: 2n }]);
  });
  it('says what is wrong, with the mend', () => {
    const inputs = { left: schemaOf(left), right: schemaOf(right) };
    expect(checkParams(spec, { keys: [{ left: 'city', right: 'nam' }] }, inputs)).toEqual([
      {
        code: 'column.missing',
        message: 'The right table has no column "nam".',
        mend: 'Did you mean "name"?',
        param: 'keys',
        column: 'nam',
        fixes: [
          { do: 'set', title: 'Use "name"', node: 'it', param: 'keys', value: [{ left: 'city', right: 'name' }] },
        ],
      },
    ]);
    expect(checkParams(spec, {}, inputs)[0]?.fixes).toEqual([
      { do: 'set', title: 'Match by "note"', node: 'it', param: 'keys', value: [{ left: 'note', right: 'note' }] },
    ]);
    expect(checkParams(spec, { keys: [{ left: 'id', right: 'name' }] }, inputs).map((f) => f.code)).toEqual([
      'join.types',
    ]);
    expect(checkParams(spec, { keys, suffix: '' }, inputs).map((f) => f.code)).toEqual(['column.duplicate']);
    expect(checkParams(spec, { keys: [{ left: '', right: '' }] }, inputs).map((f) => f.code)).toEqual([
      'param.empty',
      'param.empty',
    ]);
    expect(checkParams(spec, { keys }, inputs)).toEqual([]);
  });
});
