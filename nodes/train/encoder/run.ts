import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, failWith } from '../../../shared/errors.ts';
import type { LowRankSettings, NetworkOutput } from '../../../shared/neural/network.ts';
import { trainingSettings, type TrainingSettings } from '../../../shared/neural/training-settings.ts';
import type { Finding, ParamsOf } from '../../../shared/spec/define-spec.ts';
import { learntText, noLearntText } from '../../../shared/spec/learnt-text.ts';
import { encoderEndings, type TrainableEncoder } from '../../../shared/media/text-service.ts';
import { encoderInput, encoderNetwork } from '../../../methods/encoder/encoder-network.ts';
import { encoderShape, type EncoderShape } from '../../../methods/encoder/encoder-shape.ts';
import { readEncoderWeights } from '../../../methods/encoder/encoder-weights.ts';
import { encodeNeural } from '../../../methods/estimator/neural-estimator.ts';
import { encodeWordpieces } from '../../../methods/neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../../../methods/neural-inputs/encoding.ts';
import {
  learnNetwork,
  type LearntNetwork,
  type NetworkSource,
  pickRows,
} from '../../../methods/training/learn-network.ts';
import { openTrainingSet, type TargetRows, type TrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

/** Encoders with more weights learn by small matrices beside them, unless a person wants otherwise. */
const mostOfAll = 60_000_000;
/** Lengths are multiples of it: another longest text by a word or two makes no other graph. */
const lengthStep = 8;

export default task(spec, {
  sources: ({ encoder }) => [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }],

  run: async (context) => {
    const { params } = context;
    const columns = textsOf(context);
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: { by: 'names', names: [] },
      task: isAlike(params) ? 'regression' : params.task,
      features: 'none',
    });
    const encoder = await context.texts.openTrainable(await context.folder('encoder'), {
      file: params.network,
      most: params.tokens,
    });
    try {
      const taken: Taken = { columns, set, encoder, shape: encoderShape(encoder.config) };
      await write(context, taken, await learn(context, taken));
    } finally {
      await encoder.close();
    }
  },
});

const isAlike = ({ learns }: Context['params']): boolean => learns === 'similarity';

/** What is learnt from, and what learns. */
interface Taken {
  columns: readonly string[];
  set: TrainingSet;
  encoder: TrainableEncoder;
  shape: EncoderShape;
}
interface Learnt {
  network: LearntNetwork;
  encoding: EncodingOf<'wordpieces'>;
  lowRank: LowRankSettings | undefined;
}

async function learn(context: Context, taken: Taken): Promise<Learnt> {
  const { params, log } = context;
  const { columns, set, encoder, shape } = taken;
  const read = reader(context, taken);
  const train = await read('train');
  const length = lengthOf(train.tokens, Math.min(encoder.longest, shape.longest));
  const encoding = { kind: 'wordpieces' as const, columns: [...columns], length, padding: shape.padding };
  const output = outputOf(params, set);
  const lowRank = lowRankOf(params, shape);
  const pool = params.pool === 'auto' ? encoder.pooling : params.pool;
  log(
    `${weightsOf(shape).toLocaleString('en')} weights of the ${shape.family} encoder; ${lowRank === undefined ? 'every one learns' : `matrices of rank ${lowRank.rank} learn beside them`}; ${length} tokens a text.`,
  );
  const network = await learnNetwork(
    context,
    {
      task: set.task,
      classes: set.classes,
      positive: set.positive,
      input: encoderInput(shape, length, columns.length === 2 ? 2 : 1),
      layers: encoderNetwork(shape, { length, pool, dropout: params.dropout, output }).layers,
      settings: settingsOf(params, lowRank),
      device: params.device,
      validation: params.validation,
      output,
      initial: await readEncoderWeights(shape, encoder, length),
      ...(lowRank === undefined ? {} : { lowRank }),
    },
    async (partition) => {
      const { tokens, target } = partition === 'train' ? train : await read(partition);
      const source = { rows: encodeWordpieces(encoding, tokens), target };
      return isAlike(params) ? alikeRows(context, source, partition) : source;
    },
  );
  return { network, encoding, lowRank };
}

