/**
 * Convolution and pooling of maps whose channels come last, [rows, height, width, channels]: how a processor trains. Windows are collected as rows of a
 * matrix (one Gather: a copy for each tap), and the three products of a convolution are plain products of matrices. This is done for so few rows at a time
 * that what was collected is still in the core's cache when it is read, and the memory for windows stays small whatever the map.
 */
import type { Convolution } from './convolution.ts';
import { product, type Tensor, type TensorGraph } from './tensor-graph.ts';
import { countWindows, paddingOf, readersOf, tapPlaces2d, type Sliding } from './windows.ts';

/** Numbers that are collected at a time: 4 MB. With 32 channels in and 64 out at 14 × 14, products took 5.7 ms so, and 8.5 ms with all rows at once. */
const collectedNumbers = 1_048_576;

/** Which taps of a map (numbers of its places, and `none` for zeros) each window reads, window by window. */
interface Windows {
  high: number;
  wide: number;
  taps: number;
  /** A table for each place in a block that is pooled: pooling is then a comparison of whole parts. */
  tables: readonly Int32Array[];
  none: number;
}
function windowsOf(
  [height, width]: readonly [number, number],
  [down, across]: readonly [Sliding, Sliding],
  block: number,
): Windows {
  const none = height * width;
  const taps = down.kernel * across.kernel;
  const all = tapPlaces2d(height, width, [down, across], none);
  const wide = countWindows(width, across);
  // What does not fill a block at the border is left out.
  const [blocksDown, blocksAcross] = [Math.floor(countWindows(height, down) / block), Math.floor(wide / block)];
  const tables = Array.from({ length: block * block }, (_, part) => {
    const table = new Int32Array(blocksDown * blocksAcross * taps);
    for (let i = 0; i < blocksDown; i++)
      for (let j = 0; j < blocksAcross; j++) {
        const window = (i * block + Math.floor(part / block)) * wide + j * block + (part % block);
        table.set(all.subarray(window * taps, (window + 1) * taps), (i * blocksAcross + j) * taps);
      }
    return table;
  });
  return { high: blocksDown, wide: blocksAcross, taps, tables, none };
}

export type ConvolutionLast = Convolution & {
  /** Gives the largest of each block of so many places down and across; default 1: every place. */
  pooled?: number;
};
/** x [rows, H, W, C], w [F, C, k, k], b [F] → [rows, h, w, F] */
export function convolveLast(
  g: TensorGraph,
  x: Tensor,
  w: Tensor,
  b: Tensor | undefined,
  settings: ConvolutionLast,
): Tensor {
  const [, height = 0, width = 0, channels = 0] = x.shape;
  const { kernel: k, stride, pooled = 1, collected = collectedNumbers } = settings;
  const down: Sliding = { kernel: k, stride, ...paddingOf(height, settings) };
  const across: Sliding = { kernel: k, stride, ...paddingOf(width, settings) };
  const windows = windowsOf([height, width], [down, across], pooled);
  const making: Making = { g, x, w, windows, collected, source: withZeroPlace(g, [x]) };
  const matrix = g.reshape(g.transpose(w, [2, 3, 1, 0]), [windows.taps * channels, w.shape[0] ?? 0]);
  const parts = windows.tables.map((table) => products(making, table, matrix, b));
  const most = maxOfParts(g, parts);
  return g.record(most.out, b === undefined ? [x, w] : [x, w, b], (out, { needs }) => {
    const gradients = most.gradients(out);
    // Row by row first: one sum over all places would lose a digit.
    const forBias = (): Tensor =>
      g.reduce(
        'ReduceSum',
        total(
          gradients.map((one) => g.reduce('ReduceSum', one, [1, 2])),
          g,
        ),
        [0],
      );
    return [
      needs(x) ? (stride === 1 ? towardsMap(making, gradients) : towardsMapBySums(making, gradients, matrix)) : null,
      needs(w) ? towardsKernel(making, gradients) : null,
      ...(b === undefined ? [] : [forBias()]),
    ];
  });
}
interface Making {
  g: TensorGraph;
  x: Tensor;
  w: Tensor;
  windows: Windows;
  collected: number;
  /** [rows, places + 1, C]: the last place is zeros. */
  source: Tensor;
}

