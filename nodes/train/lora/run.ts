import { task, type PartitionName, type TaskContext } from '../../../shared/capabilities.ts';
import { providerWords } from '../../../shared/neural/devices.ts';
import { decoderModules, type DecoderModule, type TokenRow, type TrainedDecoder } from '../../../shared/decoder.ts';
import type { LanguageDraft } from '../../../shared/language/language-model.ts';
import type { ReportBlock } from '../../../shared/report.ts';
import { decoderSettings } from '../../../shared/kind/fields/decoder-fields.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { writeGgufAdapter, writePeftAdapter, type AdapterLearns } from '../../../methods/decoder/write-adapter.ts';
import { fitRows, type FittedRows } from '../../../methods/finetune/fit-rows.ts';
import { openTuningBase, tunableBase, type TuningBase } from '../../../methods/finetune/open-base.ts';
import { reportTraining } from '../../../methods/finetune/report-training.ts';
import {
  checkBlock,
  comparison,
  comparisonBlock,
  lengthBlock,
  lossBlock,
  quoteChips,
  sampleBlock,
  tokenBlock,
} from '../../../methods/finetune/tuning-report.ts';
import {
  provenRoundTrips,
  readExamples,
  readTexts,
  type Examples,
  type RenderPrompts,
} from '../../../methods/finetune/tuning-rows.ts';
import { gatherPieces } from '../../../methods/gguf/bytes-in-memory.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Context = TaskContext<Params>;

export default task(spec, {
  run: async (context) => {
    const input = context.llm('llm');
    const { files } = tunableBase(input.value);
    const paths = await Promise.all(files.map((file) => input.place(file)));
    const base = await openTuningBase(input.value, await Promise.all(paths.map((path) => context.decoders.file(path))));
    const prepared = await prepare(context, base);
    const learns = learnsOf(context.params);
    context.show(tokenBlock(prepared.fitted.rows, base.format.tokenizer));
    context.show(lengthBlock(prepared.fitted.lengths, context.params.maxLength));
    const trained = await context.decoders.train({
      model: { from: 'files', files: paths },
      learns,
      rows: prepared.rows,
      settings: decoderSettings(context.params, prepared.rows.length),
      measured: prepared.measured,
      prompts: prepared.prompts,
      sampleTokens: 32,
      stopTokens: stopTokens(base),
      memory: context.params.memory,
      device: context.params.device,
      tryOneBatch: context.params.tryOneBatch,
      ...reportTraining(context, {
        validation: prepared.measured[0]?.name,
        decode: (ids) => base.format.tokenizer.decode(ids),
        taught: prepared.taught,
      }),
    });
    context.log(`${trained.steps.length} steps in ${Math.round(trained.seconds)} s on ${trained.device.name}`);
    warnOf(context, trained);
    for (const { name, before, after } of comparison(trained.measures)) {
      const word = name.replaceAll(' ', '_');
      context.metric(`${word}_loss_before`, before);
      context.metric(`${word}_loss`, after);
      context.metric(`${word}_perplexity`, Math.exp(after));
    }
    await context.outputs.llm('llm', await draftOf(context, base, learns, trained));
    await context.outputs.report('report', {
      title: 'Fine-tuning',
      chips: [
        `${prepared.fitted.rows.length} examples`,
        ...quoteChips(trained.quote),
        providerWords[trained.device.provider],
      ],
      blocks: blocksOf(base, prepared, trained, context.params.maxLength),
    });
  },
});

interface Prepared {
  examples: Examples;
  fitted: FittedRows;
  /** Examples and the texts learnt beside them. */
  rows: readonly TokenRow[];
  measured: { name: string; rows: readonly TokenRow[] }[];
  prompts: { name: string; ids: readonly number[] }[];
  /** What the prompts should be answered with, by their names. */
  taught: ReadonlyMap<string, string>;
  roundTrips: { same: number; tried: number };
}

async function prepare(context: Context, base: TuningBase): Promise<Prepared> {
  const { params: p, has } = context;
  const table = context.table('rows');
  const { split } = table.schema;
  const examples = await readExamples(table, split ? 'train' : 'all', p, base.format, renderer(context, base));
  const roundTrips = await provenRoundTrips(examples, base.format, renderer(context, base));
  const fitted = fitRows(examples.rows, p.maxLength, p.tooLong, examples.names);
  reportRows(context, examples, fitted);
  const texts = (port: 'replay' | 'retention', column: string) =>
    has(port) ? readTexts(context.table(port), column, base.format, p.maxLength) : Promise.resolve([]);
  const replay = await texts('replay', p.replayColumn);
  const retention = await texts('retention', p.retentionColumn);
  const heldOut = split ? await heldOutRows(context, base) : [];
  const sets = [
    { name: 'held-out', rows: heldOut },
    { name: 'retention', rows: retention },
  ];
  return {
    examples,
    fitted,
    roundTrips,
    rows: [...fitted.rows, ...replay],
    measured: sets.filter(({ rows }) => rows.length > 0),
    ...promptsOf(examples, p),
  };
}

/** The template came with the model: it is rendered apart. */
const renderer =
  ({ llm, signal }: Context, { format }: TuningBase): RenderPrompts =>
  (jobs) =>
    llm('llm').render(format.template, jobs, signal);

async function heldOutRows(context: Context, base: TuningBase): Promise<readonly TokenRow[]> {
  const { params: p, table } = context;
  const rows = table('rows');
  const partition: PartitionName = (await rows.count('test')) > 0 ? 'test' : 'validation';
  if ((await rows.count(partition)) === 0) return [];
  const { rows: read } = await readExamples(rows, partition, p, base.format, renderer(context, base));
  return read.length === 0 ? [] : fitRows(read, p.maxLength, 'cut').rows;
}

