/** One answer of a trained network everywhere: in a batch, from a service, from a scorer row by row, and as ONNX in other runtimes. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { openScorer } from '../../engine/recipe/scorer/open-scorer.ts';
import type { Prediction } from '../../engine/recipe/scorer/scorer.ts';
import { askService, type AskedRow } from './asked-model.ts';
import { askOnnxFile, askOnnxInPython, type OnnxAnswers, type OnnxFeeds } from './ask-onnx.ts';
import type { FinishedRun, SketchedNode } from './workshop.ts';

type Row = Readonly<Record<string, unknown>>;
export const onlyAnswers = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name === 'prediction' || name.startsWith('probability_')));
const flatten = ({ prediction, probabilities }: Prediction): Row => ({
  prediction,
  ...Object.fromEntries(Object.entries(probabilities ?? {}).map(([label, p]) => [`probability_${label}`, p])),
});
export const fewEpochs = { epochs: 3, device: 'cpu', validation: 'never' };

/** The run's predictions, the same from a service and, row by row, from a scorer. */
export async function expectServed(
  run: FinishedRun,
  asked: readonly AskedRow[],
  order: string,
): Promise<readonly Row[]> {
  expect(run.problems).toEqual([]);
  const batch = (await run.rows('predict', order)).map(onlyAnswers);
  expect(batch).toHaveLength(asked.length);
  expect((await askService(run.artifact('train'), asked)).map(flatten)).toEqual(batch);
  const scorer = await openScorer(run.artifact('train').folder);
  for (const [i, row] of asked.slice(0, 12).entries())
    expect((await scorer.predictRows([row])).map(flatten)).toEqual([batch[i]]);
  await scorer.close();
  return batch;
}

/** The file that `predictAndExport` wrote, here and in Python where one is named. */
export async function expectExported(folder: string, batch: readonly Row[], feeds: OnnxFeeds): Promise<void> {
  const path = join(folder, 'model.onnx');
  expectNear(await askOnnxFile(path, feeds), batch);
  const other = await askOnnxInPython(path, feeds);
  if (other !== undefined) expectNear(other, batch);
}

/** To 1e-5, as a share of the size where that is above 1. */
function expectNear({ prediction, probabilities }: OnnxAnswers, batch: readonly Row[]): void {
  const wanted = (name: string): number[] => batch.map((row) => Number(row[name]));
  const far = (got: readonly unknown[], of: readonly number[]): number =>
    Math.max(...of.map((value, i) => Math.abs(Number(got[i]) - value) / Math.max(1, Math.abs(value))));
  if (probabilities === undefined) {
    expect(far(prediction, wanted('prediction'))).toBeLessThan(1e-5);
    return;
  }
  const names = Object.keys(batch[0] ?? {}).filter((name) => name.startsWith('probability_'));
  names.forEach((name, k) =>
    expect(
      far(
        probabilities.filter((_, i) => i % names.length === k),
        wanted(name),
      ),
    ).toBeLessThan(1e-5),
  );
  expect(prediction.map(String)).toEqual(batch.map((row) => String(row['prediction'])));
}

export const predictAndExport: Record<string, SketchedNode> = {
  predict: { kind: 'predict.rows' },
  export: { kind: 'write.onnx', params: { file: 'model.onnx', overwrite: true } },
};
export const tail = ['train.model -> predict.model', 'train.model -> export.model'];
