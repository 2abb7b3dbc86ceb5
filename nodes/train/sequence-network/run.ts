import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, failWith } from '../../../shared/errors.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { NetworkInput } from '../../../shared/neural/network.ts';
import type { NetworkRows } from '../../../shared/neural/neural-service.ts';
import type { Finding, ParamsOf } from '../../../shared/kind/define-spec.ts';
import { learntText } from '../../../shared/kind/learnt-text.ts';
import { settingsOf } from '../../../shared/kind/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimators/neural/neural-estimator.ts';
import { encodeSeries, encodeTexts } from '../../../methods/neural-inputs/encode-rows.ts';
import { encodedColumns, type InputEncoding } from '../../../methods/neural-inputs/encoding.ts';
import { fitSeries } from '../../../methods/neural-inputs/fit-encoding.ts';
import { fitVocabulary } from '../../../methods/neural-inputs/tokens.ts';
import { learnNetwork } from '../../../methods/training/learn-network.ts';
import { openTrainingSet, type TrainingSet } from '../../../methods/training/training-set.ts';
import { trainingChips } from '../../../methods/training/training-report.ts';
import { seriesColumnsOf, seriesFindings, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Sequences {
  encoding: InputEncoding;
  input: NetworkInput;
  rows: (partition: 'train' | 'validation') => Promise<NetworkRows>;
}

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const isText = params.reads === 'text';
    const table = context.table('rows');
    const series = isText ? [] : seriesColumnsOf(params, table.columns).map((c) => c.name);
    if (!isText) refuse(seriesFindings(params, table.columns)[0]);
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: { by: 'names', names: series },
      task: params.task,
      features: isText ? 'none' : 'with-missing',
    });
    const { encoding, input, rows } = isText ? await readTexts(context, set) : await readSeries(context, set, series);
    const learnt = await learnNetwork(
      context,
      {
        learns: set.learns,
        classes: set.classes,
        positive: set.positive,
        input,
        layers: resolveLayers(params.layers, isText ? 'tokens' : 'series', input),
        settings: settingsOf(params),
        device: params.device,
        validation: params.validation,
      },
      async (partition) => ({ rows: await rows(partition), target: await set.read(partition) }),
    );
    const { trained, answer } = learnt;
    const columns = encodedColumns(encoding);
    const features = [...columns.numbers, ...columns.texts];
    await outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features,
      ...encodeNeural({ form: 'neural', encoding, network: trained.network, weights: trained.weights, answer }),
      facts: { ...set.facts, features, ...learnt.facts },
    });
    await outputs.report('report', {
      title: 'Sequence network',
      chips: [
        ...trainingChips({
          ...set,
          features: set.features.length > 0 ? set.features : features.map((name) => ({ name, type: 'VARCHAR' })),
        }),
        ...learnt.chips,
      ],
      blocks: learnt.blocks,
    });
  },
});

async function readTexts(context: Context, set: TrainingSet): Promise<Sequences> {
  const { params } = context;
  const column = learntText(params, context.table('rows').columns)?.name;
  if (column === undefined)
    throw fail('train.no-text', {
      message: 'It is not clear which column of texts is to be learnt from.',
      mend: 'Choose it.',
      param: 'column',
    });
  const [texts = []] = await set.texts([column], 'train');
  const { words, vocabulary } = fitVocabulary(texts, { size: params.vocabulary, leastOften: params.leastOften });
  if (vocabulary <= 2)
    throw fail('train.no-words', {
      message: `No word of "${column}" occurs ${params.leastOften} times in the training rows.`,
      mend: 'Lower "Min frequency", or give more rows.',
      param: 'leastOften',
      column,
    });
  context.log(`${(vocabulary - 2).toLocaleString('en')} different words are told apart.`);
  const encoding = { kind: 'text', column, length: params.words, vocabulary, words } as const;
  return {
    encoding: { ...encoding, words },
    input: { kind: 'tokens', length: params.words, vocabulary },
    rows: async (partition) => encodeTexts({ ...encoding, words }, (await set.texts([column], partition))[0] ?? []),
  };
}

async function readSeries({ params }: Context, set: TrainingSet, columns: readonly string[]): Promise<Sequences> {
  const values = await set.matrix64('train');
  const encoding = fitSeries(columns, params.channels, values, set.rows);
  return {
    encoding,
    input: { kind: 'series', length: columns.length / params.channels, channels: params.channels },
    rows: async (partition) => {
      const numbers = partition === 'train' ? values : await set.matrix64(partition);
      return encodeSeries(encoding, { rows: numbers.length / columns.length, numbers, texts: [] });
    },
  };
}

function refuse(finding: Finding | undefined): void {
  if (finding !== undefined) throw failWith(finding);
}
