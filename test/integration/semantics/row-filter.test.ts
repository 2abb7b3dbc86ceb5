/** Semantics, case by case: a row filter after Split. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../../engine/recipe/scorer/open-scorer.ts';
import { askCommand, askService } from '../../support/asked-model.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';
import { makeSales, numbersOnly, readSales, salesCsv } from './shops.ts';

let workshop: Workshop;
const sales = makeSales(300, 3);
const asked = makeSales(40, 4);
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(sales));
  await workshop.write('asked.csv', salesCsv(asked));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const grown: SketchedNode = {
  kind: 'clean.filter',
  params: { rules: [{ column: 'age', operator: 'at-least', value: '30' }], trainingOnly: false },
};
const whole: SketchedNode = {
  kind: 'clean.missing',
  params: { columns: { by: 'names', names: ['age'] }, trainingOnly: false },
};
const forTraining = (node: SketchedNode): SketchedNode => ({ ...node, params: { ...node.params, trainingOnly: true } });

function learn(
  steps: Readonly<Record<string, SketchedNode>>,
  more: Readonly<Record<string, SketchedNode>> = {},
  wires: string[] = [],
) {
  const chain = ['read', 'split', ...Object.keys(steps), 'train'];
  return workshop.run(
    {
      read: readSales('sales.csv'),
      split: { kind: 'split.rows', params: { target: 'kind', id: 'id', testFraction: 0.3 } },
      ...steps,
      train: { kind: 'train.gradient-boosting', params: { ...numbersOnly, trees: 8, minRowsInLeaf: 5 } },
      judge: { kind: 'evaluate.model' },
      late: { kind: 'evaluate.model' },
      new: readSales('asked.csv'),
      predict: { kind: 'predict.rows' },
      ...more,
    },
    [
      ...chain.slice(1).map((to, i) => `${chain[i]}.rows -> ${to}.rows`),
      ...['judge', 'late', 'predict'].map((to) => `train.model -> ${to}.model`),
      'split.rows -> judge.rows',
      `${chain.at(-2)}.rows -> late.rows`,
      'new.rows -> predict.rows',
      ...wires,
    ],
  );
}

describe('row filter after Split', () => {
  const fits = (age: number | null): boolean => age !== null && age >= 30;
  const grownNote = 'Left out by "Filter rows": keep rows where age ≥ 30.';
  const wholeNote = 'Left out by "Missing values": drop rows with a missing value in age.';
  const noteOf = (age: number | null): string | null => (age === null ? wholeNote : fits(age) ? null : grownNote);
  let everyone: FinishedRun;
  beforeAll(async () => void (everyone = await learn({ whole, grown })));

  test('"training rows only" is the default: test rows stay, a new row is always answered, the model knows nothing of it', async () => {
    const run = await learn({ whole: forTraining(whole), grown: forTraining(grown) });
    expect(run.problems).toEqual([]);
    const model: { steps: { sql: string | null }[]; needed: string[] } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.steps.map((s) => s.sql)).toEqual([null, null, null]);
    expect((await run.rows('predict', 'id')).every((row) => row['prediction'] !== null)).toBe(true);
    expect(run.metrics['judge']).not.toHaveProperty('coverage');
    const trained: { facts: Record<string, unknown> } = JSON.parse(await run.text('train', 'model.json'));
    const marks = new Map((await run.rows('split', 'id')).map((row) => [row['id'], row['__partition']]));
    const fitting = sales.filter((s) => marks.get(s.id) === 'train' && fits(s.age));
    expect(trained.facts['trainingRows'] ?? trained.facts['rows']).toBe(fitting.length);
  });

  test('"everyone": a row that fails is told so, by the same words in Predict, the service, `flowyard predict` and row by row', async () => {
    expect(everyone.problems).toEqual([]);
    const batch = await everyone.rows('predict', 'id');
    expect(batch.map((row) => row['prediction_note'])).toEqual(asked.map((s) => noteOf(s.age)));
    expect(batch.map((row) => row['prediction'] === null)).toEqual(asked.map((s) => !fits(s.age)));
    expect(batch.map((row) => row['probability_fair'] === null)).toEqual(asked.map((s) => !fits(s.age)));
    expect(new Set(asked.map((s) => noteOf(s.age))).size).toBe(3);

    const artifact = everyone.artifact('train');
    const served = await askService(artifact, asked);
    expect(served.map((p) => [p.prediction, p.note ?? null])).toEqual(
      batch.map((row) => [row['prediction'], row['prediction_note']]),
    );
    const scorer = await openScorer(artifact.folder);
    const alone = [];
    for (const row of asked) alone.push(...(await scorer.predictRows([{ age: row.age, amount: row.amount }])));
    await scorer.close();
    expect(alone).toEqual(served);

    const printed = await askCommand(workshop.folder, artifact.key, 'asked.csv');
    const answerOf = (row: Readonly<Record<string, unknown>>) => [
      row['id'],
      row['prediction'],
      row['probability_dear'],
      row['prediction_note'],
    ];
    expect(printed.map(answerOf)).toEqual(batch.map(answerOf));
  });

  test('"everyone": an evaluation reports the coverage, wherever its rows are taken', async () => {
    const marks = new Map((await everyone.rows('split', 'id')).map((row) => [row['id'], row['__partition']]));
    const test = sales.filter((s) => marks.get(s.id) === 'test');
    const share = test.filter((s) => fits(s.age)).length / test.length;
    expect(everyone.metrics['judge']?.['coverage']).toBeCloseTo(share, 12);
    expect(everyone.metrics['late']).toEqual(everyone.metrics['judge']);
    expect(await everyone.text('judge', 'report.report.json')).toContain('rows without prediction: coverage');
  });

  test('"everyone": an exported file would still answer such rows, so the export names the step and writes nothing', async () => {
    const run = await learn({ grown }, { export: { kind: 'write.onnx', params: { file: 'model.onnx' } } }, [
      'train.model -> export.model',
    ]);
    expect(run.problems).toMatchObject([
      { code: 'onnx.no-form', node: 'export', message: expect.stringContaining('The step "Filter rows"') },
    ]);
  });

  test('"everyone" by the target is refused: a new row has none', async () => {
    const byTarget: SketchedNode = {
      kind: 'clean.filter',
      params: { rules: [{ column: 'kind', operator: 'not-equals', value: 'fair' }], trainingOnly: false },
    };
    const run = await learn({ byTarget });
    expect(run.problems).toMatchObject([
      { code: 'split.chooses-by-target', node: 'byTarget', column: 'kind', param: 'trainingOnly' },
    ]);
    expect((await learn({ byTarget: forTraining(byTarget) })).problems).toEqual([]);
  });
});