/** [rows, …, C] one behind the other as places, and a place of zeros. */
function withZeroPlace(g: TensorGraph, parts: readonly Tensor[]): Tensor {
  const [rows = 0, , , channels = 0] = parts[0]?.shape ?? [];
  const flat = parts.map((t) => g.reshape(t, [rows, product(t.shape.slice(1, -1)), channels]));
  const zeros = g.constant('float', [rows, 1, channels], new Float32Array(rows * channels));
  return g.concat([...flat, zeros], 1);
}
const total = (tensors: readonly Tensor[], g: TensorGraph): Tensor => tensors.reduce((a, b) => g.add(a, b));

/** Does something with so few rows at a time that `each` numbers of a row stay within what is collected, and joins what comes out. */
function inStretches<T>({ collected }: Making, rows: number, each: number, work: (from: number, to: number) => T): T[] {
  const step = Math.min(rows, Math.max(1, Math.floor(collected / each)));
  const done: T[] = [];
  for (let from = 0; from < rows; from += step) done.push(work(from, Math.min(rows, from + step)));
  return done;
}
const stretch = (g: TensorGraph, t: Tensor, from: number, to: number): Tensor =>
  to - from === t.shape[0] ? t : g.slice(t, 0, from, to);
/** The places that a table names, side by side: [rows × windows, taps × C]. */
function collect(
  g: TensorGraph,
  source: Tensor,
  table: Int32Array,
  taps: number,
  type: 'int32' | 'int64' = 'int32',
): Tensor {
  const [rows = 0, places = 0, channels = 0] = source.shape;
  const shape = [(rows * table.length) / taps, taps * channels];
  if (channels >= fewChannels) return g.reshape(g.gather(source, g.constant(type, [table.length], table), 1), shape);
  // A copy of a few numbers costs as much as one of many: with the rows side by side they are copied together.
  const numbers = Int32Array.from({ length: table.length * channels }, (_, i) => {
    return (table[Math.floor(i / channels)] ?? 0) * channels + (i % channels);
  });
  const sideBySide = g.transpose(g.reshape(source, [rows, places * channels]), [1, 0]);
  const gathered = g.gather(sideBySide, g.constant(type, [numbers.length], numbers));
  return g.reshape(g.transpose(gathered, [1, 0]), shape);
}
const fewChannels = 8;

/** Windows × kernel, [rows, high, wide, F]. */
function products(making: Making, table: Int32Array, matrix: Tensor, b: Tensor | undefined): Tensor {
  const { g, source, windows } = making;
  const [rows = 0, , channels = 0] = source.shape;
  const parts = inStretches(making, rows, table.length * channels, (from, to) => {
    const columns = collect(g, stretch(g, source, from, to), table, windows.taps);
    const { high, wide } = windows;
    return g.reshape(g.gemm(columns, matrix, { add: b }), [to - from, high, wide, matrix.shape[1] ?? 0]);
  });
  return g.concat(parts, 0);
}

/** Windows turned × gradient, added up over parts and stretches by the product itself. */
function towardsKernel(making: Making, gradients: readonly Tensor[]): Tensor {
  const { g, source, windows, w } = making;
  const [rows = 0, , channels = 0] = source.shape;
  const [filters = 0, , k = 0] = w.shape;
  let sum: Tensor | undefined;
  for (const [part, table] of windows.tables.entries())
    inStretches(making, rows, table.length * channels, (from, to) => {
      const gradient = gradients[part];
      if (gradient === undefined) throw new Error('a part has no gradient');
      // Named by another type than on the way there: else onnxruntime would take both for one and keep all windows in memory between.
      const columns = collect(g, stretch(g, source, from, to), table, windows.taps, 'int64');
      const flat = g.reshape(stretch(g, gradient, from, to), [columns.shape[0] ?? 0, filters]);
      sum = g.gemm(columns, flat, { turnA: true, add: sum });
    });
  if (sum === undefined) throw new Error('a kernel without windows');
  return g.transpose(g.reshape(sum, [k, k, channels, filters]), [3, 2, 0, 1]);
}