/** The first questions: what stands before the first token of an answer. */
function promptsOf({ rows, conversations }: Examples, p: Params): Pick<Prepared, 'prompts' | 'taught'> {
  const asked = rows.flatMap(({ ids, trained }, i) => {
    const messages = conversations[i] ?? [];
    const answer = messages.findIndex(({ role }) => role === 'assistant');
    // Where every token is learnt, the answer's first is not told by the marks.
    const start = p.learn === 'all' ? -1 : trained.indexOf(true);
    const name = (messages[answer - 1]?.content ?? '').slice(0, 200);
    const said = messages[answer]?.content ?? '';
    return ids.length > p.maxLength || start < 1 ? [] : [{ name, said, ids: ids.slice(0, start) }];
  });
  const chosen = asked.slice(0, p.samples);
  return {
    prompts: chosen.map(({ name, ids }) => ({ name, ids })),
    taught: new Map(chosen.map(({ name, said }) => [name, said])),
  };
}

function reportRows(
  { log, warn, params: p }: Context,
  { missing, unlearnt, rows }: Examples,
  { cut, emptied }: FittedRows,
): void {
  log(`${rows.length} examples, ${rows.reduce((sum, { ids }) => sum + ids.length, 0)} tokens`);
  if (missing > 0) log(`${missing} rows have no question or no answer and are left out.`, 'warning');
  if (unlearnt > 0)
    log(
      `${unlearnt} answers within conversations are empty or have the weight 0: they are shown, not learnt.`,
      'warning',
    );
  if (cut > 0)
    warn({
      code: 'finetune.cut',
      severity: 'warning',
      message: `${cut} of ${rows.length} examples were cut to ${p.maxLength} tokens${emptied > 0 ? `; of ${emptied} of them no answer is left, so that they are not learnt` : ''}.`,
      mend: 'Allow more tokens in a row.',
      param: 'maxLength',
    });
}

function warnOf({ warn }: Context, { ended, check }: TrainedDecoder): void {
  if (ended === 'diverged')
    warn({
      code: 'finetune.diverged',
      severity: 'warning',
      message: 'The loss rose without end; the adapter is as it was when the loss was lowest.',
      mend: 'Lower the learning rate.',
      param: 'learningRate',
    });
  if (check !== null && !(check.after < check.before))
    warn({
      code: 'finetune.does-not-learn',
      severity: 'warning',
      message: 'The model could not learn one batch by heart.',
      mend: 'Look at the tokens in the report, and try another learning rate.',
    });
}

const learnsOf = ({ rank, alpha, modules }: Params): AdapterLearns => ({
  what: 'adapter',
  rank,
  alpha,
  modules: modulesOf[modules],
});
const modulesOf: Readonly<Record<Params['modules'], readonly DecoderModule[]>> = {
  all: decoderModules,
  attention: ['attn_q', 'attn_k', 'attn_v', 'attn_output'],
  values: ['attn_q', 'attn_v'],
};

function stopTokens({ format }: TuningBase): number[] {
  const { vocabulary } = format.tokenizer;
  const ends = ['<|im_end|>', '<end_of_turn>', '<|eot_id|>'].map((name) => vocabulary.tokens.indexOf(name));
  return [...ends, vocabulary.end ?? -1].filter((id) => id >= 0);
}

async function draftOf(
  { params: p, llm }: Context,
  { config, format, givenTemplate }: TuningBase,
  learns: AdapterLearns,
  { parameters }: TrainedDecoder,
): Promise<LanguageDraft> {
  const { value } = llm('llm');
  const { name: baseName, form: _form, ...rest } = value;
  const name = p.name.trim() === '' ? `${baseName} tuned` : p.name.trim();
  const fileName = `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.gguf`;
  const gguf = await gatherPieces(writeGgufAdapter(config, learns, parameters, { name, baseName }));
  const peft = writePeftAdapter(config, learns, parameters, baseName);
  return {
    ...rest,
    name,
    template: givenTemplate ? format.template : value.template,
    adapters: [{ name, scale: 1, file: { name: fileName, sha256: '0'.repeat(64), bytes: gguf.length, result: 'own' } }],
    files: {
      [fileName]: gguf,
      'adapter_model.safetensors': await gatherPieces(peft.weights),
      'adapter_config.json': new TextEncoder().encode(peft.config),
    },
  };
}

function blocksOf(base: TuningBase, prepared: Prepared, trained: TrainedDecoder, maxLength: number): ReportBlock[] {
  const { tokenizer } = base.format;
  const { same, tried } = prepared.roundTrips;
  return [
    ...comparisonBlock(trained.measures),
    lossBlock(trained.steps, trained.measures),
    ...sampleBlock({ samples: trained.samples, decode: (ids) => tokenizer.decode(ids), taught: prepared.taught }),
    tokenBlock(prepared.fitted.rows, tokenizer),
    lengthBlock(prepared.fitted.lengths, maxLength),
    ...checkBlock(trained.check),
    {
      type: 'text',
      title: 'Template',
      tone: same === tried ? 'plain' : 'warning',
      text: `${same} of ${tried} conversations come back from their tokens just as the chat template writes them.${base.givenTemplate ? ' The model has no template of its own: the one that was learnt goes with the adapter.' : ''}`,
    },
  ];
}
