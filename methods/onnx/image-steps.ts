/** The steps of an image value as ONNX operators: the same geometry as `methods/images/apply-steps`. */
import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { fail, unreachable } from '../../shared/errors.ts';
import type { ImageStep } from '../../shared/media/image.ts';
import { castTo } from './prepare.ts';

type ImageColumn = OnnxColumn & { image: NonNullable<OnnxColumn['image']> };

const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';
const ints = (g: OnnxGraph, values: readonly number[]): string => g.constant('int64', [values.length], values);

/**
 * Sizes and channels that the training images did not share are read off each image by the graph itself.
 * @throws `onnx.no-form` for a column that holds no images where the step stands
 */
export function addImageSteps(g: OnnxGraph, column: OnnxColumn, steps: readonly ImageStep[], name: string): OnnxColumn {
  const { image } = column;
  if (image === undefined) throw noForm(name);
  return steps.reduce<ImageColumn>((now, step) => addStep(g, now, step), { ...column, image });
}

function addStep(g: OnnxGraph, column: ImageColumn, step: ImageStep): ImageColumn {
  switch (step.do) {
    case 'crop': {
      const from = sizesOf(g, column);
      const to = {
        height: compute(g, 'Min', step.height, from.height),
        width: compute(g, 'Min', step.width, from.width),
      };
      return cutMiddle(g, column, from, to);
    }
    case 'resize':
      return fitInto(g, column, step);
    case 'channels':
      return toChannels(g, column, step);
    case 'normalise': {
      const shape = (values: readonly number[]): string => g.constant('float', [1, values.length, 1, 1], values);
      const centred = one(g, 'Sub', [column.value, shape(step.mean)]);
      return { ...column, value: one(g, 'Div', [centred, shape(step.sd)]) };
    }
    default:
      return unreachable(step);
  }
}

/** In pixels: known, or a double that the graph reads off the image. */
type Side = number | string;
interface Size {
  height: Side;
  width: Side;
}

const known = {
  Sub: (a: number, b: number): number => a - b,
  Mul: (a: number, b: number): number => a * b,
  Div: (a: number, b: number): number => a / b,
  Min: (a: number, b: number): number => Math.min(a, b),
  Max: (a: number, b: number): number => Math.max(a, b),
} as const;

const double = (g: OnnxGraph, side: Side): string =>
  typeof side === 'number' ? g.constant('double', [], [side]) : side;
const compute = (g: OnnxGraph, op: keyof typeof known, a: Side, b: Side): Side =>
  typeof a === 'number' && typeof b === 'number' ? known[op](a, b) : one(g, op, [double(g, a), double(g, b)]);
const floor = (g: OnnxGraph, a: Side): Side => (typeof a === 'number' ? Math.floor(a) : one(g, 'Floor', [a]));
const round = (g: OnnxGraph, a: Side): Side =>
  typeof a === 'number' ? Math.round(a) : one(g, 'Floor', [one(g, 'Add', [a, double(g, 0.5)])]);

const sideAt = (g: OnnxGraph, value: string, axis: number): string =>
  castTo(g, one(g, 'Gather', [one(g, 'Shape', [value]), g.constant('int64', [], [axis])]), 'double');
const sizesOf = (g: OnnxGraph, { value, image }: ImageColumn): Size => ({
  height: image.height ?? sideAt(g, value, 2),
  width: image.width ?? sideAt(g, value, 3),
});

/** int64 of shape [sides]. */
function places(g: OnnxGraph, sides: readonly Side[]): string {
  if (sides.every((side) => typeof side === 'number')) return ints(g, sides);
  const each = sides.map((side) =>
    typeof side === 'number' ? ints(g, [side]) : one(g, 'Reshape', [castTo(g, side, 'int64'), ints(g, [1])]),
  );
  return one(g, 'Concat', each, { axis: 0 });
}

function fitInto(
  g: OnnxGraph,
  column: ImageColumn,
  { width, height, fit, shade }: Extract<ImageStep, { do: 'resize' }>,
): ImageColumn {
  const image = { ...column.image, height, width };
  const from = sizesOf(g, column);
  if (fit === 'stretch') return { ...column, value: resized(g, column.value, from, { height, width }), image };
  const scale = compute(
    g,
    fit === 'cover' ? 'Max' : 'Min',
    compute(g, 'Div', width, from.width),
    compute(g, 'Div', height, from.height),
  );
  const near = (side: Side, to: number): Side => {
    const scaled = round(g, compute(g, 'Mul', side, scale));
    return fit === 'cover' ? compute(g, 'Max', to, scaled) : compute(g, 'Min', to, compute(g, 'Max', 1, scaled));
  };
  const inner = { height: near(from.height, height), width: near(from.width, width) };
  const scaled = { ...column, value: resized(g, column.value, from, inner), image };
  if (fit === 'cover') return cutMiddle(g, scaled, inner, { height, width });
  const rest = (to: number, side: Side): [before: Side, after: Side] => {
    const room = compute(g, 'Sub', to, side);
    const before = floor(g, compute(g, 'Div', room, 2));
    return [before, compute(g, 'Sub', room, before)];
  };
  const [[top, below], [left, right]] = [rest(height, inner.height), rest(width, inner.width)];
  const pads = places(g, [0, 0, top, left, 0, 0, below, right]);
  return { ...scaled, value: one(g, 'Pad', [scaled.value, pads, g.constant('float', [], [shade])]) };
}

/**
 * Two matrix products, down and across, in double: onnxruntime's own `Resize` widens its filter otherwise than Pillow, torch and `methods/images/resize` when
 * an image shrinks (seen in 1.30: shades off by 0.03).
 */
