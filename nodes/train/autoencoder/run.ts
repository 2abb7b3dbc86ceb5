import { smallest } from '../../../shared/append.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { describeNetwork, sizeOf } from '../../../shared/neural/describe-network.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { Network } from '../../../shared/neural/network.ts';
import type { NetworkRows, TrainedNetwork } from '../../../shared/neural/neural-service.ts';
import type { ReportBlock } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { settingsOf } from '../../../shared/kind/neural-learner.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { id, join, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { hiddenColumns, rowColumn } from '../../../shared/wires.ts';
import { encodeNeural, readAnswer } from '../../../methods/estimators/neural/neural-estimator.ts';
import { histogramChart } from '../../../methods/evaluation/histogram-chart.ts';
import { encodedColumns } from '../../../methods/neural-inputs/encoding.ts';
import { task as anomaly } from '../../../methods/tasks/anomaly/task.ts';
import { openFeatureSet } from '../../../methods/training/feature-set.ts';
import { checkedNetwork, describeTraining, pickRows, trainNetwork } from '../../../methods/training/learn-network.ts';
import { readTable, tableInput } from '../../../methods/training/learn-table-network.ts';
import { quantileOfSorted } from '../../../methods/statistics/quantile.ts';
import { readColumns, scoreColumn, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

const answer = { kind: 'difference' } as const;
const fewestToSpare = 100;
const everyTenth = 10;

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const table = context.table('rows');
    const set = await openFeatureSet(table, readColumns(params.columns, table.columns));
    const read = await readTable(context, set, 'one-hot');
    const input = tableInput(read.encoding);
    const network = checkedNetwork({
      input,
      layers: resolveLayers(params.layers, 'again', input),
      output: { kind: 'input-again', loss: 'squared' },
    });
    const rows = await read.rows('train');
    const { train, validation, watched } = await parts(context, rows, read.rows);
    const settings = settingsOf({ ...params, classWeights: 'none' });
    const trained = await trainNetwork(context, {
      network,
      settings,
      device: params.device,
      train,
      ...(validation === undefined ? {} : { validation }),
    });
    const reported = describeTraining(context, network, trained, {
      watched,
      lossName: 'squared difference, standardised',
      batchSize: params.batchSize,
    });
    const all = table.schema.split ? await read.rows('all') : rows;
    const { scores, codes } = await scoreRows(context, trained, all);
    const usual = scores.slice().sort();
    const quantiles = {
      median: quantileOfSorted(usual, 0.5),
      q95: quantileOfSorted(usual, 0.95),
      q99: quantileOfSorted(usual, 0.99),
    };
    await writeRows(context, scores, codes);
    const features = encodedColumns(read.encoding);
    await outputs.model('model', {
      kind: spec.kind,
      task: anomaly.task,
      target: { name: scoreColumn, type: 'DOUBLE' },
      features: [...features.numbers, ...features.texts],
      ...encodeNeural({ form: 'neural', encoding: read.encoding, network, weights: trained.weights, answer }),
      facts: {
        rows: set.rows,
        features: [...features.numbers, ...features.texts],
        ...reported.facts,
        score_quantiles: quantiles,
      },
    });
    context.metric('score_q95', quantiles.q95);
    await outputs.report('report', {
      title: 'Autoencoder',
      chips: [`trained on ${set.rows.toLocaleString('en')} rows`, ...reported.chips],
      blocks: [...reported.blocks, scoreChart(usual), scoreWords(quantiles)],
    });
  },
});

/** The validation rows of Split, else every tenth training row. */
async function parts(
  context: Context,
  rows: NetworkRows,
  read: (partition: 'validation') => Promise<NetworkRows>,
): Promise<{ train: NetworkRows; validation?: NetworkRows; watched: string }> {
  if (context.params.validation === 'never') return { train: rows, watched: 'none' };
  const table = context.table('rows');
  if (table.schema.split && (await table.count('validation')) > 0)
    return { train: rows, validation: await read('validation'), watched: 'the validation rows of Split' };
  if (rows.count < fewestToSpare) return { train: rows, watched: 'none' };
  const numbers = Array.from({ length: rows.count }, (_, i) => i);
  const isAside = (row: number): boolean => row % everyTenth === everyTenth - 1;
  return {
    train: pickRows(
      rows,
      numbers.filter((row) => !isAside(row)),
    ),
    validation: pickRows(rows, numbers.filter(isAside)),
    watched: 'a tenth of the training rows',
  };
}

