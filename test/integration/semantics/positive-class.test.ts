import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { report } from '../../../shared/report.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  // One in eleven leaves; the other class is the later one by the alphabet.
  const rows = Array.from({ length: 600 }, (_, i) => ({
    id: i,
    calls: (i * 37) % 50,
    months: (i * 13) % 29,
    y: (i * 37) % 50 > 40 && i % 2 === 0 ? 'leaves' : 'stays',
  }));
  await workshop.write('rows.csv', toCsv(['id', 'calls', 'months', 'y'], rows));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const run = (
  evaluate: Readonly<Record<string, unknown>> = {},
  split: Readonly<Record<string, unknown>> = {},
  train: SketchedNode = { kind: 'train.logistic-regression' },
): Promise<FinishedRun> =>
  workshop.run(
    {
      read: { kind: 'read.csv', params: { file: 'rows.csv' } },
      split: { kind: 'split.rows', params: { target: 'y', id: 'id', stratify: 'yes', ...split } },
      train,
      evaluate: { kind: 'evaluate.model', params: evaluate },
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      'train.model -> evaluate.model',
      'split.rows -> evaluate.rows',
    ],
  );
const reportOf = async (finished: FinishedRun) =>
  report.parse(JSON.parse(await finished.text('evaluate', 'report.report.json')));

describe('the positive class', () => {
  test('is the rarer one of the training rows: figures, curves and coefficients are about it, and uneven classes are told', async () => {
    const finished = await run();
    expect(finished.problems).toEqual([]);
    const { chips, settings, blocks } = await reportOf(finished);
    expect(chips).toContain('positive class: leaves');
    expect(settings).toEqual([
      {
        param: 'positive',
        title: 'Positive class',
        value: '',
        choices: [
          { value: '', title: 'automatic: leaves' },
          { value: 'leaves', title: 'leaves' },
          { value: 'stays', title: 'stays' },
        ],
      },
    ]);
    expect(blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []))).toContain(
      'The classes are uneven: of the training rows 92.1 % are "stays" and 7.9 % "leaves". Who always says "stays" is right in 92.1 % of such rows, so figures that count each class alike come first.',
    );
    expect(Object.keys(finished.metrics['evaluate'] ?? {}).slice(0, 3)).toEqual([
      'balanced_accuracy',
      'average_precision',
      'f1',
    ]);
    expect(JSON.stringify(blocks)).toContain('mean predicted probability of leaves');
    const model: { facts: Record<string, unknown> } = JSON.parse(await finished.text('train', 'model.json'));
    expect(model.facts).toMatchObject({ positive_class: 'leaves', coefficients: [{ class: 'leaves' }] });
    const [{ coefficients }] = model.facts['coefficients'] as [{ coefficients: Record<string, number> }];
    expect(coefficients['calls']).toBeGreaterThan(0);
  });

  test('is another one where it is chosen, and the figures are those of that class', async () => {
    const [leaves, stays] = [await run(), await run({ positive: 'stays' })];
    expect((await reportOf(stays)).chips).toContain('positive class: stays');
    expect(stays.metrics['evaluate']?.['f1']).toBeGreaterThan(leaves.metrics['evaluate']?.['f1'] ?? 1);
    expect(stays.metrics['evaluate']?.['balanced_accuracy']).toBe(leaves.metrics['evaluate']?.['balanced_accuracy']);
  });

  test('of folds is told with their mean', async () => {
    const finished = await run({}, { method: 'folds', folds: 3 });
    expect(finished.problems).toEqual([]);
    const { chips, settings } = await reportOf(finished);
    expect(chips).toContain('positive class: leaves');
    expect(settings?.map(({ param }) => param)).toEqual(['positive']);
  });
});
