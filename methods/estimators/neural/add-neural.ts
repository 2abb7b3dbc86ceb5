/** A network as an estimator in the exported graph: columns are encoded as `methods/neural-inputs` encodes rows, then the network answers. */
import type { OnnxColumn, OnnxGraph } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { NeuralEstimator } from './neural-estimator.ts';
import {
  codesOf,
  firstValueCode,
  type CategoryEncoding,
  type EncodingOf,
  type NumberEncoding,
} from '../../neural-inputs/encoding.ts';
import { tokenPattern } from '../../neural-inputs/tokens.ts';
import type { EstimatorOutputs } from '../../tasks/model-task.ts';
import { addForeignGraph } from '../../onnx/add-foreign-graph.ts';
import { addNetwork } from '../../onnx/add-network.ts';
import { classLabels } from '../../onnx/class-outputs.ts';
import { microsoftDomain, mlDomain, type GraphBuilder } from '../../onnx/graph-builder.ts';
import { elementType } from '../../onnx/messages.ts';
import { castTo, concatColumns, fillMissingNumber, missingFlag, scaleNumber } from '../../onnx/prepare.ts';

const int32 = elementType('int32');
const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';

interface NetworkInputs {
  numbers?: string;
  codes?: string;
}

/** @throws `onnx.no-form` where a column has no form that the encoding reads */
export function addNeural(
  g: GraphBuilder,
  columns: ReadonlyMap<string, OnnxColumn>,
  { encoding, network, weights, answer, encoder }: NeuralEstimator,
  labels: readonly (string | number | bigint | boolean)[],
): EstimatorOutputs {
  const inputs = addInputs(g, columns, encoding, encoder);
  const output = castTo(g, addNetwork(g, network, weights, inputs), 'double');
  switch (answer.kind) {
    case 'classes':
      return { prediction: classLabels(g, output, labels), probabilities: output };
    case 'value': {
      const scaled = one(g, 'Mul', [output, g.constant('double', [], [answer.sd])]);
      return {
        prediction: { value: one(g, 'Add', [scaled, g.constant('double', [], [answer.mean])]), type: 'double' },
      };
    }
    case 'difference': {
      const flat = one(g, 'Flatten', [castTo(g, inputs.numbers ?? '', 'double')], { axis: 1 });
      const difference = one(g, 'Sub', [output, flat]);
      const squares = one(g, 'Mul', [difference, difference]);
      const mean = one(g, 'ReduceMean', [squares, g.constant('int64', [1], [1])], { keepdims: 1 });
      return { prediction: { value: mean, type: 'double' } };
    }
  }
}

function addInputs(
  g: GraphBuilder,
  columns: ReadonlyMap<string, OnnxColumn>,
  encoding: NeuralEstimator['encoding'],
  encoder: Uint8Array | undefined,
): NetworkInputs {
  const column = (name: string): OnnxColumn => {
    const found = columns.get(name);
    if (found === undefined) throw new Error(`the exported recipe gives no column "${name}"`);
    return found;
  };
  switch (encoding.kind) {
    case 'table':
      return addTable(g, column, encoding);
    case 'series':
      return { numbers: addSeries(g, column, encoding) };
    case 'text':
      return { codes: addTokens(g, asText(column(encoding.column), encoding.column), encoding) };
    case 'wordpieces':
      return {
        codes: addPieces(
          g,
          encoding.columns.map((name) => asTokens(column(name), name)),
          encoding,
        ),
      };
    case 'image':
      return { numbers: addPixels(g, column(encoding.column).value, encoding) };
    case 'embedded-image':
      return { numbers: addEmbedding(g, column(encoding.column).value, encoding, encoder ?? new Uint8Array(0)) };
  }
}

type ColumnOf = (name: string) => OnnxColumn;
const asDouble = (g: OnnxGraph, { value, type }: OnnxColumn): string =>
  type === 'double' ? value : castTo(g, value, 'double');
function asText({ value, type }: OnnxColumn, name: string): string {
  if (type === 'string') return value;
  throw fail('onnx.no-form', {
    message: `The column "${name}" is not a text any more after the recipe's steps.`,
    mend: 'Serve the model here, which takes every step.',
    column: name,
  });
}

function asTokens({ value, tokens }: OnnxColumn, name: string): string {
  if (tokens !== undefined) return value;
  throw fail('onnx.no-form', {
    message: `The column "${name}" is made or renamed by a step; an exported encoder takes the tokens of a column as it was read.`,
    mend: 'Serve the model here, which takes every step, or give the column its name before the model’s first step.',
    column: name,
  });
}

/** [rows, texts · length] in int32, numbered as the network does: the token that fills up is 0. */
function addPieces(g: GraphBuilder, texts: readonly string[], { padding }: EncodingOf<'wordpieces'>): string {
  const ids = texts.length === 1 ? (texts[0] ?? '') : one(g, 'Concat', texts, { axis: 1 });
  const int = (value: number): string => g.constant('int64', [], [value]);
  const is = (value: number): string => one(g, 'Equal', [ids, int(value)]);
  const moved = one(g, 'Where', [is(0), int(padding), ids]);
  const codes = padding === 0 ? ids : one(g, 'Where', [is(padding), int(0), moved]);
  return one(g, 'Cast', [codes], { to: int32 });
}

