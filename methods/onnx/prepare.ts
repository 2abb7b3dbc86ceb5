/**
 * Preparation steps as core ONNX operators. Numbers are `double` of shape [rows, 1] (or [rows, k] for one-hot), so that they give the very values
 * of the SQL form; the one cast to float32 comes before a tree ensemble. Missing numbers are NaN.
 */
import type { OnnxGraph, OnnxType } from '../../shared/capabilities.ts';
import { mlDomain } from './graph-builder.ts';
import { elementType } from './messages.ts';

const apply = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';
const scalar = (g: OnnxGraph, value: number): string => g.constant('double', [], [value]);

export const castTo = (g: OnnxGraph, value: string, type: OnnxType): string =>
  apply(g, 'Cast', [value], { to: elementType(type) });

/** Columns side by side: [rows, 1] or wider each, one type. */
export const concatColumns = (g: OnnxGraph, values: readonly string[]): string =>
  values.length === 1 ? apply(g, 'Identity', values) : apply(g, 'Concat', values, { axis: 1 });

/** True where a number is missing. */
export const isMissingNumber = (g: OnnxGraph, value: string): string => apply(g, 'IsNaN', [value]);

/** 1 where a number is missing, else 0. */
export const missingFlag = (g: OnnxGraph, value: string): string => castTo(g, isMissingNumber(g, value), 'double');

export const fillMissingNumber = (g: OnnxGraph, value: string, replacement: number): string =>
  apply(g, 'Where', [isMissingNumber(g, value), scalar(g, replacement), value]);

/** @param isMissing true where the text is missing */
export const fillMissingText = (g: OnnxGraph, value: string, isMissing: string, replacement: string): string =>
  apply(g, 'Where', [isMissing, g.constant('string', [], [replacement]), value]);

/** (x − centre) / scale */
export const scaleNumber = (g: OnnxGraph, value: string, centre: number, scale: number): string =>
  apply(g, 'Div', [apply(g, 'Sub', [value, scalar(g, centre)]), scalar(g, scale)]);

/** Values below and above the bounds become the bounds. Missing stays missing. */
export function clipNumber(g: OnnxGraph, value: string, low: number, high: number): string {
  const raised = apply(g, 'Where', [apply(g, 'Less', [value, scalar(g, low)]), scalar(g, low), value]);
  return apply(g, 'Where', [apply(g, 'Greater', [raised, scalar(g, high)]), scalar(g, high), raised]);
}

/** One column of 0 and 1 for each category, [rows, categories]; a row of zeros for a value that is none of them. */
export const oneHotText = (g: OnnxGraph, value: string, categories: readonly string[]): string =>
  castTo(g, apply(g, 'Equal', [value, g.constant('string', [1, categories.length], categories)]), 'double');

/** The same for numbers; NaN is no category. */
export const oneHotNumber = (g: OnnxGraph, value: string, categories: readonly number[]): string =>
  castTo(g, apply(g, 'Equal', [value, g.constant('double', [1, categories.length], categories)]), 'double');

/** 0, 1, 2 … by the order of the categories, `unknown` (NaN allowed) for others. A hash look-up: thousands of categories cost no more than ten. */
export function ordinalText(g: OnnxGraph, value: string, categories: readonly string[], unknown: number): string {
  const codes = categories.map((_, code) => code);
  const encoder = { keys_strings: categories, values_int64s: codes, default_int64: -1 };
  const code = g.node('LabelEncoder', [value], encoder, { domain: mlDomain })[0] ?? '';
  const isUnknown = apply(g, 'Less', [code, g.constant('int64', [], [0])]);
  return apply(g, 'Where', [isUnknown, scalar(g, unknown), castTo(g, code, 'double')]);
}

/** The same for numbers, compared in double: no whole number below 2^53 is taken for its neighbour. */
export function ordinalNumber(g: OnnxGraph, value: string, categories: readonly number[], unknown: number): string {
  const found = oneHotNumber(g, value, categories);
  const column = (values: readonly number[]): string => g.constant('double', [categories.length, 1], values);
  const isKnown = castTo(g, apply(g, 'MatMul', [found, column(categories.map(() => 1))]), 'bool');
  const code = apply(g, 'MatMul', [found, column(categories.map((_, k) => k))]);
  return apply(g, 'Where', [isKnown, code, scalar(g, unknown)]);
}