async function write(
  { params, outputs }: Context,
  taken: Taken,
  { network, encoding, lowRank }: Learnt,
): Promise<void> {
  const { columns, set, encoder, shape } = taken;
  const { trained, answer } = network;
  await outputs.model('model', {
    kind: spec.kind,
    task: set.task,
    target: set.target,
    features: columns,
    ...(set.task === 'classification' ? { classes: set.classes } : {}),
    ...encodeNeural({
      form: 'neural',
      encoding,
      network: trained.network,
      weights: trained.weights,
      answer: isAlike(params) ? { kind: 'value', mean: 0, sd: 1 } : answer,
      tokens: encoder.texts,
    }),
    facts: {
      ...set.facts,
      features: columns,
      encoder: params.encoder,
      encoder_sha256: encoder.hash,
      family: shape.family,
      tokens: encoding.length,
      ...(lowRank === undefined ? {} : { rank: lowRank.rank, alpha: lowRank.alpha }),
      ...network.facts,
    },
  });
  await outputs.report('report', {
    title: 'Encoder',
    chips: [
      `trained on ${set.rows.toLocaleString('en')} ${isAlike(params) ? 'pairs of texts' : 'texts'}`,
      ...(set.classes.length > 0 ? [`${set.classes.length} classes`] : []),
      lowRank === undefined ? 'every weight' : `rank ${lowRank.rank} beside the weights`,
      ...network.chips,
    ],
    blocks: network.blocks,
  });
}

/** One column, or two that are compared. */
function textsOf({ node, params, table }: Context): string[] {
  const { columns } = table('rows');
  if (!isAlike(params)) {
    const column = learntText(params, columns)?.name;
    if (column === undefined)
      refuse(noLearntText(params, columns, { param: 'column', mend: 'Wire rows with a text.' }));
    return [column ?? ''];
  }
  for (const param of ['column', 'second'] as const)
    if (!columns.some((c) => c.name === params[param]))
      refuse({
        code: 'column.missing',
        message:
          params[param] === ''
            ? 'Two texts are compared, and one is not chosen.'
            : `There is no column "${params[param]}".`,
        mend: 'Choose both columns of texts.',
        param,
        facts: { node },
      });
  return [params.column, params.second];
}

function refuse(finding: Finding): never {
  throw failWith(finding);
}

interface TokenTexts {
  /** By column and row. */
  tokens: readonly (readonly (readonly number[])[])[];
  target: TargetRows;
}

/** Texts as tokens, with a warning for those that were cut. */
function reader({ params, warn, signal, progress }: Context, { encoder, set, columns, shape }: Taken) {
  return async (partition: 'train' | 'validation'): Promise<TokenTexts> => {
    const texts = await set.texts(columns, partition);
    const known = new Map<string, readonly number[]>();
    let cut = 0;
    const total = texts.reduce((sum, column) => sum + column.length, 0);
    let done = 0;
    const tokens = texts.map((column) =>
      column.map((text) => {
        if (done++ % 1024 === 0) {
          signal.throwIfAborted();
          progress(done / total, `${done.toLocaleString('en')} of ${total.toLocaleString('en')} texts cut into tokens`);
        }
        const found = known.get(text ?? '');
        if (found !== undefined) return found;
        const made = encoder.tokens(text ?? '');
        if (made.cut) cut++;
        refuseForeignToken(made.ids, shape.vocabulary);
        known.set(text ?? '', made.ids);
        return made.ids;
      }),
    );
    if (cut > 0)
      warn({
        code: 'encoder.cut',
        severity: 'warning',
        message: `${cut.toLocaleString('en')} of ${known.size.toLocaleString('en')} texts are longer than ${encoder.longest} tokens: their ends are not read.`,
        mend:
          encoder.longest < params.tokens
            ? 'Put Chunk texts before.'
            : 'Raise "Max length", or put Chunk texts before.',
        param: 'tokens',
      });
    return { tokens, target: await set.read(partition) };
  };
}

