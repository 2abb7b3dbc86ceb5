/**
 * Pooling with its gradient, over images [rows, C, H, W] and series [rows, L, C]. What does not fill a window at the border is left out. Where a processor
 * trains, images are pooled with their channels last (`channels-last.ts`).
 */
import { gatherPlaces, toPlaces } from './convolution.ts';
import { maximum, mean, reshape, slice, transpose } from './differentiable.ts';
import type { Tensor, TensorGraph } from './tensor-graph.ts';
import { countWindows, tapPlaces, tapPlaces2d, type Sliding } from './windows.ts';

export interface Pooling {
  by: 'max' | 'mean';
  size: number;
  stride: number;
}

export function pool(g: TensorGraph, x: Tensor, settings: Pooling): Tensor {
  return x.shape.length === 4 ? poolImages(g, x, settings) : poolSeries(g, x, settings);
}

function poolImages(g: TensorGraph, x: Tensor, { by, size, stride }: Pooling): Tensor {
  const [rows = 0, channels = 0, height = 0, width = 0] = x.shape;
  const sliding: Sliding = { kernel: size, stride, before: 0, after: 0 };
  const [high, wide] = [countWindows(height, sliding), countWindows(width, sliding)];
  const shape = [rows, channels, high, wide];
  if (stride !== size) {
    // Windows that overlap: by a table of places.
    const places = tapPlaces2d(height, width, [sliding, sliding], height * width);
    const taps = reshape(g, gatherPlaces(g, toPlaces(g, x), places), [rows, high * wide, size * size, channels]);
    const pooled = by === 'max' ? maximum(g, taps, [2]) : mean(g, taps, [2]);
    return transpose(g, reshape(g, pooled, [rows, high, wide, channels]), [0, 3, 1, 2]);
  }
  const whole = cropped(g, x, high * size, wide * size);
  if (by === 'max') return maxOfBlocks(g, whole, shape, size);
  return mean(g, reshape(g, whole, [rows, channels, high, size, wide, size]), [3, 5]);
}
function cropped(g: TensorGraph, x: Tensor, height: number, width: number): Tensor {
  const lower = x.shape[2] === height ? x : slice(g, x, 2, 0, height);
  return x.shape[3] === width ? lower : slice(g, lower, 3, 0, width);
}

/** On the way back the map is seen as blocks; equal largest values share the gradient. */
function maxOfBlocks(g: TensorGraph, x: Tensor, shape: readonly number[], size: number): Tensor {
  const y = g.op('MaxPool', [x], shape, { kernel_shape: [size, size], strides: [size, size] });
  const [rows = 0, channels = 0, high = 0, wide = 0] = shape;
  const kept = [rows, channels, high, 1, wide, 1];
  return g.record(y, [x], (out) => {
    const blocks = g.reshape(x, [rows, channels, high, size, wide, size]);
    const is = g.cast(g.compare('Equal', blocks, g.reshape(y, kept)), 'float');
    const each = g.div(g.reshape(out, kept), g.reduce('ReduceSum', is, [3, 5], true));
    return [g.reshape(g.mul(is, each), x.shape)];
  });
}

function poolSeries(g: TensorGraph, x: Tensor, { by, size, stride }: Pooling): Tensor {
  const [rows = 0, length = 0, channels = 0] = x.shape;
  const sliding: Sliding = { kernel: size, stride, before: 0, after: 0 };
  const count = countWindows(length, sliding);
  const whole = count * size === length ? x : slice(g, x, 1, 0, Math.min(length, count * size));
  const taps = stride === size ? whole : gatherPlaces(g, x, tapPlaces(length, sliding));
  const blocks = reshape(g, taps, [rows, count, size, channels]);
  return by === 'max' ? maximum(g, blocks, [2]) : mean(g, blocks, [2]);
}
