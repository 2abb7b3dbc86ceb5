/** Runs a graph in onnxruntime, for tests beside `methods/onnx`. */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import type { GraphBuilder } from '../../methods/onnx/graph-builder.ts';

export type Values = ort.InferenceSession.OnnxValueMapType;

export async function runGraph(g: GraphBuilder, feeds: Values): Promise<Values> {
  const session = await ort.InferenceSession.create(g.toBytes(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

export function dataOf(values: Values, name: string): readonly unknown[] {
  const found = values[name];
  if (!(found instanceof ort.Tensor)) throw new Error(`no output ${name}`);
  return [...found.data];
}

export const numbersOf = (values: Values, name: string): number[] => dataOf(values, name).map(Number);
export const doubleColumn = (values: readonly number[]): ort.Tensor =>
  new ort.Tensor('float64', Float64Array.from(values), [values.length, 1]);
export const textColumn = (values: readonly string[]): ort.Tensor =>
  new ort.Tensor('string', [...values], [values.length, 1]);

/** Equal within a share of the size (of at least 1); NaN only where NaN is wanted. */
export function expectNear(got: readonly number[], wanted: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => {
    const target = wanted[i] ?? NaN;
    if (Number.isNaN(target)) return expect(value).toBeNaN();
    const distance = Math.abs(value - target);
    expect(distance, `${i}: ${value} instead of ${target}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(target)),
    );
  });
}
