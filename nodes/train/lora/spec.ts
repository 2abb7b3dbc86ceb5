import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { decoderTrainingFields, deviceField } from '../../../shared/kind/fields/decoder-fields.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import type { TypeFamily } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'train.lora',
  version: 1,
  computes: 1,
  title: 'Fine-tune',
  about:
    'Teaches a language model of this machine new answers: small matrices beside its weights learn from conversations, the weights stay as they are.',
  keywords: [
    'LoraConfig',
    'gradient_accumulation_steps',
    'lr_scheduler_type',
    'target_modules',
    'LoRA',
    'fine-tuning',
    'adapter',
    'PEFT',
    'instruction tuning',
    'SFT',
    'QLoRA',
    'llm',
    'supervised',
    'chat',
    'fine tune',
    'finetuning',
    'Unsloth',
    'Axolotl',
    'TRL',
    'SFTTrainer',
    'supervised fine-tuning',
    'train llm',
    'adapter training',
  ],
  icon: 'graduation-cap',
  inputs: {
    rows: { wire: 'table', title: 'Examples' },
    llm: { wire: 'llm', title: 'Language model' },
    replay: { wire: 'table', title: 'Learnt beside', optional: true },
    retention: { wire: 'table', title: 'Not to be forgotten', optional: true },
  },
  outputs: {
    llm: { wire: 'llm', title: 'Tuned language model' },
    report: { wire: 'report', title: 'Report' },
  },
  params: z.strictObject({
    examples: field.choice({
      title: 'Examples are',
      help: 'Two columns, what is asked and what should be answered; or one column of whole conversations (lists of messages).',
      choices: { pair: 'question and answer', conversation: 'conversations' },
      default: 'pair',
    }),
    question: field.column({
      title: 'Question',
      help: 'What is asked: a text, or a conversation that “Prompt” made.',
      families: ['text'],
      when: { param: 'examples', is: ['pair'] },
    }),
    answer: field.column({
      title: 'Answer',
      help: 'What the model should say.',
      families: ['text'],
      when: { param: 'examples', is: ['pair'] },
    }),
    conversation: field.column({
      title: 'Conversation',
      help: 'The column with lists of messages, each with role and content (or from and value), as JSON or as a list. Every turn of the assistant is learnt.',
      families: ['text', 'other'],
      when: { param: 'examples', is: ['conversation'] },
    }),
    system: field.multiline({
      title: 'System message',
      help: 'Stands before each conversation that has none. Empty: none.',
    }),
    learn: field.choice({
      title: 'Learn',
      help: 'The assistant’s words alone, or all tokens: the questions too.',
      choices: { answers: 'the answers', all: 'every token' },
      default: 'answers',
    }),
    epochs: field.integer({
      title: 'Epochs',
      help: 'How often each example is seen.',
      default: 3,
      min: 1,
      max: 1000,
    }),
    maxLength: field.integer({
      title: 'Max length',
      help: 'Tokens that an example may have.',
      default: 512,
      min: 16,
      max: 32_768,
      unit: 'tokens',
    }),
    tooLong: field.choice({
      title: 'Truncation',
      help: 'Examples longer than Max length are refused before anything is computed, or cut at their end and counted in the report.',
      choices: { refuse: 'off: longer ones are refused', cut: 'on: longer ones are cut' },
      default: 'refuse',
    }),
    rank: field.integer({
      title: 'Rank',
      help: 'How much can be learnt: the inner width of the matrices that are added. 8 is enough for a style and some facts.',
      default: 8,
      min: 1,
      max: 256,
      section: 'Adapter',
    }),
    alpha: field.number({
      title: 'Alpha',
      help: 'How strongly the adapter counts: what it adds is multiplied by alpha / rank. Usually twice the rank.',
      default: 16,
      min: 0.01,
      max: 1024,
      section: 'Adapter',
    }),
    modules: field.choice({
      title: 'Target modules',
      help: 'Which matrices of each layer learn.',
      choices: { all: 'all linear', attention: 'attention (q, k, v, o)', values: 'q_proj and v_proj' },
      default: 'all',
      section: 'Adapter',
    }),
    ...decoderTrainingFields({ learningRate: 0.0003, rowsPerStep: 4 }),
    memory: field.choice({
      title: 'Memory',
      help: 'Automatic takes the fastest way that fits. Small keeps the weights in eight bits and computes layers twice.',
      choices: { auto: 'automatic', full: 'full', small: 'small' },
      default: 'auto',
      section: 'Machine',
    }),
    device: deviceField,
    tryOneBatch: field.switch({
      title: 'Sanity check',
      help: 'Before the training a few rows are learnt by heart and forgotten again: where that fails, the training would too.',
      default: true,
      section: 'Watching',
    }),
    samples: field.integer({
      title: 'Samples',
      help: 'So many questions are answered before the training and four times on the way, to be read in Training and in the report.',
      default: 2,
      min: 0,
      max: 20,
      section: 'Watching',
    }),
    replayColumn: field.column({
      title: 'Texts learnt beside',
      help: 'The column of the table “Learnt beside”: ordinary texts that are learnt among the examples, so that the model keeps what it knows.',
      port: 'replay',
      families: ['text'],
      section: 'Keeping what it knows',
    }),
    retentionColumn: field.column({
      title: 'Texts to be measured',
      help: 'The column of the table “Not to be forgotten”: texts that are not learnt; the report says how well the model reads them before and after.',
      port: 'retention',
      families: ['text'],
      section: 'Keeping what it knows',
    }),
    name: field.text({
      title: 'Name',
      help: 'What the adapter is called. Empty: after the model.',
      section: 'Adapter',
    }),
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ epochs, rank }) => `LoRA of rank ${rank}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
  check: ({ node, params: p, inputs, wired }): Finding[] => {
    const { rows } = inputs;
    const column = (param: 'question' | 'answer' | 'conversation', families: readonly TypeFamily[]) =>
      columnFindings({ node, param }, p[param], rows, { required: true, families });
    const findings =
      p.examples === 'pair'
        ? [...column('question', ['text']), ...column('answer', ['text'])]
        : column('conversation', ['text', 'other']);
    for (const [port, param] of [
      ['replay', 'replayColumn'],
      ['retention', 'retentionColumn'],
    ] as const)
      if (wired.has(port))
        append(
          findings,
          columnFindings({ node, param }, p[param], inputs[port], { required: true, families: ['text'] }),
        );
    if (p.maxLength > p.tokensAtOnce * 64)
      findings.push({
        code: 'finetune.long-rows',
        severity: 'warning',
        message: 'A row may be far longer than the tokens that go through at once.',
        mend: 'A row that long is a pass for itself and needs its memory.',
        param: 'maxLength',
      });
    return findings;
  },
});