function addTable(
  g: GraphBuilder,
  column: ColumnOf,
  { numbers, categories, oneHot }: EncodingOf<'table'>,
): NetworkInputs {
  const values = numbers.map((n) => ({ n, value: asDouble(g, column(n.column)) }));
  const parts = [
    ...values.map(({ n, value }) => standardised(g, value, n)),
    ...values.filter(({ n }) => n.flag).map(({ value }) => missingFlag(g, value)),
    ...oneHot.map((c) => marks(g, codeOf(g, asText(column(c.column), c.column), c), codesOf(c))),
  ];
  return {
    ...(parts.length === 0 ? {} : { numbers: castTo(g, concatColumns(g, parts), 'float') }),
    ...(categories.length === 0
      ? {}
      : {
          codes: one(
            g,
            'Cast',
            [
              concatColumns(
                g,
                categories.map((c) => codeOf(g, asText(column(c.column), c.column), c)),
              ),
            ],
            {
              to: int32,
            },
          ),
        }),
  };
}

/** What is missing becomes the mean, which is 0 here. */
const standardised = (g: OnnxGraph, value: string, { mean, sd }: Pick<NumberEncoding, 'mean' | 'sd'>): string =>
  fillMissingNumber(g, scaleNumber(g, value, mean, sd), 0);

/** [rows, 1] in int64: 0 for what training never saw, 1 for what is missing. */
function codeOf(g: OnnxGraph, value: string, { values }: CategoryEncoding): string {
  const attributes = {
    keys_strings: ['', ...values],
    values_int64s: [1, ...values.map((_, i) => i + firstValueCode)],
    default_int64: 0,
  };
  return g.node('LabelEncoder', [value], attributes, { domain: mlDomain })[0] ?? '';
}

const marks = (g: OnnxGraph, code: string, count: number): string =>
  castTo(
    g,
    one(g, 'Equal', [
      code,
      g.constant(
        'int64',
        [1, count],
        Array.from({ length: count }, (_, i) => i),
      ),
    ]),
    'double',
  );

function addSeries(g: GraphBuilder, column: ColumnOf, { columns, channels, mean, sd }: EncodingOf<'series'>): string {
  const length = columns.length / channels;
  const values = columns.map((name, i) => {
    const c = Math.floor(i / length);
    return standardised(g, asDouble(g, column(name)), { mean: mean[c] ?? 0, sd: sd[c] ?? 1 });
  });
  const all = castTo(g, concatColumns(g, values), 'float');
  const shaped = one(g, 'Reshape', [all, g.constant('int64', [3], [-1, channels, length])]);
  return one(g, 'Transpose', [shaped], { perm: [0, 2, 1] });
}

/** [rows, length] in int32. Words are found by onnxruntime's Tokenizer, which takes the same expression. */
function addTokens(g: GraphBuilder, text: string, { length, words }: EncodingOf<'text'>): string {
  const flat = one(g, 'Reshape', [text, g.constant('int64', [1], [-1])]);
  const tokens = g.apply(
    'Tokenizer',
    [flat],
    { mark: 0, mincharnum: 1, pad_value: '', tokenexp: tokenPattern },
    { domain: microsoftDomain },
  );
  const encoder = {
    keys_strings: ['', ...words.map(([word]) => word)],
    values_int64s: [0, ...words.map(([, code]) => code)],
    default_int64: 1,
  };
  const codes = g.apply('LabelEncoder', [tokens], encoder, { domain: mlDomain });
  const wide = one(g, 'Pad', [codes, g.constant('int64', [4], [0, 0, 0, length]), g.constant('int64', [], [0])]);
  const ints = (value: number): string => g.constant('int64', [1], [value]);
  return one(g, 'Cast', [one(g, 'Slice', [wide, ints(0), ints(length), ints(1)])], { to: int32 });
}

/** [rows, channels, height, width] in float32, standardised in double as rows are. */
function addPixels(
  g: GraphBuilder,
  pixels: string,
  { channels, height, width, mean, sd }: EncodingOf<'image'>,
): string {
  const shape = [1, channels, 1, 1];
  const centred = one(g, 'Sub', [castTo(g, pixels, 'double'), g.constant('double', shape, mean)]);
  const scaled = castTo(g, one(g, 'Div', [centred, g.constant('double', shape, sd)]), 'float');
  return one(g, 'Reshape', [scaled, g.constant('int64', [4], [-1, channels, height, width])]);
}

/** [rows, numbers] in float32: through the encoder, pooled as `encode` pools, standardised. */
function addEmbedding(
  g: GraphBuilder,
  pixels: string,
  { output, pool, rank, mean, sd }: EncodingOf<'embedded-image'>,
  encoder: Uint8Array,
): string {
  const made = addForeignGraph(g, encoder, pixels, output);
  const ints = (values: readonly number[]): string => g.constant('int64', [values.length], values);
  // [rows, numbers], [rows, tokens, numbers] or [rows, numbers, height, width]
  const places = rank === 3 ? [1] : [2];
  const flat = rank === 4 ? one(g, 'Reshape', [made, ints([0, 0, -1])]) : made;
  const pooled =
    rank === 2
      ? flat
      : pool === 'mean'
        ? one(g, 'ReduceMean', [flat, ints(places)], { keepdims: 0 })
        : one(g, 'Gather', [flat, g.constant('int64', [], [0])], { axis: places[0] ?? 1 });
  const row = (values: readonly number[]): string => g.constant('double', [1, values.length], values);
  return castTo(g, one(g, 'Div', [one(g, 'Sub', [castTo(g, pooled, 'double'), row(mean)]), row(sd)]), 'float');
}