function resized(g: OnnxGraph, value: string, from: Size, to: Size): string {
  if (from.height === to.height && from.width === to.width) return value;
  const down = squeeze(g, sideAt(g, value, 2), to.height);
  const across = one(g, 'Transpose', [squeeze(g, sideAt(g, value, 3), to.width)], { perm: [1, 0] });
  const narrow = one(g, 'MatMul', [castTo(g, value, 'double'), across]);
  return castTo(g, one(g, 'MatMul', [down, narrow]), 'float');
}

/** [to, from]: weights of a triangle filter as wide as a target pixel, at least two source pixels; each row adds up to 1. */
function squeeze(g: OnnxGraph, from: string, to: Side): string {
  const number = (value: number): string => g.constant('double', [], [value]);
  const scale = one(g, 'Div', [from, double(g, to)]);
  const spread = one(g, 'Max', [scale, number(1)]);
  const middles = (count: string): string =>
    one(g, 'Add', [one(g, 'Range', [number(0), count, number(1)]), number(0.5)]);
  const targets =
    typeof to === 'number'
      ? g.constant(
          'double',
          [to, 1],
          Array.from({ length: to }, (_, i) => i + 0.5),
        )
      : one(g, 'Reshape', [middles(to), ints(g, [-1, 1])]);
  const distance = one(g, 'Abs', [one(g, 'Sub', [middles(from), one(g, 'Mul', [targets, scale])])]);
  const weights = one(g, 'Max', [one(g, 'Sub', [number(1), one(g, 'Div', [distance, spread])]), number(0)]);
  return one(g, 'Div', [weights, one(g, 'ReduceSum', [weights, ints(g, [1])], { keepdims: 1 })]);
}

function cutMiddle(g: OnnxGraph, column: ImageColumn, from: Size, to: Size): ImageColumn {
  if (from.width === to.width && from.height === to.height) return column;
  const before = (key: keyof Size): Side => floor(g, compute(g, 'Div', compute(g, 'Sub', from[key], to[key]), 2));
  const start = places(g, [before('height'), before('width')]);
  const end = one(g, 'Add', [start, places(g, [to.height, to.width])]);
  const side = (key: keyof Size): number | null => (typeof to[key] === 'number' ? to[key] : null);
  return {
    ...column,
    value: one(g, 'Slice', [column.value, start, end, ints(g, [2, 3])]),
    image: { ...column.image, height: side('height'), width: side('width') },
  };
}

/** Rec. 601, as `apply-steps`. */
const luma = [0.299, 0.587, 0.114];

function toChannels(
  g: OnnxGraph,
  column: ImageColumn,
  { count, shade }: Extract<ImageStep, { do: 'channels' }>,
): ImageColumn {
  const { channels } = column.image;
  const image = { ...column.image, channels: count };
  if (channels === count) return column;
  if (channels === 3) {
    const sized = one(g, 'Mul', [column.value, g.constant('float', [1, 3, 1, 1], luma)]);
    return { ...column, value: one(g, 'ReduceSum', [sized, ints(g, [1])], { keepdims: 1 }), image };
  }
  if (channels === 1)
    return { ...column, value: one(g, 'Concat', [column.value, column.value, column.value], { axis: 1 }), image };
  return { ...column, value: mixChannels(g, column.value, count, shade), image };
}

/** Channels that may be any from 1 (grey) to 4 (colour and transparency), by a table of what each number of them means. */
function mixChannels(g: OnnxGraph, value: string, count: 1 | 3, shade: number): string {
  const grey = Array.from({ length: count }, () => [1, 0, 0, 0]);
  const colour = count === 1 ? [[...luma, 0]] : [0, 1, 2].map((c) => [0, 1, 2, 3].map((from) => (from === c ? 1 : 0)));
  const shape = one(g, 'Shape', [value]);
  const channels = one(g, 'Slice', [shape, ints(g, [1]), ints(g, [2])]);
  const row = one(g, 'Squeeze', [one(g, 'Sub', [channels, ints(g, [1])])]);
  /** [rows, channels] of the table's entry for this number of channels. */
  const weights = (rows: number, table: readonly number[]): string => {
    const entry = one(g, 'Gather', [g.constant('float', [4, rows, 4], table), row]);
    return one(g, 'Slice', [entry, ints(g, [0]), channels, ints(g, [1])]);
  };
  const flat = one(g, 'Reshape', [value, ints(g, [0, 0, -1])]);
  const shades = one(g, 'MatMul', [weights(count, [grey, grey, colour, colour].flat(2)), flat]);
  const transparency = one(g, 'MatMul', [weights(1, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), flat]);
  const isOpaque = one(g, 'Gather', [g.constant('float', [4], [1, 0, 1, 0]), row]);
  const opacity = one(g, 'Add', [transparency, isOpaque]);
  const behind = one(g, 'Mul', [
    one(g, 'Sub', [g.constant('float', [], [1]), opacity]),
    g.constant('float', [], [shade]),
  ]);
  const mixed = one(g, 'Add', [one(g, 'Mul', [shades, opacity]), behind]);
  const sides = one(g, 'Slice', [shape, ints(g, [2]), ints(g, [4])]);
  const rows = one(g, 'Slice', [shape, ints(g, [0]), ints(g, [1])]);
  return one(g, 'Reshape', [mixed, one(g, 'Concat', [rows, ints(g, [count]), sides], { axis: 0 })]);
}

const noForm = (name: string): Error =>
  fail('onnx.no-form', {
    message: `The column "${name}" is no column of images where this step stands in the exported file.`,
    mend: 'Serve the model here, which takes every image.',
    column: name,
  });
