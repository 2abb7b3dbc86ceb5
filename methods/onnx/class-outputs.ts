/** What exported estimators share: the same numbers for each row, scores as probabilities, probabilities as labels. */
import type { OnnxGraph, OnnxType } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { concatColumns } from './prepare.ts';

const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';

/** The same numbers for each row: [rows, values]. */
export function rowsOf(g: GraphBuilder, features: string, values: Float64Array): string {
  const rows = one(g, 'Shape', [features], { start: 0, end: 1 });
  const shape = one(g, 'Concat', [rows, g.constant('int64', [1], [values.length])], { axis: 0 });
  return one(g, 'Expand', [g.constant('double', [1, values.length], values), shape]);
}

/** [rows, classes] in double from the scores: one score is the log-odds of the second of two classes, more go through softmax. */
export function classProbabilities(g: OnnxGraph, scores: string, outputs: number): string {
  if (outputs > 1) return one(g, 'Softmax', [scores], { axis: 1 });
  return concatColumns(g, [one(g, 'Sigmoid', [one(g, 'Neg', [scores])]), one(g, 'Sigmoid', [scores])]);
}

/** The label of the most likely class, [rows, 1]; the first among equals. Labels are all texts, all whole numbers, all numbers or all booleans. */
export function classLabels(
  g: OnnxGraph,
  probabilities: string,
  labels: readonly (string | number | bigint | boolean)[],
): { value: string; type: OnnxType } {
  const type = labelType(labels);
  const best = one(g, 'ArgMax', [probabilities], { axis: 1, keepdims: 1 });
  return { value: one(g, 'Gather', [g.constant(type, [labels.length], labels), best], { axis: 0 }), type };
}

function labelType(labels: readonly (string | number | bigint | boolean)[]): OnnxType {
  if (labels.every((label) => typeof label === 'string')) return 'string';
  if (labels.every((label) => typeof label === 'boolean')) return 'bool';
  if (labels.every((label) => typeof label === 'bigint' || Number.isSafeInteger(label))) return 'int64';
  if (labels.every((label) => typeof label === 'number')) return 'double';
  throw fail('onnx.mixed-labels', {
    message: 'The labels of the classes are of more than one type.',
    mend: 'Give the target one type before training.',
  });
}
