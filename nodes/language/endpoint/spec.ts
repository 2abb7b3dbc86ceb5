import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

const secretName = /^[A-Za-z0-9._-]{1,80}$/;

export const spec = defineSpec({
  kind: 'language.endpoint',
  version: 1,
  computes: 1,
  title: 'Language endpoint',
  about: 'Takes a language model behind an OpenAI-compatible address, with a secret that is named and never written.',
  keywords: [
    'base_url',
    'max_retries',
    'llm',
    'openai',
    'api',
    'gpt',
    'vllm',
    'ollama',
    'llama server',
    'openrouter',
    'azure',
    'remote model',
    'vision',
    'api key',
    'hosted model',
    'llm connector',
    'Groq',
    'Together',
    'Claude',
    'chat model',
    'llm api',
  ],
  icon: 'cloud',
  inputs: {},
  outputs: { llm: { wire: 'llm', title: 'Language model' } },
  params: z.strictObject({
    url: field.text({
      title: 'Address',
      help: 'Up to the version, as in http://127.0.0.1:8080/v1. Texts of your tables are sent there.',
      placeholder: 'http://127.0.0.1:8080/v1',
    }),
    model: field.text({
      title: 'Model',
      help: 'The name by which the endpoint knows it.',
      placeholder: 'gemma-3-270m-it',
    }),
    secret: field.secret({
      title: 'Secret',
      help: 'The name of the key in the secret store (flowyard secrets set NAME), not the key itself. Empty: none is sent.',
      placeholder: 'my-endpoint',
    }),
    name: field.text({
      title: 'Name',
      help: 'What services and tables call it. Empty: the model’s name.',
    }),
    images: field.switch({
      title: 'Vision',
      help: 'Whether the model sees: then prompts may hold images.',
      default: false,
    }),
    contextTokens: field.optionalNumber({
      title: 'Context',
      help: 'How many tokens a prompt and its answer may have together. Empty: not known.',
      min: 64,
      step: 1,
      unit: 'tokens',
    }),
    silentSeconds: field.integer({
      title: 'Read time-out',
      help: 'An endpoint that says nothing of its answer for so long, before it or within it, is given up and asked again. What only keeps the connection alive does not count. Without any sign fetching ends by itself after five minutes.',
      default: 120,
      min: 1,
      max: 300,
      unit: 's',
    }),
    answerSeconds: field.integer({
      title: 'Time-out',
      help: 'An answer that has not come to its end after so long is given up.',
      default: 900,
      min: 1,
      max: 86_400,
      unit: 's',
    }),
    system: field.multiline({
      title: 'System message',
      help: 'Stands before every conversation that brings none of its own.',
      section: 'Conversation',
    }),
    temperature: field.number({
      title: 'Temperature',
      help: '0 always takes the likeliest token, as far as the endpoint keeps to it.',
      default: 0,
      min: 0,
      max: 2,
      step: 0.1,
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
    inputPrice: field.optionalNumber({
      title: 'Input price',
      help: 'For a million tokens, in your currency: costs are counted with it. Empty: no costs are told.',
      min: 0,
      section: 'Costs',
    }),
    outputPrice: field.optionalNumber({
      title: 'Output price',
      help: 'For a million tokens, in your currency.',
      min: 0,
      section: 'Costs',
    }),
    blocked: field.texts({
      title: 'Blocklist',
      help: 'A question that has one of these is not sent, and an answer that has one is withheld. Case does not matter.',
      section: 'Guardrails',
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: (p) =>
    p.model === '' || p.url === '' ? 'a language model at an address' : `${p.model} at ${hostOf(p.url)}`,
  check: ({ params: p }): Finding[] => {
    const findings: Finding[] = [];
    if (!/^https?:\/\/[^\s/]+/.test(p.url))
      findings.push({
        code: p.url === '' ? 'param.empty' : 'endpoint.bad-address',
        message: p.url === '' ? 'The address is missing.' : `"${p.url}" is no URL.`,
        mend: 'Give one that begins with http:// or https://.',
        param: 'url',
      });
    else if (/\/\/[^/]*@/.test(p.url))
      findings.push({
        code: 'endpoint.secret-in-address',
        message: 'The address holds a password, which would be in the file.',
        mend: 'Take it out, and name a secret instead.',
        param: 'url',
      });
    if (p.model === '')
      findings.push({
        code: 'param.empty',
        message: 'The model’s name is missing.',
        mend: 'Give the name that the endpoint knows.',
        param: 'model',
      });
    if (p.secret !== '' && (!secretName.test(p.secret) || /^sk-|^[A-Za-z0-9_-]{40,}$/.test(p.secret)))
      findings.push({
        code: 'secret.not-a-name',
        message: 'This looks like a key, not like the name of one.',
        mend: 'Keep the key with "flowyard secrets set NAME", and give that name here.',
        param: 'secret',
      });
    return findings;
  },
});

function hostOf(url: string): string {
  return /^https?:\/\/([^\s/?#]+)/.exec(url)?.[1] ?? url;
}
