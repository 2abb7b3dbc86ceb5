/** What `make-models-of-0.1.ts` trains: each form of estimator, each encoding of a network, each kind that can stand in a recipe. */
import { fewEpochs } from '../../support/network-parity.ts';
import type { SketchedNode } from '../../support/workshop.ts';
import { houseTypes } from '../../integration/houses.ts';

export interface StoredCase {
  nodes: Readonly<Record<string, SketchedNode>>;
  /** Default: one after another. */
  wires?: readonly string[];
  /** The file, or folder of images, whose rows are asked. */
  rows: 'houses.csv' | 'opinions.jsonl' | 'odd.csv' | 'pictures';
  /** The step that the model cannot repeat and begins behind: the rows are as they come out of it. */
  prepared?: string;
}

const named = (...names: string[]): Record<string, unknown> => ({ by: 'names', names });
const readHouses: SketchedNode = { kind: 'read.csv', params: { file: 'train-houses.csv', types: houseTypes } };
const readOpinions: SketchedNode = { kind: 'read.jsonl', params: { file: 'train-opinions.jsonl' } };
const readPictures: SketchedNode = { kind: 'read.images', params: { folder: 'train-pictures' } };
const split = (target: string, more: Record<string, unknown> = {}): SketchedNode => ({
  kind: 'split.rows',
  params: { target, ...(target === 'label' ? {} : { id: 'id' }), ...more },
});
const drop = (...names: string[]): SketchedNode => ({
  kind: 'clean.select',
  params: { action: 'drop', columns: named(...names) },
});
const trees = (params: Record<string, unknown> = {}): SketchedNode => ({
  kind: 'train.gradient-boosting',
  params: { trees: 6, maxLeaves: 6, ...params },
});
const series = { by: 'pattern', pattern: 't?*', except: ['text'] };
const network = (kind: string, preset: string, params: Record<string, unknown> = {}): SketchedNode => ({
  kind: `train.${kind}`,
  params: { ...fewEpochs, layers: { preset }, ...params },
});
const small = [
  { layer: 'residual', layers: [{ layer: 'layer-norm' }] },
  { layer: 'global-pool', by: 'max' },
  { layer: 'batch-norm' },
  { layer: 'dense', units: 5, activation: 'gelu' },
  { layer: 'dropout' },
];
const ownNetwork = (layers: readonly unknown[], params: Record<string, unknown> = {}): SketchedNode => ({
  kind: 'train.sequence-network',
  params: { ...fewEpochs, reads: 'text', column: 'text', words: 6, layers: { layers }, ...params },
});
const encoder = (params: Record<string, unknown>): SketchedNode => ({
  kind: 'train.encoder',
  params: { ...fewEpochs, encoder: 'bert', learningRate: 0.01, column: 'text', tokens: 9, ...params },
});

const houses = (
  target: string,
  left: readonly string[],
  nodes: Readonly<Record<string, SketchedNode>>,
  more: Record<string, unknown> = {},
): StoredCase => ({
  rows: 'houses.csv',
  nodes: { read: readHouses, select: drop('note', ...left), split: split(target, more), ...nodes },
});
const opinions = (target: string, nodes: Readonly<Record<string, SketchedNode>>): StoredCase => ({
  rows: 'opinions.jsonl',
  nodes: { read: readOpinions, split: split(target), ...nodes },
});
const pictures = (prepare: Readonly<Record<string, unknown>>, train: SketchedNode): StoredCase => ({
  rows: 'pictures',
  nodes: {
    read: readPictures,
    split: split('label'),
    prepare: { kind: 'prepare.images', params: prepare },
    train,
  },
});

