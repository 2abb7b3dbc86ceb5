import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { providerWords } from '../../../shared/neural/devices.ts';
import type { TokenRow, TrainedDecoder } from '../../../shared/decoder.ts';
import { fail } from '../../../shared/errors.ts';
import type { LanguageDraft } from '../../../shared/language/language-model.ts';
import { decoderSettings } from '../../../shared/kind/fields/decoder-fields.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { smallDecoder, smallDecoderSpecials, smallDecoderTemplate } from '../../../methods/decoder/small-decoder.ts';
import { parameterCount } from '../../../methods/decoder/decoder-weights.ts';
import { textRows } from '../../../methods/decoder/text-rows.ts';
import { learntTensors } from '../../../methods/decoder/write-adapter.ts';
import { writeDecoder } from '../../../methods/decoder/write-decoder.ts';
import { conversationRow, type ChatFormat } from '../../../methods/finetune/chat-format.ts';
import { fitRows } from '../../../methods/finetune/fit-rows.ts';
import { pairConversations } from '../../../methods/finetune/read-examples.ts';
import { reportTraining } from '../../../methods/finetune/report-training.ts';
import { lossBlock, quoteChips, sampleBlock, tokenBlock } from '../../../methods/finetune/tuning-report.ts';
import { bytesInMemory, gatherPieces } from '../../../methods/gguf/bytes-in-memory.ts';
import { readGguf } from '../../../methods/gguf/read-gguf.ts';
import { readWeightFacts } from '../../../methods/language/weight-facts.ts';
import { openTokenizer, type Tokenizer, type Vocabulary } from '../../../methods/tokenizer/tokenizer.ts';
import { trainTokenizer } from '../../../methods/tokenizer/train-tokenizer.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Context = TaskContext<Params>;

export default task(spec, {
  run: async (context) => {
    const { params: p, log, metric, outputs } = context;
    const texts = await readTexts(context);
    const vocabulary = trainTokenizer(texts.plain, {
      tokens: p.tokens,
      specials: smallDecoderSpecials,
      begin: '<s>',
      // A conversation ends with the end of a turn, a text with what begins the next.
      end: p.examples === 'pair' ? '<|im_end|>' : '<s>',
    });
    const tokenizer = openTokenizer(vocabulary);
    const config = smallDecoder({ ...p, vocabulary: vocabulary.tokens.length });
    const split = context.table('rows').schema.split;
    const rows = texts.rows(tokenizer, false);
    const heldOut = split ? texts.rows(tokenizer, true) : [];
    log(
      `${vocabulary.tokens.length} tokens, ${parameterCount(config).toLocaleString('en-US')} weights, ${rows.length} rows`,
    );
    context.show(tokenBlock(rows, tokenizer, 2));
    const trained = await context.decoders.train({
      model: { from: 'scratch', config },
      learns: { what: 'all' },
      rows,
      settings: decoderSettings(p, rows.length),
      measured: heldOut.length > 0 ? [{ name: 'held-out', rows: heldOut }] : [],
      prompts: [promptOf(p, tokenizer, rows)],
      sampleTokens: 48,
      stopTokens: vocabulary.end === null ? [] : [vocabulary.end],
      memory: 'auto',
      device: p.device,
      tryOneBatch: false,
      ...reportTraining(context, { validation: 'held-out', decode: (ids) => tokenizer.decode(ids) }),
    });
    context.log(`${trained.steps.length} steps in ${Math.round(trained.seconds)} s on ${trained.device.name}`);
    metric('final_loss', trained.steps.at(-1)?.loss ?? null);
    await outputs.llm('llm', await draftOf(p, config, vocabulary, trained));
    await outputs.report('report', {
      title: 'Small language model',
      chips: [`${rows.length} rows`, ...quoteChips(trained.quote), providerWords[trained.device.provider]],
      blocks: [
        lossBlock(trained.steps, trained.measures),
        ...sampleBlock({ samples: trained.samples, decode: (ids) => tokenizer.decode(ids) }),
        tokenBlock(rows, tokenizer, 2),
      ],
    });
  },
});