function refuseForeignToken(ids: readonly number[], vocabulary: number): void {
  const foreign = ids.find((id) => id >= vocabulary);
  if (foreign === undefined) return;
  throw fail('encoder.unfit', {
    message: `The tokenizer gives the token ${foreign}, and the encoder knows ${vocabulary}.`,
    mend: 'Take tokenizer.json and the weights from one folder.',
    param: 'encoder',
  });
}

/** What the longest training text needs. */
function lengthOf(tokens: TokenTexts['tokens'], most: number): number {
  const longest = tokens.reduce((n, column) => column.reduce((m, ids) => Math.max(m, ids.length), n), 1);
  return Math.min(most, Math.ceil(longest / lengthStep) * lengthStep);
}

function outputOf(params: Context['params'], { task, classes }: TrainingSet): NetworkOutput {
  if (isAlike(params)) return { kind: 'similarity', loss: params.loss };
  return task === 'regression'
    ? { kind: 'values', count: 1, loss: 'squared' }
    : { kind: 'classes', count: classes.length };
}

const weightsOf = ({ layers, width, hidden, vocabulary, longest }: EncoderShape): number =>
  (vocabulary + longest + 2) * width + layers * (4 * width * (width + 1) + 2 * width * hidden + hidden + 5 * width);

function lowRankOf({ how, rank, alpha }: Context['params'], shape: EncoderShape): LowRankSettings | undefined {
  const small = how === 'lora' || (how === 'auto' && weightsOf(shape) > mostOfAll);
  return small ? { rank, alpha } : undefined;
}

function settingsOf(params: Context['params'], lowRank: LowRankSettings | undefined): TrainingSettings {
  const { epochs, batchSize, classWeights, keepBest, weightDecay, schedule, warmUpEpochs, clipNorm, seed } = params;
  return trainingSettings.parse({
    ...{ epochs, batchSize, classWeights, keepBest, weightDecay, schedule, warmUpEpochs, clipNorm, seed },
    optimizer: 'adamw',
    learningRate: params.learningRate ?? (lowRank === undefined ? 5e-5 : 5e-4),
    patience: params.patience === null ? null : Math.max(1, Math.round(params.patience)),
  });
}

/** How alike: from −1 to 1. Where pairs are told from one another, those that do not belong together are left out. */
function alikeRows({ params, log }: Context, { rows, target }: NetworkSource, partition: string): NetworkSource {
  const wrong = target.target.find((value) => value < -1 || value > 1);
  if (wrong !== undefined)
    throw fail('train.not-alike', {
      message: `How alike two texts are is a number from -1 to 1, or 0 and 1; the target has ${wrong}.`,
      mend: 'Bring it there before Split: Derive columns, say with score / 5.',
      param: 'target',
    });
  if (params.loss === 'squared') return { rows, target };
  const kept = [...target.target].flatMap((value, row) => (value >= 0.5 ? [row] : []));
  if (kept.length < 2 && partition === 'train')
    throw fail('train.no-pairs', {
      message: `${kept.length} of ${rows.count} training rows have a target of 0.5 or more.`,
      mend: 'Pairs that belong together have the target 1.',
      param: 'target',
    });
  if (kept.length < rows.count)
    log(`${rows.count - kept.length} of ${rows.count} pairs are left out: their target is below 0.5.`);
  return { rows: pickRows(rows, kept), target: pickedTarget(target, kept) };
}

const pickedTarget = ({ target, weights }: TargetRows, kept: readonly number[]): TargetRows => ({
  rows: kept.length,
  target: Float64Array.from(kept, (row) => target[row] ?? Number.NaN),
  ...(weights === undefined ? {} : { weights: Float64Array.from(kept, (row) => weights[row] ?? 0) }),
});