/** With stride 1 each tap of a place belongs to one window: the gradients of these windows are collected, and one product goes back. */
function towardsMap(making: Making, gradients: readonly Tensor[]): Tensor {
  const { g, x, w, windows } = making;
  const [rows = 0] = x.shape;
  const [filters = 0, channels = 0] = w.shape;
  const { taps, none, tables } = windows;
  const count = windows.high * windows.wide;
  const table = new Int32Array(none * taps).fill(count * tables.length);
  for (const [part, places] of tables.entries())
    for (const [at, place] of places.entries())
      if (place < none) table[place * taps + (at % taps)] = part * count + Math.floor(at / taps);
  const matrix = g.reshape(g.transpose(w, [2, 3, 0, 1]), [taps * filters, channels]);
  const source = withZeroPlace(g, gradients);
  const parts = inStretches(making, rows, table.length * filters, (from, to) =>
    g.gemm(collect(g, stretch(g, source, from, to), table, taps), matrix),
  );
  return g.reshape(g.concat(parts, 0), x.shape);
}

/** With larger strides a place has more or fewer windows: the gradient of each tap is worked out, and places add up those that read them. */
function towardsMapBySums(making: Making, gradients: readonly Tensor[], matrix: Tensor): Tensor {
  const { g, x, windows } = making;
  const [rows = 0, , , channels = 0] = x.shape;
  const { taps, none, tables } = windows;
  const places = Int32Array.from(tables.flatMap((table) => [...table]));
  const { table, most } = readersOf(places, none, places.length);
  const parts = inStretches(making, rows, Math.max(table.length, places.length) * channels, (from, to) => {
    const each = gradients.map((gradient) => {
      const flat = g.reshape(stretch(g, gradient, from, to), [
        ((to - from) * (places.length / taps)) / tables.length,
        matrix.shape[1] ?? 0,
      ]);
      return g.reshape(g.gemm(flat, matrix, { turnB: true }), [to - from, 1, places.length / tables.length, channels]);
    });
    const read = collect(g, withZeroPlace(g, each), table, most);
    return g.reduce('ReduceSum', g.reshape(read, [to - from, none, most, channels]), [2]);
  });
  return g.reshape(g.concat(parts, 0), x.shape);
}

/** The largest of equally shaped parts, pair by pair, and how a gradient divides: of equal ones the first has it, as in PyTorch. */
function maxOfParts(
  g: TensorGraph,
  parts: readonly Tensor[],
): { out: Tensor; gradients: (out: Tensor) => readonly Tensor[] } {
  const [first] = parts;
  if (first === undefined) throw new Error('no parts');
  if (parts.length === 1) return { out: first, gradients: (out) => [out] };
  const middle = Math.ceil(parts.length / 2);
  const [a, b] = [maxOfParts(g, parts.slice(0, middle)), maxOfParts(g, parts.slice(middle))];
  return {
    out: g.binary('Max', a.out, b.out),
    gradients: (out) => {
      const ofA = g.mul(out, g.cast(g.compare('GreaterOrEqual', a.out, b.out), 'float'));
      return [...a.gradients(ofA), ...b.gradients(g.sub(out, ofA))];
    },
  };
}

/** Blocks that lie side by side: x [rows, H, W, C] → [rows, h, w, C]. What does not fill a block at the border is left out. */
export function poolBlocksLast(g: TensorGraph, x: Tensor, by: 'max' | 'mean', size: number): Tensor {
  const [rows = 0, height = 0, width = 0, channels = 0] = x.shape;
  const sliding: Sliding = { kernel: 1, stride: 1, before: 0, after: 0 };
  const { high, wide, tables, none } = windowsOf([height, width], [sliding, sliding], size);
  const flat = g.reshape(x, [rows, none, channels]);
  const parts = tables.map((table) =>
    g.reshape(g.gather(flat, g.constant('int32', [table.length], table), 1), [rows, high, wide, channels]),
  );
  const most = by === 'max' ? maxOfParts(g, parts) : undefined;
  const y = most?.out ?? g.scale(total(parts, g), 1 / parts.length);
  return g.record(y, [x], (out) => {
    const share = most === undefined ? g.scale(out, 1 / parts.length) : out;
    const gradients = most?.gradients(out) ?? [share];
    const table = new Int32Array(none).fill(gradients.length * high * wide);
    for (const [part, places] of tables.entries())
      for (const [at, place] of places.entries()) table[place] = (most === undefined ? 0 : part * high * wide) + at;
    return [g.reshape(collect(g, withZeroPlace(g, gradients), table, 1), x.shape)];
  });
}
