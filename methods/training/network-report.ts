/** What a training report shows of a network: how it learnt, and what it is made of. */
import { describeNetwork, shapeWords } from '../../shared/neural/describe-network.ts';
import type { Layer, Network } from '../../shared/neural/network.ts';
import type { EpochFacts } from '../../shared/neural/neural-service.ts';
import type { ChartBlock, ReportBlock } from '../../shared/report.ts';

const mostPoints = 500;

/** Loss, and accuracy or error where they were measured; thinned evenly where there are very many epochs. */
export function networkCurves(history: readonly EpochFacts[], best: number, lossName: string): ReportBlock[] {
  const step = Math.max(1, Math.ceil(history.length / mostPoints));
  const kept = history.filter((e, i) => i % step === 0 || i === history.length - 1 || e.epoch === best);
  const last = history.at(-1);
  const bestOne = history.find((e) => e.epoch === best);
  const loss = curve(
    'Learning curve',
    lossName,
    kept,
    { training: (e) => e.loss, validation: (e) => e.validationLoss },
    `${lossName} after ${last?.epoch ?? 0} epochs: ${say(last?.loss)} on training rows${last?.validationLoss === undefined ? '' : `, ${say(last.validationLoss)} on validation rows`}; best after ${best}: ${say(bestOne?.validationLoss ?? bestOne?.loss)}.`,
    'The training loss always falls. When the validation loss rises again, the network begins to learn the training rows by heart.',
  );
  const accuracy = curve(
    'Accuracy by epoch',
    'accuracy',
    kept,
    { validation: (e) => e.accuracy },
    `Accuracy after ${best} epochs: ${say(bestOne?.accuracy)}.`,
    'The share of rows whose class is right; of the validation rows where there are some.',
  );
  const error = curve(
    'Absolute error by epoch',
    'mean absolute error, standardised',
    kept,
    { validation: (e) => e.absoluteError },
    `Mean absolute error after ${best} epochs: ${say(bestOne?.absoluteError)}.`,
  );
  return [loss, accuracy, error].filter((chart) => (chart.data['epoch'] ?? []).length > 0);
}

function curve(
  title: string,
  axis: string,
  history: readonly EpochFacts[],
  series: Readonly<Record<string, (e: EpochFacts) => number | undefined>>,
  caption: string,
  help?: string,
): ChartBlock {
  const points = Object.entries(series).flatMap(([rows, of]) =>
    history.flatMap((e) => {
      const value = of(e);
      return value === undefined ? [] : [{ epoch: e.epoch, value, rows }];
    }),
  );
  return {
    type: 'chart',
    title,
    ...(help === undefined ? {} : { help }),
    mark: 'line',
    x: { field: 'epoch', title: 'epochs', scale: 'linear' },
    y: { field: 'value', title: axis, scale: 'linear' },
    color: 'rows',
    data: {
      epoch: points.map((p) => p.epoch),
      value: points.map((p) => (Number.isFinite(p.value) ? p.value : null)),
      rows: points.map((p) => p.rows),
    },
    caption,
  };
}

const say = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'undefined' : value.toPrecision(4);

const layerNames: Readonly<Record<Layer['layer'], string>> = {
  dense: 'Dense',
  conv2d: 'Convolution',
  conv1d: 'Convolution over series',
  pool: 'Pooling',
  'global-pool': 'Global pooling',
  flatten: 'Flatten',
  reshape: 'Reshape',
  dropout: 'Dropout',
  'batch-norm': 'Batch normalisation',
  'layer-norm': 'Layer normalisation',
  activation: 'Activation',
  embedding: 'Embedding',
  positional: 'Positions',
  attention: 'Attention',
  transformer: 'Transformer block',
  recurrent: 'Recurrent',
  residual: 'Residual',
};

/** The layers with what they give and how much they learn. */
export function networkTable(network: Network, batchSize: number): ReportBlock {
  const { input, layers, head, parameters, numbersKept } = describeNetwork(network);
  const rows = [
    ['Input', sayInput(network), shapeWords(input.shape), input.parameters],
    ...network.layers.map((layer, i) => [
      layerNames[layer.layer],
      sayLayer(layer),
      shapeWords(layers[i]?.shape ?? []),
      layers[i]?.parameters ?? 0,
    ]),
    ['Answer', '', shapeWords(head?.shape ?? []), head?.parameters ?? 0],
  ];
  const megabytes = (4 * (numbersKept * 2 * batchSize + 4 * parameters)) / 2 ** 20;
  return {
    type: 'table',
    title: 'Layers',
    columns: [
      { name: 'layer', title: 'Layer', align: 'left' },
      { name: 'settings', title: 'Settings', align: 'left' },
      { name: 'shape', title: 'Gives', align: 'right' },
      { name: 'parameters', title: 'Weights', align: 'right' },
    ],
    rows,
    caption: `${parameters.toLocaleString('en')} weights; a step of ${batchSize} rows takes about ${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB.`,
  };
}

function sayInput({ input }: Network): string {
  return input.kind === 'table' && input.categories.length > 0
    ? input.categories.map((c) => `${c.name}: ${c.count} → ${c.size}`).join(', ')
    : '';
}

/** The settings that differ from what is usual, in a few words. */
function sayLayer(layer: Layer): string {
  const facts = Object.entries(layer).flatMap(([name, value]): string[] => {
    if (name === 'layer' || name === 'layers' || name === 'units' || name === 'filters' || name === 'bias') return [];
    if (name === 'activation') return value === 'none' ? [] : [String(value)];
    if (name === 'causal' || name === 'dropout')
      return value === false || value === 0 ? [] : [`${name} ${String(value)}`];
    return [`${name} ${Array.isArray(value) ? value.join(' × ') : String(value)}`];
  });
  return layer.layer === 'residual' ? layer.layers.map((l) => layerNames[l.layer]).join(', ') : facts.join(', ');
}
