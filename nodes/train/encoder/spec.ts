import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { weightsFields, weightsFindings } from '../../../shared/kind/fields/encoder-fields.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { checkTarget, learnerFields, learnerInputs, learnerOutputs, sayTarget } from '../../../shared/kind/learner.ts';
import { neuralFields } from '../../../shared/kind/neural-learner.ts';
import { learntText, noLearntText } from '../../../shared/kind/learnt-text.ts';

const answer = { param: 'learns', is: ['answer'] } as const;
const alike = { param: 'learns', is: ['similarity'] } as const;
const section = { training: 'Training', matrices: 'Small matrices', encoder: 'Encoder', more: 'Fine tuning' };
const { classWeights, validation, patience, keepBest, device, seed } = neuralFields;

export const spec = defineSpec({
  kind: 'train.encoder',
  version: 1,
  computes: 2,
  title: 'Encoder',
  about:
    'Trains a pretrained text encoder (BERT, RoBERTa, DistilBERT, MiniLM) on your texts: to tell classes, to give a number, or to say how alike two texts are.',
  keywords: [
    'fine-tuning',
    'bert',
    'roberta',
    'distilbert',
    'minilm',
    'sentence transformers',
    'text classification',
    'semantic similarity',
    'bi-encoder',
    'contrastive',
    'LoRA',
    'safetensors',
    'transfer learning',
    'sentiment analysis',
    'fine-tune bert',
    'SetFit',
    'text classifier',
    'sequence classification',
  ],
  icon: 'graduation-cap',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    encoder: weightsFields.encoder,
    target: learnerFields.target,
    learns: field.choice({
      title: 'Learns',
      help: 'What one text says (a class or a number), or how alike two texts are, which makes an encoder to search and compare by.',
      choices: { answer: 'a class or a number of a text', similarity: 'how alike two texts are' },
      default: 'answer',
    }),
    column: field.column({
      title: 'Text',
      help: 'The column with the text. Empty: the only one there is.',
      families: ['text'],
    }),
    second: field.column({
      title: 'Second text',
      help: 'The column with the text that it is compared with.',
      families: ['text'],
      when: alike,
    }),
    task: field.choice({
      title: 'Task',
      help: 'Classes or a number. Automatic: texts, yes/no columns and whole numbers with few different values are classes.',
      choices: { auto: 'found from the target', classification: 'classification', regression: 'regression' },
      default: 'auto',
      when: answer,
    }),
    loss: field.choice({
      title: 'Learns from',
      help: 'A number: the cosine of two texts comes near the target, from -1 to 1. Pairs: the second text of a row is found among those of the other rows of a batch; rows whose target is below 0.5 are left out.',
      choices: { squared: 'a number that says how alike', contrast: 'pairs that belong together' },
      default: 'squared',
      when: alike,
    }),
    how: field.choice({
      title: 'What learns',
      help: 'Automatic: every weight of encoders of up to 60 million, else small matrices beside them (LoRA), which need a third of the memory.',
      choices: { auto: 'automatic', all: 'every weight', lora: 'small matrices beside the weights' },
      default: 'auto',
    }),
    rank: field.integer({
      title: 'Rank',
      help: 'How wide the small matrices are: more can learn more and forget more.',
      default: 8,
      min: 1,
      max: 256,
      section: section.matrices,
      when: { param: 'how', is: ['auto', 'lora'] },
    }),
    alpha: field.number({
      title: 'Alpha',
      help: 'What they add is multiplied by alpha / rank. Twice the rank is usual.',
      default: 16,
      min: 0.1,
      max: 1024,
      step: 1,
      section: section.matrices,
      when: { param: 'how', is: ['auto', 'lora'] },
    }),
    epochs: field.integer({
      title: 'Epochs',
      help: 'How often each training row is seen at most.',
      default: 4,
      min: 1,
      max: 10_000,
      section: section.training,
    }),
    learningRate: field.optionalNumber({
      title: 'Learning rate',
      help: 'How far each step goes. Empty: 0.00005 where every weight learns, 0.0005 for small matrices.',
      min: 0.000_000_01,
      max: 1,
      step: 0.00001,
      section: section.training,
    }),
    batchSize: field.integer({
      title: 'Batch size',
      help: 'How many rows a step looks at together. For pairs more is better: each text is told from more others.',
      default: 16,
      min: 1,
      max: 4096,
      unit: 'rows',
      section: section.training,
    }),
    tokens: field.integer({
      title: 'Max length',
      help: 'So many tokens of a text are read, the rest is cut and counted. The training takes no more than the longest training text needs.',
      default: 128,
      min: 4,
      max: 8192,
      unit: 'tokens',
      section: section.training,
    }),
    classWeights,
    validation,
    patience,
    keepBest,
    pool: field.choice({
      title: 'Pooling',
      help: 'Which numbers stand for the whole text. Automatic: what the encoder’s folder says, else the mean.',
      choices: { auto: 'automatic', mean: 'the mean of all', first: 'the first (class token)' },
      default: 'auto',
      section: section.encoder,
    }),
    network: weightsFields.network,
    dropout: field.number({
      title: 'Dropout',
      help: 'This share of the numbers behind each half of a layer is left out at random while it trains, so that it learns less by heart.',
      default: 0.1,
      min: 0,
      max: 0.9,
      step: 0.05,
      section: section.more,
    }),
    weightDecay: field.number({
      title: 'Weight decay',
      help: 'Draws the weights towards zero, as AdamW does, against overfitting.',
      default: 0.01,
      min: 0,
      max: 1,
      step: 0.01,
      section: section.more,
    }),
    schedule: field.choice({
      title: 'Schedule',
      help: 'How the learning rate changes over the epochs.',
      choices: { linear: 'falls evenly', cosine: 'falls in a half wave', constant: 'stays the same' },
      default: 'linear',
      section: section.more,
    }),
    warmUpEpochs: field.number({
      title: 'Warm-up',
      help: 'Over how many epochs, parts too, the learning rate climbs from 0.',
      default: 0.2,
      min: 0,
      max: 100,
      step: 0.1,
      unit: 'epochs',
      section: section.more,
    }),
    clipNorm: field.number({
      title: 'Gradient clipping',
      help: 'Gradients together are made no longer than this, so that one odd batch spoils nothing.',
      default: 1,
      min: 0.000_001,
      max: 1_000_000,
      step: 0.5,
      section: section.more,
    }),
    device,
    seed,
  }),
  form: 'task',
  readsFiles: true,
  rows: 'same',
  heavy: true,
  summary: ({ target, encoder, learns, epochs }) =>
    `${learns === 'answer' ? `predict ${sayTarget(target)} from a text` : 'learn how alike two texts are'} by ${encoder === '' ? 'an encoder' : encoder}, ${epochs} epochs`,
  check: ({ node, params, inputs }) => {
    const findings: Finding[] = weightsFindings(params);
    const schema = inputs['rows'];
    if (schema === undefined) return findings;
    const isAlike = params.learns === 'similarity';
    const targets = isAlike
      ? { families: ['number', 'boolean'], say: 'how alike two texts are is a number' }
      : undefined;
    append(findings, checkTarget(node, { ...params, columns: { by: 'all' } }, schema, targets));
    const findingsOf = (param: 'column' | 'second', title: string): Finding[] =>
      columnFindings({ node, param, title }, params[param], schema, { families: ['text'], required: isAlike });
    append(findings, findingsOf('column', 'The text'));
    if (isAlike) append(findings, findingsOf('second', 'The second text'));
    else if (params.column === '' && learntText(params, schema.columns) === undefined)
      findings.push(noLearntText(params, schema.columns, { param: 'column', mend: 'Wire rows with a text.' }));
    return findings;
  },
});
