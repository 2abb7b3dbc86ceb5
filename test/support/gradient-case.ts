/** An operator's gradient beside central differences of what onnxruntime computes. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import * as d from '../../methods/neural/differentiable.ts';
import { product, type Shape, type Tensor, TensorGraph } from '../../methods/neural/tensor-graph.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';

type Build = (g: TensorGraph, inputs: Tensor[]) => Tensor;
export interface GradientCase {
  name: string;
  shapes: readonly Shape[];
  build: Build;
  /** Far from each other and from 0, where the operator has corners. */
  spread?: boolean;
}

export async function expectSlopes({ name, shapes, build, spread }: GradientCase, style: 'cpu' | 'gpu'): Promise<void> {
  const g = new TensorGraph({ style });
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, shape));
  const random = randomGenerator(name);
  const y = build(g, inputs);
  const mix = g.constant(
    'float',
    y.shape,
    Float32Array.from({ length: product(y.shape) }, () => random.nextNormal()),
  );
  const whole = y.shape.map((_, i) => i);
  const weighted = d.multiply(g, y, mix);
  const loss =
    whole.length === 0 ? weighted : d.reshape(g, d.mean(g, d.reshape(g, weighted, [1, product(y.shape)]), [1]), []);
  g.output('loss', loss);
  g.gradients(loss, inputs).forEach((t, i) => g.output(`d${i}`, t));
  const session = await InferenceSession.create(g.toBytes(), { logSeverityLevel: 3 });
  const values = shapes.map((shape) => {
    const n = product(shape);
    if (spread !== true) return Float32Array.from({ length: n }, () => 0.3 + random.nextNormal() * 0.7);
    // Well apart, none near a corner.
    const order = Array.from({ length: n }, (_, i) => i).sort(() => random.nextFloat() - 0.5);
    return Float32Array.from(order, (i) => (i - n / 2 + 0.37) * 0.3);
  });
  const feeds = () => Object.fromEntries(values.map((v, i) => [`x${i}`, new OrtTensor('float32', v, shapes[i]!)]));
  const lossNow = async (): Promise<number> => Number((await session.run(feeds(), ['loss']))['loss']!.data[0]);
  const made = await session.run(feeds());
  for (const [i, value] of values.entries()) {
    const analytic = made[`d${i}`]!.data as Float32Array;
    const numeric = new Float32Array(value.length);
    for (let k = 0; k < value.length; k++) {
      const kept = value[k]!;
      const at = async (by: number): Promise<number> => {
        value[k] = kept + by;
        return lossNow();
      };
      numeric[k] = ((await at(0.01)) - (await at(-0.01))) / 0.02;
      value[k] = kept;
    }
    const largest = numeric.reduce((most, n) => Math.max(most, Math.abs(n)), 1e-3);
    const worst = numeric.reduce((most, n, k) => Math.max(most, Math.abs(n - analytic[k]!)), 0);
    expect({ input: i, off: worst / largest < 0.02 ? 0 : worst / largest }).toEqual({ input: i, off: 0 });
  }
  await session.release();
}
