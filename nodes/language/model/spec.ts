import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'language.model',
  version: 1,
  computes: 1,
  title: 'Language model',
  about: 'Takes a GGUF file of this machine as a language model, with its adapter, template and settings.',
  keywords: [
    'llm',
    'gguf',
    'llama.cpp',
    'ollama',
    'gpt',
    'gemma',
    'qwen',
    'llama',
    'mistral',
    'chat model',
    'load model',
    'lora adapter',
    'local llm',
    'local model',
    'base model',
    'foundation model',
    'LM Studio',
    'Phi',
    'DeepSeek',
  ],
  icon: 'brain-circuit',
  inputs: {},
  outputs: { llm: { wire: 'llm', title: 'Language model' } },
  params: z.strictObject({
    from: field.choice({
      title: 'Weights',
      help: 'One GGUF file, or a folder that holds a model in one or several parts.',
      choices: { file: 'a file', folder: 'a folder' },
      default: 'file',
    }),
    file: field.file({
      title: 'File',
      help: 'A GGUF file in the workspace, relative to the pipeline. The page "Language models" brings one there.',
      extensions: ['.gguf'],
      placeholder: 'models/model.gguf',
      when: { param: 'from', is: ['file'] },
    }),
    folder: field.folder({
      title: 'Folder',
      help: 'A folder in the workspace with one model in it.',
      placeholder: 'models/large',
      when: { param: 'from', is: ['folder'] },
    }),
    name: field.text({
      title: 'Name',
      help: 'What services and tables call it. Empty: the name in the file.',
      placeholder: 'support-assistant',
    }),
    contextTokens: field.integer({
      title: 'Context',
      help: 'How many tokens a prompt and its answer may have together. More takes more memory.',
      default: 4096,
      min: 64,
      max: 1_048_576,
      unit: 'tokens',
    }),
    adapter: field.file({
      title: 'Adapter',
      help: 'A LoRA adapter as GGUF, laid on the weights. Empty: none.',
      extensions: ['.gguf'],
      placeholder: 'models/adapter.gguf',
      section: 'Adapter',
    }),
    adapterScale: field.number({
      title: 'LoRA scale',
      help: 'How much of the adapter is added: 1 is what was trained, 0 is nothing.',
      default: 1,
      min: -4,
      max: 4,
      step: 0.1,
      section: 'Adapter',
    }),
    system: field.multiline({
      title: 'System message',
      help: 'Stands before every conversation that brings none of its own.',
      placeholder: 'You answer briefly and in plain words.',
      section: 'Conversation',
    }),
    template: field.multiline({
      title: 'Chat template',
      help: 'Jinja text that turns messages into a prompt. Empty: the one in the file.',
      section: 'Conversation',
    }),
    temperature: field.number({
      title: 'Temperature',
      help: '0 always takes the likeliest token; 1 draws as the model thinks; more is wilder.',
      default: 0,
      min: 0,
      max: 5,
      step: 0.1,
      section: 'Answers',
    }),
    topP: field.number({
      title: 'Top p',
      help: 'Draws from the likeliest tokens that together have this probability. 1: from all.',
      default: 1,
      min: 0,
      max: 1,
      step: 0.05,
      section: 'Answers',
    }),
    topK: field.integer({
      title: 'Top k',
      help: 'Draws from this many of the likeliest tokens. 0: from all.',
      default: 0,
      min: 0,
      max: 100_000,
      section: 'Answers',
    }),
    minP: field.number({
      title: 'Min p',
      help: 'Leaves out tokens less probable than this share of the likeliest. 0: none.',
      default: 0,
      min: 0,
      max: 1,
      step: 0.01,
      section: 'Answers',
    }),
    repeatPenalty: field.number({
      title: 'Repeat penalty',
      help: 'Above 1, tokens of the last 64 become less likely. 1: none.',
      default: 1,
      min: 0.5,
      max: 2,
      step: 0.05,
      section: 'Answers',
    }),
    maxTokens: field.integer({
      title: 'Max tokens',
      help: 'An answer ends after so many tokens, whole or not.',
      default: 256,
      min: 1,
      max: 1_048_576,
      unit: 'tokens',
      section: 'Answers',
    }),
    blocked: field.texts({
      title: 'Blocklist',
      help: 'A question that has one of these is refused, and an answer that has one is withheld. Case does not matter.',
      section: 'Guardrails',
    }),
    threads: field.optionalNumber({
      title: 'Threads',
      help: 'Processor threads for one question. Empty: physical cores less one, which leaves the machine usable.',
      min: 1,
      max: 512,
      step: 1,
      section: 'Machine',
    }),
    gpuLayers: field.optionalNumber({
      title: 'GPU layers',
      help: 'Empty: as many as its memory takes. 0: the processor alone. The result’s log says what it became.',
      min: 0,
      max: 1000,
      step: 1,
      section: 'Machine',
    }),
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  readsFiles: true,
  summary: (p) => {
    const weights = p.from === 'file' ? p.file : p.folder;
    return weights === ''
      ? 'a language model of this machine'
      : `${p.name === '' ? weights : `${p.name}, ${weights}`}${p.adapter === '' ? '' : ` with ${p.adapter}`}, ${p.contextTokens.toLocaleString('en-US')} tokens of context`;
  },
  check: ({ params: p }): Finding[] => {
    const findings: Finding[] = [];
    const [param, weights] = p.from === 'file' ? (['file', p.file] as const) : (['folder', p.folder] as const);
    if (weights === '')
      findings.push({
        code: 'param.empty',
        message: `No ${p.from} is chosen yet.`,
        mend: `Choose a ${p.from} of a GGUF model.`,
        param,
      });
    for (const whole of ['threads', 'gpuLayers'] as const)
      if (p[whole] !== null && !Number.isInteger(p[whole]))
        findings.push({
          code: 'param.not-whole',
          message: 'This is a whole number.',
          mend: 'Give a whole number, or none.',
          param: whole,
        });
    if (p.maxTokens >= p.contextTokens)
      findings.push({
        code: 'language.short-context',
        severity: 'warning',
        message: `Max tokens (${p.maxTokens}) fills the whole context of ${p.contextTokens}.`,
        mend: 'Give a longer context or a shorter answer: the prompt needs its part.',
        param: 'maxTokens',
      });
    return findings;
  },
});
