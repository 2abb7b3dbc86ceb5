import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { accessField, portField, sayService, serviceFindings } from '../../../shared/kind/fields/service-fields.ts';

export const spec = defineSpec({
  kind: 'deploy.language',
  version: 1,
  computes: 1,
  title: 'Serve a language model',
  about: 'Starts a service on this machine that answers OpenAI’s routes with one or several language models.',
  keywords: [
    'deploy',
    'openai',
    'api',
    'chat completions',
    'vllm',
    'llama server',
    'ollama',
    'endpoint',
    'serving',
    'chatbot',
    'continuous batching',
    'serve llm',
    'llm server',
    'openai compatible server',
    'TGI',
    'text generation inference',
    'LM Studio',
    'chat server',
    'host llm',
  ],
  icon: 'bot-message-square',
  inputs: { llm: { wire: 'llm', title: 'Language models', many: true } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({
    name: field.text({
      title: 'Name',
      help: 'What the service is called. The same node of the same pipeline gives it its new model; a model of another one asks before it takes the name.',
      default: 'assistant',
    }),
    port: portField,
    auth: accessField(' as its API key'),
    keys: field.texts({
      title: 'Additional API keys',
      help: 'Names of secrets whose values are keys too: one for each caller, so that the log tells who asked.',
    }),
    parallel: field.integer({
      title: 'Parallel requests',
      help: 'How many share the model’s batches. Each takes memory for a context of its own.',
      default: 4,
      min: 1,
      max: 64,
    }),
    longestQueue: field.integer({
      title: 'Max queue size',
      help: 'How many more may wait; who comes after them is told to ask again (429).',
      default: 64,
      min: 0,
      max: 10_000,
    }),
    keepInputs: field.switch({
      title: 'Keep conversations',
      help: 'Keeps what was asked and answered in the log. Off: only time, latency and status.',
      default: true,
    }),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  summary: (params) => sayService('answer chats', params),
  check: ({ params: p }): Finding[] => {
    const findings = serviceFindings(p);
    if (p.auth === 'none' && p.keys.length > 0)
      findings.push({
        code: 'service.keys-unused',
        severity: 'warning',
        message: 'Every program may ask, so keys mean nothing.',
        mend: 'Choose "with a token", or take the keys out.',
        param: 'keys',
      });
    return findings;
  },
});
