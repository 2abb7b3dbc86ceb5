/** Columns of more categories than a query's text or a state of JSON could carry: their table is a file beside the state, and beside the model. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel } from '../../engine/recipe/open-model.ts';
import { openScorer } from '../../engine/recipe/scorer/open-scorer.ts';
import { Workshop } from '../support/workshop.ts';

const categories = 20_000;
const rowsEach = 3;

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  const lines = Array.from({ length: categories * rowsEach }, (_, i) => {
    const code = (i * 7919) % categories;
    return `${i},k${code},${(i * 31) % 17},${(code % 3) + ((i * 31) % 17) / 10}`;
  });
  await workshop.write('codes.csv', ['id,code,x,y', ...lines].join('\n'));
});
afterAll(async () => workshop[Symbol.asyncDispose]());

test.each([{ method: 'target' }, { method: 'ordinal' }, { method: 'ordinal', order: 'frequency' }])(
  '20,000 categories by $method: a batch, one row and a model that was opened anew give one answer',
  async (params) => {
    const run = await workshop.run(
      {
        rows: { kind: 'read.csv', params: { file: 'codes.csv' } },
        split: { kind: 'split.rows', params: { target: 'y', id: 'id' } },
        codes: { kind: 'prepare.encode', params: { ...params, columns: { by: 'names', names: ['code'] } } },
        train: { kind: 'train.gradient-boosting', params: { trees: 3, earlyStopping: 'never' } },
        predict: { kind: 'predict.rows' },
        onnx: { kind: 'write.onnx', params: { file: `${params.method}.onnx`, overwrite: true } },
      },
      [
        'rows.rows -> split.rows',
        'split.rows -> codes.rows',
        'codes.rows -> train.rows',
        'train.model -> predict.model',
        'rows.rows -> predict.rows',
        'train.model -> onnx.model',
      ],
    );
    expect(run.problems).toEqual([]);
    // Neither state nor model has grown to hold them.
    expect((await run.text('codes', 'state.json')).length).toBeLessThan(2000);
    expect((await run.text('train', 'model.json')).length).toBeLessThan(20_000);
    const predicted = await run.rows('predict', 'id');
    expect(predicted).toHaveLength(categories * rowsEach);
    const { folder } = run.artifact('train');
    const scorer = await openScorer(folder);
    for (const i of [0, 1, 777, 59_999]) {
      const { id, code, x } = predicted[i] ?? {};
      const [answer] = await scorer.predictRows([{ id: id ?? null, code: code ?? null, x: x ?? null }]);
      expect(answer?.prediction).toBe(predicted[i]?.['prediction']);
    }
    await scorer.close();
    const file = run.artifact('train').manifest.ports['model']?.files.find((name) => name.endsWith('.parquet')) ?? '';
    await writeFile(join(folder, file), Buffer.concat([await readFile(join(folder, file)), Buffer.of(0)]));
    await expect(openModel(folder)).rejects.toMatchObject({ code: 'model.unreadable' });
  },
);
