/**
 * The layers of a network as a parameter: the name of a preset, which fits itself to what goes in, or a list of layers of a person's own. A preset is
 * saved by its name, so that the same file works on other images and tables.
 */
import * as z from 'zod';
import { sizeOf } from './describe-network.ts';
import { layer, type Layer, type NetworkInput } from './network.ts';

export type TakesInput = NetworkInput['kind'] | 'again';

export const layersSetting = z.union([
  z.strictObject({ preset: z.string() }),
  z.strictObject({ layers: z.array(layer).max(256) }),
]);
export type LayersSetting = z.output<typeof layersSetting>;

export interface LayerPreset {
  id: string;
  title: string;
  /** For whom, in a sentence. */
  about: string;
  layers: (input: NetworkInput) => unknown[];
}

const relu = { activation: 'relu' } as const;
const dense = (units: number) => ({ layer: 'dense', units, ...relu });
const drop = (rate: number) => ({ layer: 'dropout', rate });

/** Convolutions and a pool while the image is larger than four on its shorter side: as many halvings as the image bears. */
function imageStages(input: NetworkInput, filters: readonly number[], convolutions: number): unknown[] {
  if (input.kind !== 'image') return [];
  let side = Math.min(input.height, input.width);
  return filters.flatMap((count, i) => {
    const convolution = { layer: 'conv2d', filters: count, ...relu };
    const stage = Array.from({ length: convolutions }, () => convolution);
    if (side < 4) return i === 0 ? stage : [];
    side = Math.floor(side / 2);
    return [...stage, { layer: 'pool' }];
  });
}
const residualBlock = (filters: number) => ({
  layer: 'residual',
  layers: [
    { layer: 'conv2d', filters, ...relu },
    { layer: 'batch-norm' },
    { layer: 'conv2d', filters, ...relu },
    { layer: 'batch-norm' },
  ],
});
const transformers = (count: number) => [
  { layer: 'positional' },
  ...Array.from({ length: count }, () => ({ layer: 'transformer', heads: 4 })),
  { layer: 'layer-norm' },
  { layer: 'global-pool' },
];
/** Down to the middle and up again to the input's own size, which needs no head. */
function bottleneck(input: NetworkInput, widths: readonly number[]): unknown[] {
  const size = inputSize(input);
  const way = widths.map((share) => Math.max(2, Math.round(size * share)));
  const down = input.kind === 'table' ? [] : [{ layer: 'flatten' }];
  return [...down, ...way.map(dense), ...way.slice(0, -1).reverse().map(dense), { layer: 'dense', units: size }];
}
function inputSize(input: NetworkInput): number {
  switch (input.kind) {
    case 'table':
      return Math.max(1, input.numbers);
    case 'image':
      return sizeOf([input.channels, input.height, input.width]);
    case 'series':
      return sizeOf([input.length, input.channels]);
    case 'tokens':
      return input.length;
  }
}

const presets: Readonly<Record<TakesInput, readonly LayerPreset[]>> = {
  table: [
    { id: 'small', title: 'Small', about: 'Up to a few thousand rows.', layers: () => [dense(64), dense(32)] },
    {
      id: 'medium',
      title: 'Medium',
      about: 'Thousands to hundreds of thousands of rows.',
      layers: () => [dense(128), drop(0.1), dense(64), drop(0.1)],
    },
    {
      id: 'large',
      title: 'Large',
      about: 'Many rows with much structure.',
      layers: () => [
        dense(256),
        { layer: 'batch-norm' },
        drop(0.2),
        dense(128),
        { layer: 'batch-norm' },
        drop(0.2),
        dense(64),
      ],
    },
    { id: 'linear', title: 'Linear', about: 'No hidden layer: a linear model to compare with.', layers: () => [] },
  ],
  image: [
    {
      id: 'small',
      title: 'Small',
      about: 'Small or few images: two stages of one convolution.',
      layers: (input) => [...imageStages(input, [16, 32], 1), { layer: 'flatten' }, dense(64)],
    },
    {
      id: 'medium',
      title: 'Medium',
      about: 'Thousands of images: two stages of two convolutions, with dropout.',
      layers: (input) => [...imageStages(input, [32, 64], 2), drop(0.25), { layer: 'flatten' }, dense(128), drop(0.4)],
    },
    {
      id: 'residual',
      title: 'Residual',
      about: 'Larger images: blocks with a way around them, which train at any depth.',
      layers: (input) => [
        ...imageStages(input, [32], 1),
        residualBlock(32),
        ...imageStages(input, [64], 1),
        residualBlock(64),
        { layer: 'global-pool' },
        drop(0.2),
      ],
    },
  ],
  series: [
    {
      id: 'convolutional',
      title: 'Convolutional',
      about: 'Fast; sees shapes wherever they are in the series.',
      layers: () => [
        { layer: 'conv1d', filters: 32, kernel: 5, ...relu },
        { layer: 'conv1d', filters: 64, kernel: 5, stride: 2, ...relu },
        { layer: 'global-pool' },
        dense(64),
      ],
    },
    {
      id: 'recurrent',
      title: 'Recurrent',
      about: 'Where the order from first to last carries the meaning.',
      layers: () => [{ layer: 'recurrent', cell: 'gru', units: 64 }],
    },
    {
      id: 'transformer',
      title: 'Transformer',
      about: 'Where distant places belong together, and there are many examples.',
      layers: () => [{ layer: 'dense', units: 64 }, ...transformers(1)],
    },
  ],
  tokens: [
    {
      id: 'bag',
      title: 'Bag of words',
      about: 'The mean of the words’ vectors: the quickest, often enough.',
      layers: () => [{ layer: 'embedding', size: 64 }, { layer: 'global-pool' }],
    },
    {
      id: 'convolutional',
      title: 'Convolutional',
      about: 'Sees phrases of a few words.',
      layers: () => [
        { layer: 'embedding', size: 64 },
        { layer: 'conv1d', filters: 128, kernel: 5, ...relu },
        { layer: 'global-pool', by: 'max' },
        drop(0.3),
      ],
    },
    {
      id: 'transformer',
      title: 'Transformer',
      about: 'Words that explain each other over a distance; for many texts.',
      layers: () => [{ layer: 'embedding', size: 128 }, ...transformers(2)],
    },
  ],
  again: [
    {
      id: 'bottleneck',
      title: 'Bottleneck',
      about: 'Through half the size to an eighth, and back.',
      layers: (input) => bottleneck(input, [0.5, 0.125]),
    },
    {
      id: 'narrow',
      title: 'Narrow',
      about: 'To two numbers: a map that can be drawn.',
      layers: (input) => bottleneck(input, [0.5, 0.25, 2 / inputSize(input)]),
    },
  ],
};

export const presetsFor = (takes: TakesInput): readonly LayerPreset[] => presets[takes];

/** What takes texts may be told to take series. */
export const takenOf = (takes: TakesInput, input: NetworkInput): TakesInput =>
  takes === 'tokens' && input.kind === 'series' ? 'series' : takes;

/** What a setting may name. Where a text or a series is taken, a preset of either. */
export const presetNames = (takes: TakesInput): string[] => [
  ...new Set([...presets[takes], ...(takes === 'tokens' ? presets.series : [])].map(({ id }) => id)),
];

/** The layers that a setting stands for. An unknown preset's are those of the first. */
export function resolveLayers(setting: LayersSetting, takes: TakesInput, input: NetworkInput): Layer[] {
  if ('layers' in setting) return setting.layers;
  const all = presets[takes];
  const preset = all.find(({ id }) => id === setting.preset) ?? all[0];
  return z.array(layer).parse(preset?.layers(input) ?? []);
}