interface Scores {
  scores: Float64Array;
  /** [rows, width] of the narrowest layer. */
  codes?: { width: number; values: Float32Array };
}

async function scoreRows(
  { neural, params, signal }: Context,
  { network, weights }: TrainedNetwork,
  rows: NetworkRows,
): Promise<Scores> {
  const open = await neural.open(network, weights, { device: 'cpu' });
  try {
    const scores = readAnswer(answer, rows, await open.predict(rows, signal)).prediction;
    const layer = narrowest(network);
    return params.codes && layer !== undefined
      ? { scores, codes: await open.embed(rows, { layer }, signal) }
      : { scores };
  } finally {
    await open.close();
  }
}

/** The first of the narrowest layers. */
function narrowest(network: Network): number | undefined {
  const sizes = describeNetwork(network).layers.map((layer) => sizeOf(layer.shape));
  const least = smallest(sizes);
  return sizes.length === 0 ? undefined : sizes.indexOf(least);
}

async function writeRows(context: Context, scores: Float64Array, codes: Scores['codes']): Promise<void> {
  const table = context.table('rows');
  const width = codes?.width ?? 0;
  const staged = await context.stage(
    [
      { name: 'place', type: 'BIGINT' },
      { name: 'score', type: 'DOUBLE' },
      { name: 'codes', type: 'FLOAT[]' },
    ],
    Array.from(scores, (score, row): SqlValue[] => [
      row,
      score,
      `[${codes === undefined ? '' : codes.values.subarray(row * width, (row + 1) * width).join(',')}]`,
    ]),
  );
  const taken = table.columns.map((c) => c.name);
  const [score = scoreColumn, ...names] = uniqueNames(
    [scoreColumn, ...Array.from({ length: width }, (_, i) => `code_${i + 1}`)],
    taken,
  );
  const marks = table.schema.split ? hiddenColumns : [];
  const kept = join([...marks, ...taken].map((name) => sql`r.${id(name)}`));
  const numbers = names.map((name, i) => sql`, s.codes[${i + 1}] AS ${id(name)}`);
  const order = sql`(SELECT *, row_number() OVER (ORDER BY ${id(rowColumn)}) - 1 AS "__place" FROM ${table.ref})`;
  await context.outputs.table(
    'rows',
    sql`SELECT ${kept}, s.score AS ${id(score)}${numbers.length === 0 ? raw('') : join(numbers, '')} FROM ${order} AS r JOIN ${staged} AS s ON r."__place" = s.place ORDER BY r."__place"`,
  );
}

const bins = 40;

function scoreChart(sorted: Float64Array): ReportBlock {
  const [low, high] = [sorted[0] ?? 0, quantileOfSorted(sorted, 0.995)];
  const width = high > low ? (high - low) / bins : 1;
  return histogramChart(
    sorted,
    { low, width, bins },
    {
      title: 'Anomaly scores',
      help: 'How badly each row is given back. What stands far to the right is unlike the others; the last bar holds all that is beyond.',
      values: 'anomaly score',
      caption: `Anomaly scores of ${sorted.length.toLocaleString('en')} rows, most below ${quantileOfSorted(sorted, 0.95).toPrecision(3)}.`,
    },
  );
}

const scoreWords = ({ median, q95, q99 }: { median: number; q95: number; q99: number }): ReportBlock => ({
  type: 'text',
  text: `Half of the rows score below ${median.toPrecision(3)}, 95 of 100 below ${q95.toPrecision(3)}, 99 of 100 below ${q99.toPrecision(3)}. Call a row unusual from the score on that leaves you as many as you can look at.`,
  tone: 'plain',
});
