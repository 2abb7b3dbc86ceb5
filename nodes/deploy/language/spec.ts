import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';

/** As the host accepts them: they stand in addresses. */
const serviceName = /^[A-Za-z0-9._-]{1,80}$/;

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
  ],
  icon: 'bot-message-square',
  inputs: { llm: { wire: 'llm', title: 'Language models', many: true } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({
    name: field.text({
      title: 'Name',
      help: 'What the service is called. A service of this name is replaced by the new one.',
      default: 'assistant',
    }),
    port: field.optionalNumber({
      title: 'Port',
      help: 'Where it listens on this machine. Empty: a free port is found, and kept.',
      min: 1024,
      max: 65_535,
      step: 1,
    }),
    auth: field.choice({
      title: 'Access',
      help: 'With a token, a caller has to send it as its API key; the service’s page shows it. It listens on this machine only, either way.',
      choices: { token: 'with a token', none: 'for every program on this machine' },
      default: 'token',
    }),
    keys: field.texts({
      title: 'Further keys',
      help: 'Names of secrets whose values are keys too: one for each caller, so that the log tells who asked.',
    }),
    parallel: field.integer({
      title: 'Questions together',
      help: 'How many share the model’s batches. Each takes memory for a context of its own.',
      default: 4,
      min: 1,
      max: 64,
    }),
    longestQueue: field.integer({
      title: 'Questions waiting',
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
  runsIn: 'process',
  pure: false,
  summary: ({ name, port }) =>
    `answer chats as ${name === '' ? '… (no name yet)' : name}${port === null ? '' : ` on port ${port}`}`,
  check: ({ params: p }): Finding[] => {
    const findings: Finding[] = [];
    if (!serviceName.test(p.name))
      findings.push({
        code: 'service.bad-name',
        message: p.name === '' ? 'The service has no name.' : `"${p.name}" cannot name a service.`,
        mend: 'Use letters, digits, ".", "_" and "-", at most 80.',
        param: 'name',
      });
    if (p.port !== null && !Number.isInteger(p.port))
      findings.push({
        code: 'param.not-whole',
        message: 'A port is a whole number.',
        mend: 'Give one from 1024 to 65535, or none.',
        param: 'port',
      });
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
