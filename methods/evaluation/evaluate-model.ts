/** What the evaluating nodes share: which rows are measured, and what becomes of the values. */
import type { PartitionName, TableInput, TaskContext } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { loadTask } from '../tasks/load-task.ts';
import type { ClassificationOptions } from './evaluate-classification.ts';
import { worstImages } from './worst-images.ts';

export type RowsToMeasure = 'auto' | 'test' | 'validation' | 'train' | 'all';
export interface EvaluateParams extends Partial<Pick<ClassificationOptions, 'positive' | 'threshold'>> {
  rows: RowsToMeasure;
}
export type EvaluateContext = Pick<
  TaskContext<EvaluateParams>,
  'params' | 'model' | 'table' | 'metric' | 'outputs' | 'log' | 'warn'
>;

/** @param expected the task that the node is for; undefined takes the model's own */
export async function evaluateModel(
  { params, model: modelAt, table: tableAt, metric, outputs, log, warn }: EvaluateContext,
  expected?: string,
): Promise<void> {
  const model = modelAt('model');
  const { gives, measured } = await loadTask(model.task);
  if (measured === undefined)
    throw fail('evaluate.no-truth', {
      message: `The model gives ${gives}, and no column says which are right.`,
      mend: 'Look at its report, or at the rows that Predict gives.',
      port: 'model',
    });
  if (expected !== undefined && model.task !== expected)
    throw fail('evaluate.other-task', {
      message: `The model predicts ${gives}, which this node does not measure.`,
      mend: `Use ${measured.node} or Evaluate.`,
      port: 'model',
    });
  const table = tableAt('rows');
  const partition = await choosePartition(table, params.rows);
  const scored = await model.score(table, { partition });
  if (scored.measuredOn === 'train')
    warn({
      code: 'evaluate.training-rows',
      severity: 'warning',
      message: 'Measured on training rows: new rows will likely be predicted worse.',
      mend: 'Put Split before the trainer.',
      param: 'rows',
    });
  const isBaseline = typeof model.facts['strategy'] === 'string' && model.facts['strategy'] !== 'linear';
  const { metrics, report } = measured.evaluate(scored, {
    isBaseline,
    positive: params.positive ?? '',
    threshold: params.threshold ?? null,
    facts: model.facts,
  });
  for (const { name, value, signature, note } of metrics) {
    metric(name, Number.isFinite(value) ? value : null, { signature });
    if (!Number.isFinite(value) && note !== undefined) log(`${name} is undefined: ${note}`, 'warning');
  }
  if (scored.withoutTarget > 0) log(`${scored.withoutTarget} rows without a target were left out.`);
  // Beside the confusion matrix, which asks the same question.
  const behind = report.blocks.findIndex((block) => block.type === 'matrix') + 1 || report.blocks.length;
  await outputs.report('report', {
    ...report,
    // Who serves it has to know.
    chips: [...(report.chips ?? []), ...(model.expects === undefined ? [] : [`takes rows as from "${model.expects}"`])],
    blocks: [
      ...report.blocks.slice(0, behind),
      ...(await worstImages(scored, measured.worst)),
      ...report.blocks.slice(behind),
    ],
  });
}

/** Test rows where there are any, else validation rows, else (said so) training rows. */
export async function choosePartition(table: TableInput, wanted: RowsToMeasure): Promise<PartitionName> {
  if (wanted !== 'auto') return wanted;
  if (!table.schema.split) return 'all';
  for (const partition of ['test', 'validation', 'train'] as const)
    if ((await table.count(partition)) > 0) return partition;
  return 'test';
}