export const casesOf01: Readonly<Record<string, StoredCase>> = {
  'constant-class': houses('kind', ['price'], { train: { kind: 'train.baseline' } }),
  'constant-number': houses('price', ['kind'], { train: { kind: 'train.baseline', params: { constant: 'median' } } }),
  'baseline-that-is-a-line': houses('price', ['kind'], {
    fill: { kind: 'prepare.impute', params: { columns: { by: 'all' } } },
    train: { kind: 'train.baseline', params: { strategy: 'linear', columns: named('size', 'rooms') } },
  }),
  // A target of yes and no; without the node that would fill gaps.
  'trees-on-yes-and-no': houses('garden', ['kind', 'città'], { train: trees() }),
  // A target of whole numbers that stand for classes, learnt in folds.
  'trees-in-folds': houses(
    'rooms',
    ['kind', 'price', 'città'],
    { train: trees({ task: 'classification', trees: 3, rowsPerTree: 0.8 }) },
    { method: 'folds', folds: 3 },
  ),
  'logistic-on-two-classes': houses('garden', ['kind', 'serial'], {
    fill: { kind: 'prepare.impute', params: { strategy: 'constant', constant: '7', columns: named('rooms', 'size') } },
    other: { kind: 'prepare.impute', params: { strategy: 'most-frequent', flag: true } },
    encode: { kind: 'prepare.encode', params: { method: 'one-hot', maxCategories: 3, drop: true } },
    scale: { kind: 'prepare.scale', params: { method: 'robust' } },
    train: {
      kind: 'train.logistic-regression',
      params: { classWeight: 'balanced', columns: { by: 'all', except: ['built', 'seen'] } },
    },
  }),
  'line-on-ranges': houses('price', ['kind', 'serial', 'built', 'seen'], {
    fill: { kind: 'prepare.impute', params: { columns: { by: 'all' }, strategy: 'most-frequent' } },
    encode: { kind: 'prepare.encode', params: { method: 'ordinal', order: 'frequency', unseenCode: -7 } },
    scale: { kind: 'prepare.scale', params: { method: 'min-max' } },
    train: { kind: 'train.linear-regression' },
  }),
  // Codes and means that are too many for the model's text lie in a file of their own.
  'trees-on-many-categories': houses('price', ['kind', 'serial'], {
    read: { kind: 'read.csv', params: { file: 'train-many.csv', types: houseTypes } },
    encode: { kind: 'prepare.encode', params: { method: 'target', smoothing: 3, columns: named('id') } },
    rest: { kind: 'prepare.encode', params: { method: 'ordinal', columns: named('città') } },
    train: trees({ columns: { by: 'all', except: [] } }),
  }),
  'rows-left-out-and-missing': houses('price', ['kind', 'serial'], {
    filter: {
      kind: 'clean.filter',
      params: { rules: [{ column: 'rooms', operator: 'at-least', value: '2' }], trainingOnly: false },
    },
    missing: { kind: 'clean.missing', params: { columns: named('size'), action: 'fill', value: '60' } },
    train: trees({ columns: { by: 'all', except: ['città'] } }),
  }),
  'groups-that-nobody-saw': houses('price', ['kind', 'serial'], {
    groups: {
      kind: 'prepare.group-statistics',
      params: {
        by: ['città'],
        statistics: [
          { column: 'size', function: 'median', as: 'usual' },
          { column: 'rooms', function: 'max', as: 'most' },
        ],
        unseen: 'missing',
      },
    },
    train: trees({ columns: named('usual', 'most', 'size', 'rooms', 'built', 'seen') }),
  }),
  'marks-words-and-dates-of-a-file': {
    rows: 'odd.csv',
    nodes: {
      read: {
        kind: 'read.csv',
        params: {
          file: 'train-odd.csv',
          delimiter: 'semicolon',
          decimalMark: 'comma',
          thousandsMark: 'point',
          missingWords: ['k. A.', '-'],
          dateFormat: '%d.%m.%Y',
          types: { id: 'text', amount: 'number', day: 'date', share: 'text', paid: 'boolean' },
        },
      },
      types: {
        kind: 'clean.types',
        params: { types: { share: 'number' }, unconvertible: 'missing', decimalMark: 'comma' },
      },
      derive: { kind: 'clean.derive', params: { columns: [{ name: 'weekday', expression: 'isodow("day")' }] } },
      split: split('paid'),
      train: trees(),
    },
  },
  'words-of-cleaned-texts': opinions('verdict', {
    clean: { kind: 'language.clean-text', params: { column: 'text', lower: true, addresses: 'word', empty: false } },
    words: {
      kind: 'prepare.tf-idf',
      params: { column: 'text', weights: 'counts', most: 30, sublinear: true, fewestRows: 1 },
    },
    train: { kind: 'train.logistic-regression', params: { c: 5, columns: { by: 'pattern', pattern: 'word_*' } } },
  }),
  'line-on-words': opinions('alike', {
    words: { kind: 'prepare.tf-idf', params: { column: 'text', most: 20, ignore: ['größe'], keep: true } },
    train: { kind: 'train.linear-regression', params: { alpha: 0.5, columns: { by: 'pattern', pattern: 'word_*' } } },
  }),
  'network-for-a-number': houses('price', ['kind'], { train: network('neural-network', 'small') }),
  'network-of-words': opinions('verdict', {
    train: ownNetwork([{ layer: 'embedding', size: 6 }, { layer: 'conv1d', filters: 6, kernel: 3 }, ...small], {
      leastOften: 1,
    }),
  }),
  'network-of-a-bag-for-a-number': opinions('alike', {
    train: network('sequence-network', 'bag', { reads: 'text', column: 'text', words: 6 }),
  }),
  'network-by-attention': opinions('verdict', {
    train: ownNetwork([
      { layer: 'embedding', size: 8 },
      { layer: 'positional' },
      { layer: 'transformer', heads: 2, hidden: 8 },
      { layer: 'attention', heads: 2 },
      { layer: 'global-pool' },
    ]),
  }),
  'network-of-a-series': opinions('verdict', {
    train: network('sequence-network', 'recurrent', { reads: 'series', channels: 2, columns: series }),
  }),
  'network-of-pictures': pictures(
    { channels: 'grey', fit: 'stretch', width: 12, height: 12, normalise: 'training' },
    network('image-network', 'small', { shift: 0.1, flip: true }),
  ),
  'network-of-cut-pictures': pictures(
    { crop: 'middle', cropWidth: 10, cropHeight: 12, fit: 'contain', width: 9, height: 9, normalise: 'imagenet' },
    network('image-network', 'small'),
  ),
  'network-on-a-frozen-encoder': pictures(
    { channels: 'colour', fit: 'cover', width: 8, height: 8 },
    {
      kind: 'train.embedding-head',
      params: { ...fewEpochs, encoder: 'encoder.onnx', output: 'flat', learningRate: 0.05 },
    },
  ),
  'network-that-gives-rows-back': {
    rows: 'houses.csv',
    nodes: {
      read: readHouses,
      train: network('autoencoder', 'narrow', { columns: { by: 'all', except: ['note', 'id', 'serial'] } }),
    },
  },
  'network-that-gives-numbers-back': {
    rows: 'houses.csv',
    nodes: {
      read: readHouses,
      split: split('kind'),
      fill: { kind: 'prepare.impute', params: { strategy: 'mean' } },
      train: network('autoencoder', 'narrow', { codes: true, columns: named('size', 'rooms', 'price') }),
    },
  },
  'network-encoder-for-classes': opinions('theme', { train: encoder({}) }),
  'network-encoder-by-small-matrices': opinions('alike', {
    train: encoder({ task: 'regression', how: 'lora', pool: 'first' }),
  }),
  'network-encoder-of-two-texts': opinions('alike', { train: encoder({ second: 'other', learns: 'similarity' }) }),
  'trees-behind-embeddings': {
    rows: 'opinions.jsonl',
    prepared: 'embed',
    nodes: {
      read: readOpinions,
      split: split('theme'),
      embed: { kind: 'prepare.embed-text', params: { column: 'text', encoder: 'onnx' } },
      train: trees({ columns: { by: 'pattern', pattern: 'embedding_*' } }),
    },
  },
  'trees-behind-languages': {
    rows: 'opinions.jsonl',
    prepared: 'language',
    nodes: {
      read: readOpinions,
      split: split('verdict'),
      language: { kind: 'language.detect-language', params: { column: 'text', unknown: true } },
      words: { kind: 'prepare.tf-idf', params: { column: 'text', most: 12 } },
      train: trees({ columns: { by: 'all', except: ['id', 'alike'] } }),
    },
  },
};
