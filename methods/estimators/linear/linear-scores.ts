import type { OnnxGraph } from '../../../shared/capabilities.ts';

const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';

/**
 * features · coefficientsᵀ + intercepts, [rows, outputs] in double.
 *
 * @param features [rows, columns] in double
 * @param coefficients outputs × columns, row-major
 */
export function linearScores(
  g: OnnxGraph,
  features: string,
  coefficients: Float64Array,
  intercepts: Float64Array,
): string {
  const outputs = intercepts.length;
  const columns = coefficients.length / outputs;
  const weights = g.constant('double', [outputs, columns], Array.from(coefficients));
  return one(g, 'Gemm', [features, weights, g.constant('double', [1, outputs], Array.from(intercepts))], { transB: 1 });
}
