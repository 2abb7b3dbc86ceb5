/** Convolutions with their gradients. Images are [rows, channels, height, width]; series are [rows, length, channels]. */
import { dense, reshape, transpose } from './differentiable.ts';
import type { Tensor, TensorGraph } from './tensor-graph.ts';
import { countWindows, paddingOf, readersOf, tapPlaces, tapPlaces2d, type Sliding } from './windows.ts';

export interface Convolution {
  kernel: number;
  stride: number;
  padding: 'same' | 'valid';
  dilation?: number;
  /** Numbers that products of all rows may take side by side on the way back; default 8 million, which are 32 MB. */
  stackedNumbers?: number;
  /** Numbers that windows may take at a time where channels are last; default a million. */
  collected?: number;
}

/** x [rows, C, H, W], w [O, C, k, k], b [O]. */
export function conv2d(g: TensorGraph, x: Tensor, w: Tensor, b: Tensor | undefined, settings: Convolution): Tensor {
  const [rows = 0, , height = 0, width = 0] = x.shape;
  const { kernel: k, stride } = settings;
  const down: Sliding = { kernel: k, stride, ...paddingOf(height, settings) };
  const across: Sliding = { kernel: k, stride, ...paddingOf(width, settings) };
  const shape = [rows, w.shape[0] ?? 0, countWindows(height, down), countWindows(width, across)];
  const y = g.op('Conv', b === undefined ? [x, w] : [x, w, b], shape, {
    kernel_shape: [k, k],
    pads: [down.before, across.before, down.after, across.after],
    strides: [stride, stride],
  });
  return g.record(y, b === undefined ? [x, w] : [x, w, b], (out, { needs }) => [
    needs(x) ? towardsMap(g, out, w, x, [down, across]) : null,
    needs(w) ? towardsKernel(g, out, x, w, { sliding: [down, across], most: settings.stackedNumbers }) : null,
    ...(b === undefined ? [] : [g.reduce('ReduceSum', out, [0, 2, 3])]),
  ]);
}

/** The convolution of the gradient with the turned kernel; with strides, the transposed convolution. */
function towardsMap(
  g: TensorGraph,
  out: Tensor,
  w: Tensor,
  x: Tensor,
  [down, across]: readonly [Sliding, Sliding],
): Tensor {
  const [, , high = 0, wide = 0] = out.shape;
  const [, , height = 0, width = 0] = x.shape;
  const { kernel: k, stride } = down;
  const kernel_shape = [k, k];
  if (stride > 1) {
    const left = (size: number, windows: number, s: Sliding): number =>
      size + s.before + s.after - k - (windows - 1) * stride;
    return g.op('ConvTranspose', [out, w], x.shape, {
      kernel_shape,
      strides: [stride, stride],
      pads: [down.before, across.before, down.after, across.after],
      output_padding: [left(height, high, down), left(width, wide, across)],
    });
  }
  const backwards = g.ints(Array.from({ length: k }, (_, i) => k - 1 - i));
  const turned = g.gather(g.gather(g.transpose(w, [1, 0, 2, 3]), backwards, 2), backwards, 3);
  return g.op('Conv', [out, turned], x.shape, {
    kernel_shape,
    strides: [1, 1],
    pads: [k - 1 - down.before, k - 1 - across.before, k - 1 - down.after, k - 1 - across.after],
  });
}

/** Windows as rows (im2col), then one product with the gradient. */
function towardsKernel(
  g: TensorGraph,
  out: Tensor,
  x: Tensor,
  w: Tensor,
  { sliding, most = 8_388_608 }: { sliding: readonly [Sliding, Sliding]; most?: number | undefined },
): Tensor {
  const [rows = 0, filters = 0, high = 0, wide = 0] = out.shape;
  const [, channels = 0] = x.shape;
  const k = sliding[0].kernel;
  const [places, taps] = [high * wide, k * k];
  if (channels < 8) {
    // [rows, taps × channels, places]
    const columns = windowsBySlices(g, x, sliding, [high, wide]);
    const stacked = g.matmul(g.reshape(out, [rows, filters, places]), g.transpose(columns, [0, 2, 1]));
    return kernelOf(g, g.reduce('ReduceSum', stacked, [0]), w, taps);
  }
  const columns = windowsByGather(g, x, sliding);
  const size = taps * channels;
  if (rows * filters * size <= most) {
    // One product for each row, then their sum: a single one with so long an inner side takes twice as long on either kind of processor.
    const stacked = g.matmul(g.reshape(out, [rows, filters, places]), g.reshape(columns, [rows, places, size]));
    return kernelOf(g, g.reduce('ReduceSum', stacked, [0]), w, taps);
  }
  const flat = g.reshape(g.transpose(out, [0, 2, 3, 1]), [rows * places, filters]);
  const turned = g.gemm(g.reshape(columns, [rows * places, size]), flat, { turnA: true });
  return kernelOf(g, g.transpose(turned, [1, 0]), w, taps);
}
/** [O, taps × C] → [O, C, k, k] */
function kernelOf(g: TensorGraph, flat: Tensor, w: Tensor, taps: number): Tensor {
  const [filters = 0, channels = 0] = w.shape;
  return g.reshape(g.transpose(g.reshape(flat, [filters, taps, channels]), [0, 2, 1]), w.shape);
}