interface Texts {
  /** What the tokenizer learns from. */
  plain: readonly string[];
  rows: (tokenizer: Tokenizer, heldOut: boolean) => readonly TokenRow[];
}

async function readTexts(context: Context): Promise<Texts> {
  const { params: p } = context;
  const table = context.table('rows');
  const { split } = table.schema;
  const cells = async (column: string, partition: 'train' | 'test') =>
    table.values({ column, partition: split ? partition : 'all' });
  if (p.examples === 'text') {
    const texts = async (partition: 'train' | 'test'): Promise<string[]> =>
      (await cells(p.text, partition)).flatMap((cell) =>
        cell === null || String(cell).trim() === '' ? [] : [String(cell)],
      );
    const plain = await texts('train');
    const test = split ? await texts('test') : [];
    requireTexts(plain);
    return { plain, rows: (tokenizer, heldOut) => textRows(heldOut ? test : plain, tokenizer, p.context) };
  }
  const pairs = async (partition: 'train' | 'test') =>
    pairConversations(await cells(p.question, partition), await cells(p.answer, partition), '').conversations;
  const train = await pairs('train');
  const test = split ? await pairs('test') : [];
  const plain = train.flatMap((messages) => messages.map(({ content }) => content));
  requireTexts(plain);
  return {
    plain,
    rows: (tokenizer, heldOut) => {
      const format: ChatFormat = { tokenizer, template: smallDecoderTemplate, bos: '', eos: '' };
      const rows = (heldOut ? test : train).map((messages) => {
        const row = conversationRow(messages, format);
        return { ...row, trained: row.ids.map((_, i) => i > 0) };
      });
      return rows.length === 0 ? [] : fitRows(rows, p.context, 'cut').rows;
    },
  };
}

function requireTexts(texts: readonly string[]): void {
  if (texts.some((text) => text.trim() !== '')) return;
  throw fail('finetune.no-examples', {
    message: 'There is no text to learn from.',
    mend: 'Choose a column with texts, or look why it is empty.',
  });
}

function promptOf(
  p: Params,
  tokenizer: Tokenizer,
  rows: readonly TokenRow[],
): { name: string; ids: readonly number[] } {
  const { begin } = tokenizer.vocabulary;
  const start = begin === null ? [] : [begin];
  if (p.prompt.trim() !== '' && p.examples === 'pair') {
    const format: ChatFormat = { tokenizer, template: smallDecoderTemplate, bos: '', eos: '' };
    const asked = conversationRow(
      [
        { role: 'user', content: p.prompt },
        { role: 'assistant', content: '?' },
      ],
      format,
    );
    return { name: p.prompt, ids: asked.ids.slice(0, asked.trained.indexOf(true)) };
  }
  if (p.prompt.trim() !== '') return { name: p.prompt, ids: [...start, ...tokenizer.encode(p.prompt)] };
  const ids = rows[0]?.ids.slice(0, 8) ?? start;
  return { name: tokenizer.decode(ids.slice(start.length)), ids };
}

async function draftOf(
  p: Params,
  config: ReturnType<typeof smallDecoder>,
  vocabulary: Vocabulary,
  { parameters }: TrainedDecoder,
): Promise<LanguageDraft> {
  const weights = new Map(learntTensors(config, { what: 'all' }, parameters).map(({ name, values }) => [name, values]));
  const template = p.examples === 'pair' ? smallDecoderTemplate : null;
  const name = p.name.trim() === '' ? 'Small model' : p.name.trim();
  const bytes = await gatherPieces(writeDecoder({ config, vocabulary, weights, name, template, precision: 'F32' }));
  const fileName = `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.gguf`;
  const facts = readWeightFacts(await readGguf(bytesInMemory(bytes, fileName)), fileName);
  return {
    name,
    base: {
      from: 'file',
      files: [{ name: fileName, sha256: '0'.repeat(64), bytes: bytes.length, result: 'own' }],
      facts,
      contextTokens: p.context,
      threads: null,
      gpuLayers: null,
    },
    files: { [fileName]: bytes },
  };
}
