/** The steps of an image value as ONNX operators: the same geometry as `methods/images/apply-steps`. */
import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { fail, unreachable } from '../../shared/errors.ts';
import type { ImageStep } from '../../shared/image.ts';
import { castTo } from './prepare.ts';

type ImageColumn = OnnxColumn & { image: NonNullable<OnnxColumn['image']> };

const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';
const ints = (g: OnnxGraph, values: readonly number[]): string => g.constant('int64', [values.length], values);

/** @throws `onnx.no-form` where a step depends on a size or on channels that the training images did not share */
export function addImageSteps(g: OnnxGraph, column: OnnxColumn, steps: readonly ImageStep[], name: string): OnnxColumn {
  const { image } = column;
  if (image === undefined) throw noForm(name, 'is no column of images here');
  return steps.reduce<ImageColumn>((now, step) => addStep(g, now, step, name), { ...column, image });
}

function addStep(g: OnnxGraph, column: ImageColumn, step: ImageStep, name: string): ImageColumn {
  switch (step.do) {
    case 'crop': {
      const { height, width } = sizes(column, name);
      return cutMiddle(g, column, Math.min(step.width, width), Math.min(step.height, height), name);
    }
    case 'resize':
      return fitInto(g, column, step, name);
    case 'channels':
      return toChannels(g, column, step.count, name);
    case 'normalise': {
      const shape = (values: readonly number[]): string => g.constant('float', [1, values.length, 1, 1], values);
      const centred = one(g, 'Sub', [column.value, shape(step.mean)]);
      return { ...column, value: one(g, 'Div', [centred, shape(step.sd)]) };
    }
    default:
      return unreachable(step);
  }
}

function fitInto(
  g: OnnxGraph,
  column: ImageColumn,
  { width, height, fit, shade }: Extract<ImageStep, { do: 'resize' }>,
  name: string,
): ImageColumn {
  if (fit === 'stretch') return resized(g, column, width, height);
  const from = sizes(column, name);
  const ratios = [width / from.width, height / from.height];
  const scale = fit === 'cover' ? Math.max(...ratios) : Math.min(...ratios);
  const near = (side: number, to: number): number =>
    fit === 'cover' ? Math.max(to, Math.round(side * scale)) : Math.min(to, Math.max(1, Math.round(side * scale)));
  const scaled = resized(g, column, near(from.width, width), near(from.height, height));
  if (fit === 'cover') return cutMiddle(g, scaled, width, height, name);
  const inner = sizes(scaled, name);
  const [top, left] = [Math.floor((height - inner.height) / 2), Math.floor((width - inner.width) / 2)];
  const pads = ints(g, [0, 0, top, left, 0, 0, height - inner.height - top, width - inner.width - left]);
  const value = one(g, 'Pad', [scaled.value, pads, g.constant('float', [], [shade])]);
  return { ...scaled, value, image: { ...scaled.image, height, width } };
}

/**
 * Two matrix products, down and across, in double: onnxruntime's own `Resize` widens its filter otherwise than Pillow, torch and `methods/images/resize` when
 * an image shrinks (seen in 1.30: shades off by 0.03).
 */
function resized(g: OnnxGraph, column: ImageColumn, width: number, height: number): ImageColumn {
  const image = { ...column.image, height, width };
  if (column.image.height === height && column.image.width === width) return column;
  const shape = one(g, 'Shape', [column.value]);
  const down = squeeze(g, one(g, 'Gather', [shape, g.constant('int64', [], [2])]), height);
  const across = one(g, 'Transpose', [squeeze(g, one(g, 'Gather', [shape, g.constant('int64', [], [3])]), width)], {
    perm: [1, 0],
  });
  const narrow = one(g, 'MatMul', [castTo(g, column.value, 'double'), across]);
  return { ...column, value: castTo(g, one(g, 'MatMul', [down, narrow]), 'float'), image };
}

/** [to, from]: weights of a triangle filter as wide as a target pixel, at least two source pixels; each row adds up to 1. */
function squeeze(g: OnnxGraph, side: string, to: number): string {
  const number = (value: number): string => g.constant('double', [], [value]);
  const from = castTo(g, side, 'double');
  const scale = one(g, 'Div', [from, number(to)]);
  const spread = one(g, 'Max', [scale, number(1)]);
  const targets = g.constant(
    'double',
    [to, 1],
    Array.from({ length: to }, (_, i) => i + 0.5),
  );
  const sources = one(g, 'Add', [one(g, 'Range', [number(0), from, number(1)]), number(0.5)]);
  const distance = one(g, 'Abs', [one(g, 'Sub', [sources, one(g, 'Mul', [targets, scale])])]);
  const weights = one(g, 'Max', [one(g, 'Sub', [number(1), one(g, 'Div', [distance, spread])]), number(0)]);
  return one(g, 'Div', [weights, one(g, 'ReduceSum', [weights, ints(g, [1])], { keepdims: 1 })]);
}

function cutMiddle(g: OnnxGraph, column: ImageColumn, width: number, height: number, name: string): ImageColumn {
  const from = sizes(column, name);
  if (from.width === width && from.height === height) return column;
  const [top, left] = [Math.floor((from.height - height) / 2), Math.floor((from.width - width) / 2)];
  const value = one(g, 'Slice', [
    column.value,
    ints(g, [top, left]),
    ints(g, [top + height, left + width]),
    ints(g, [2, 3]),
  ]);
  return { ...column, value, image: { ...column.image, height, width } };
}

/** Rec. 601, as `apply-steps`. */
const luma = [0.299, 0.587, 0.114];

function toChannels(g: OnnxGraph, column: ImageColumn, count: 1 | 3, name: string): ImageColumn {
  const { channels } = column.image;
  if (channels === count) return column;
  if (channels === 3) {
    const weighed = one(g, 'Mul', [column.value, g.constant('float', [1, 3, 1, 1], luma)]);
    const value = one(g, 'ReduceSum', [weighed, ints(g, [1])], { keepdims: 1 });
    return { ...column, value, image: { ...column.image, channels: 1 } };
  }
  if (channels === 1)
    return {
      ...column,
      value: one(g, 'Concat', [column.value, column.value, column.value], { axis: 1 }),
      image: { ...column.image, channels: 3 },
    };
  throw noForm(
    name,
    channels === null ? 'held images of different channels in training' : 'held images with transparency in training',
  );
}

function sizes({ image }: ImageColumn, name: string): { height: number; width: number } {
  if (image.height === null || image.width === null) throw noForm(name, 'held images of different sizes in training');
  return { height: image.height, width: image.width };
}

const noForm = (name: string, why: string): Error =>
  fail('onnx.no-form', {
    message: `The column "${name}" ${why}, which the exported file cannot bring to one form.`,
    mend: 'Stretch to the frame in Prepare images, or serve the model here, which takes every image.',
    column: name,
  });