function windowsBySlices(
  g: TensorGraph,
  x: Tensor,
  [down, across]: readonly [Sliding, Sliding],
  [high, wide]: readonly [number, number],
): Tensor {
  const [rows = 0, channels = 0] = x.shape;
  const padded = g.pad(x, [0, 0, down.before, across.before, 0, 0, down.after, across.after]);
  const { kernel, stride } = down;
  const parts: Tensor[] = [];
  for (let i = 0; i < kernel; i++)
    for (let j = 0; j < kernel; j++) {
      const ends = g.ints([i + (high - 1) * stride + 1, j + (wide - 1) * stride + 1]);
      const part = g.op(
        'Slice',
        [padded, g.ints([i, j]), ends, g.ints([2, 3]), g.ints([stride, stride])],
        [rows, channels, high, wide],
      );
      parts.push(g.reshape(part, [rows, channels, high * wide]));
    }
  return g.concat(parts, 1);
}

/** [rows, windows × taps, channels]: channels lie side by side, so that each is one copy. */
function windowsByGather(g: TensorGraph, x: Tensor, [down, across]: readonly [Sliding, Sliding]): Tensor {
  const [rows = 0, channels = 0, height = 0, width = 0] = x.shape;
  const none = height * width;
  const places = tapPlaces2d(height, width, [down, across], none);
  const flat = g.reshape(g.transpose(x, [0, 2, 3, 1]), [rows, height * width, channels]);
  const padded = places.includes(none) ? g.pad(flat, [0, 0, 0, 0, 1, 0]) : flat;
  return g.gather(padded, g.constant('int32', [places.length], places), 1);
}

/** x [rows, L, C], w [k × C, F], b [F] → [rows, windows, F]: windows as rows, then a dense layer. */
export function conv1d(g: TensorGraph, x: Tensor, w: Tensor, b: Tensor | undefined, settings: Convolution): Tensor {
  const [rows = 0, length = 0, channels = 0] = x.shape;
  const { kernel, stride, dilation = 1 } = settings;
  const sliding: Sliding = { kernel, stride, dilation, ...paddingOf(length, settings) };
  const count = countWindows(length, sliding);
  const places = tapPlaces(length, sliding).map((place) => (place < 0 ? length : place));
  const columns = gatherPlaces(g, x, places);
  const y = dense(g, reshape(g, columns, [rows * count, kernel * channels]), w, b);
  return reshape(g, y, [rows, count, w.shape[1] ?? 0]);
}

/** Places of the second axis, zeros for the place behind the last: x [rows, L, C] → [rows, places, C]. The way back sums over a place's readers. */
export function gatherPlaces(g: TensorGraph, x: Tensor, places: Int32Array): Tensor {
  const [rows = 0, length = 0, channels = 0] = x.shape;
  const withZero = (t: Tensor): Tensor => g.pad(t, [0, 0, 0, 0, 1, 0]);
  const source = places.includes(length) ? withZero(x) : x;
  const y = g.gather(source, g.constant('int32', [places.length], places), 1);
  return g.record(y, [x], (out) => {
    const { table, most } = readersOf(places, length, places.length);
    const taps = g.gather(withZero(out), g.constant('int32', [table.length], table), 1);
    return [g.reduce('ReduceSum', g.reshape(taps, [rows, length, most, channels]), [2])];
  });
}

/** [rows, C, H, W] → [rows, H × W, C] */
export function toPlaces(g: TensorGraph, x: Tensor): Tensor {
  const [rows = 0, channels = 0, height = 0, width = 0] = x.shape;
  return reshape(g, transpose(g, x, [0, 2, 3, 1]), [rows, height * width, channels]);
}
