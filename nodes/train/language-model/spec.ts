import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { decoderTrainingFields, deviceField } from '../../../shared/kind/fields/decoder-fields.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'train.language-model',
  version: 1,
  computes: 1,
  title: 'Small language model',
  about:
    'Trains a small language model from nothing on your own text: its tokenizer, then every weight. To see how one comes about, and for tests.',
  keywords: [
    'pre-training',
    'from scratch',
    'tokenizer',
    'BPE',
    'transformer',
    'Llama',
    'GPT',
    'nanoGPT',
    'decoder',
    'llm',
    'pretrain',
    'train tokenizer',
    'language modelling',
    'build a gpt',
  ],
  icon: 'sprout',
  inputs: { rows: { wire: 'table', title: 'Texts' } },
  outputs: { llm: { wire: 'llm', title: 'Language model' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    examples: field.choice({
      title: 'Rows are',
      help: 'Texts, which the model learns to go on writing; or questions and answers, with which it learns to hold a conversation.',
      choices: { text: 'texts', pair: 'question and answer' },
      default: 'text',
    }),
    text: field.column({
      title: 'Text',
      help: 'The column with the texts.',
      families: ['text'],
      when: { param: 'examples', is: ['text'] },
    }),
    question: field.column({
      title: 'Question',
      help: 'What is asked.',
      families: ['text'],
      when: { param: 'examples', is: ['pair'] },
    }),
    answer: field.column({
      title: 'Answer',
      help: 'What the model should say.',
      families: ['text'],
      when: { param: 'examples', is: ['pair'] },
    }),
    epochs: field.integer({ title: 'Epochs', help: 'How often each text is seen.', default: 20, min: 1, max: 100_000 }),
    tokens: field.integer({
      title: 'Vocabulary',
      help: 'Tokens in all: the 256 bytes, and the commonest pieces of your texts. Fewer come out where the texts have no more.',
      default: 1024,
      min: 300,
      max: 16_384,
      unit: 'tokens',
      section: 'Model',
    }),
    layers: field.integer({
      title: 'Layers',
      help: 'How often attention and feed-forward follow each other.',
      default: 4,
      min: 1,
      max: 24,
      section: 'Model',
    }),
    width: field.integer({
      title: 'Width',
      help: 'Length of a token’s vector: a multiple of twice the heads, and best of 32.',
      default: 128,
      min: 16,
      max: 1024,
      section: 'Model',
    }),
    heads: field.integer({
      title: 'Heads',
      help: 'In how many parts attention looks.',
      default: 4,
      min: 1,
      max: 32,
      section: 'Model',
    }),
    context: field.integer({
      title: 'Context',
      help: 'Tokens that the model sees at once. Longer texts are learnt in pieces of that length.',
      default: 256,
      min: 16,
      max: 4096,
      unit: 'tokens',
      section: 'Model',
    }),
    name: field.text({ title: 'Name', help: 'What the model is called.', default: 'Small model', section: 'Model' }),
    prompt: field.text({
      title: 'Sample',
      help: 'The model goes on from this before the training and four times on the way, to be read in Training and in the report. Empty: from the beginning of the first text.',
      section: 'Watching',
    }),
    ...decoderTrainingFields({ learningRate: 0.003, rowsPerStep: 8 }),
    device: deviceField,
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ layers, width, tokens, epochs }) =>
    `${layers} ${layers === 1 ? 'layer' : 'layers'} of width ${width}, ${tokens} tokens, ${epochs} epochs`,
  check: ({ node, params: p, inputs }): Finding[] => {
    const text = (param: 'text' | 'question' | 'answer') =>
      columnFindings({ node, param }, p[param], inputs['rows'], { required: true, families: ['text'] });
    const findings = p.examples === 'text' ? text('text') : [...text('question'), ...text('answer')];
    if (p.width % (2 * p.heads) !== 0)
      findings.push({
        code: 'param.not-divisible',
        message: `A width of ${p.width} cannot be shared evenly by ${p.heads} heads, each of an even width.`,
        mend: `Take ${Math.ceil(p.width / (2 * p.heads)) * 2 * p.heads}.`,
        param: 'width',
      });
    return findings;
  },
});
