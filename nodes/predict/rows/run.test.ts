import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBench, type NodeBench } from '../../../test/support/node-bench.ts';
import { modelLike, tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

describe('predict.rows', () => {
  it('hands model and rows over, and says how many', async () => {
    const rows = await bench.table('t', 'SELECT 1.5 AS x FROM range(3)');
    const model = modelLike({});
    const made = await tryTask(spec, run, {}, { tables: { rows }, models: { model } });
    expect(made.predictions).toEqual([['rows', model, rows]]);
    expect(made.logs).toEqual(['predicted "y" for 3 rows']);
  });

  it.each(['prediction', 'Probability_YES'])(
    'refuses rows that have a column "%s" already, by its name',
    async (name) => {
      const rows = await bench.table('t', `SELECT 1 AS "${name}"`);
      await expect(
        tryTask(spec, run, {}, { tables: { rows }, models: { model: modelLike({}) } }),
      ).rejects.toMatchObject({ code: 'column.duplicate', problem: { column: name } });
    },
  );

  it('says its columns before a run: those of the rows, the prediction, and a probability for each class', () => {
    const columns = [
      { name: 'x', type: 'DOUBLE' },
      { name: 'y', type: 'BOOLEAN', role: 'target' as const },
    ];
    const params = spec.params.parse({});
    const rows = { split: true, columns };
    expect(spec.columns?.(params, { rows })).toEqual([...columns, { name: 'prediction', type: 'BOOLEAN' }]);
    expect(spec.dynamic?.(params, rows)).toEqual([
      { pattern: 'probability_*', type: 'DOUBLE', from: 'prediction' },
      { pattern: 'prediction_note', type: 'VARCHAR', from: 'prediction' },
    ]);
    expect(
      spec
        .check?.({
          node: 'it',
          params,
          wired: new Set(),
          inputs: { rows: { split: false, columns: [{ name: 'Prediction', type: 'VARCHAR' }] } },
        })
        .map((f) => f.code),
    ).toEqual(['column.duplicate']);
  });
});
