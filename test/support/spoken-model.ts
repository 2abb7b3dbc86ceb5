/** A language model that answers by a function: for tests of what is done with answers. */
import { createHash } from 'node:crypto';
import {
  languageValue,
  type GenerateRequest,
  type Generation,
  type LanguageInput,
  type LanguageModel,
} from '../../shared/language/language-model.ts';

export const endpointValue = languageValue.parse({
  form: 1,
  name: 'spoken',
  base: {
    from: 'endpoint',
    url: 'http://127.0.0.1:9/v1',
    model: 'spoken',
    secret: null,
    images: false,
    contextTokens: null,
    inputPrice: null,
    outputPrice: null,
  },
});

export interface SpokenModel extends LanguageInput {
  asked: GenerateRequest[];
}

export function spokenModel(
  answer: (request: GenerateRequest, call: number) => string | Promise<string>,
  own: Partial<LanguageModel> = {},
): SpokenModel {
  const asked: GenerateRequest[] = [];
  const kept = new Map<string, unknown>();
  const unused = (): never => {
    throw new Error('this model does not do that');
  };
  const model: LanguageModel = {
    value: endpointValue,
    hash: createHash('sha256').update('spoken').digest('hex'),
    sequences: 1,
    generate: async (request): Promise<Generation> => {
      asked.push(request);
      const text = await answer(request, asked.length - 1);
      return {
        text,
        reason: 'stop',
        toolCalls: [],
        promptTokens: 3,
        completionTokens: text.length,
        firstTokenMs: 1,
        ms: 2,
        cost: null,
      };
    },
    score: unused,
    embed: unused,
    tokenize: unused,
    render: unused,
    ...own,
  };
  return {
    asked,
    key: 'llm-key',
    value: endpointValue,
    place: unused,
    open: async () => model,
    render: unused,
    answers: { get: async (hash) => kept.get(hash), put: async (hash, value) => void kept.set(hash, value) },
  };
}

/** The last thing that was said to it. */
export const lastWords = ({ prompt }: GenerateRequest): string =>
  'text' in prompt ? prompt.text : (prompt.messages.at(-1)?.content ?? '');
