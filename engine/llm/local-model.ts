/** A language model of this machine: asked through the worker process. */
import { createHash } from 'node:crypto';
import { lengthOf } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import {
  templateOf,
  type AskOptions,
  type ChatMessage,
  type GenerateRequest,
  type Generation,
  type LanguageFile,
  type LanguageModel,
  type LanguageValue,
  type PromptPart,
  type ToolSpec,
} from '../../shared/language/language-model.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { readToolCalls } from '../../methods/language/tool-calls.ts';
import { checkSchemaSize } from '../../methods/language/schema-size.ts';
import { joinParts } from '../../methods/language/render-chat.ts';
import { checkLength, checkScored, conversationLength, mostCharacters } from './prompt-length.ts';
import type { LanguageWorker } from './start-worker.ts';
import type { Templates } from './templates/open-templates.ts';
import {
  embeddings,
  generated,
  loadedFacts,
  scoredTokens,
  tokens,
  type LoadedFacts,
  type LoadRequest,
} from './worker-protocol.ts';

export interface LocalModel extends LanguageModel {
  /** Loads it now, and says on what it runs. */
  load: (options: AskOptions) => Promise<LoadedFacts>;
}
export interface LocalModelOptions {
  worker: LanguageWorker;
  templates: Templates;
  place: (file: LanguageFile) => Promise<string>;
  sequences: number;
}

/** Of what decides the answer: contents and settings, no names and no places. */
export const hashOfValue = ({
  base,
  adapters,
  template,
  system,
  sampling,
  guardrails,
  documents,
}: LanguageValue): string =>
  createHash('sha256')
    .update(
      compactJson({
        base:
          base.from === 'file'
            ? { files: base.files.map((file) => file.sha256), contextTokens: base.contextTokens }
            : { url: base.url, model: base.model },
        adapters: adapters.map(({ file, scale }) => ({ sha256: file.sha256, scale })),
        template,
        system,
        sampling,
        guardrails,
        ...(documents === undefined ? {} : { documents: { ...documents, file: documents.file.sha256 } }),
      }),
    )
    .digest('hex');

export async function openLocalModel(
  value: LanguageValue,
  { worker, templates, place, sequences }: LocalModelOptions,
): Promise<LocalModel> {
  const { base } = value;
  if (base.from !== 'file') throw new Error('not a model of this machine');
  // All parts must be there; llama.cpp finds the others beside the first.
  const [first] = await Promise.all(base.files.map(place));
  if (first === undefined) throw new Error('a model without a file');
  const load: LoadRequest = {
    model: first,
    adapters: await Promise.all(value.adapters.map(async ({ file, scale }) => ({ path: await place(file), scale }))),
    contextTokens: base.contextTokens,
    sequences,
    threads: base.threads,
    gpuLayers: base.gpuLayers,
  };
  return {
    value,
    hash: hashOfValue(value),
    sequences,
    load: async (options) => loadedFacts.parse(await worker.ask({ ask: 'load', load }, options)),
    render: async (messages, { tools, ...options }) =>
      joinParts(await renderParts(value, { messages, tools }, templates, options)),
    generate: (request, options) => generate(value, request, load, { worker, templates }, options),
    score: async (text, options) => {
      // A text may be longer than the context: it is read window by window.
      checkScored(text.text.length);
      checkLength(text.context.length, base.contextTokens);
      return scoredTokens.parse(await worker.ask({ ask: 'score', load, ...text }, options));
    },
    embed: async (texts, options) => {
      for (const text of texts) checkLength(text.length, base.contextTokens, 'text to embed');
      return embeddings
        .parse(await worker.ask({ ask: 'embed', load, texts: [...texts] }, options))
        .map((vector) => toUnit(Float32Array.from(vector)));
    },
    tokenize: async (text, options) => {
      checkScored(text.length);
      return tokens.parse(await worker.ask({ ask: 'tokenize', load, text }, options));
    },
  };
}

async function renderParts(
  value: LanguageValue,
  { messages, tools = [] }: { messages: readonly ChatMessage[]; tools?: readonly ToolSpec[] | undefined },
  templates: Templates,
  { signal }: AskOptions,
): Promise<PromptPart[]> {
  const template = templateOf(value);
  if (template === null || value.base.from !== 'file')
    throw fail('language.no-template', {
      message: `"${value.name}" is a base model without a chat template: it continues text and holds no conversation.`,
      mend: 'Give it a text to go on from, or a chat template, or take an instruct model.',
    });
  const { bos, eos } = value.base.facts;
  const whole = withSystem(value, messages);
  const { contextTokens } = value.base;
  checkLength(conversationLength(whole, tools), contextTokens);
  const job = { messages: whole, options: { tools, bos, eos } };
  const [parts = []] = await templates.render(template, [job], {
    signal,
    mostCharacters: mostCharacters(contextTokens),
  });
  return parts;
}

export const withSystem = (value: LanguageValue, messages: readonly ChatMessage[]): readonly ChatMessage[] =>
  value.system === '' || messages.some((message) => message.role === 'system')
    ? messages
    : [{ role: 'system', content: value.system }, ...messages];

async function generate(
  value: LanguageValue,
  request: GenerateRequest,
  load: LoadRequest,
  { worker, templates }: Pick<LocalModelOptions, 'worker' | 'templates'>,
  options: AskOptions,
): Promise<Generation> {
  const { prompt, schema, tools = [] } = request;
  if ('messages' in prompt && prompt.messages.some((message) => (message.images?.length ?? 0) > 0))
    throw fail('language.no-images', {
      message: `"${value.name}" runs on this machine and takes text alone.`,
      mend: 'Use an endpoint whose model takes images.',
    });
  if (schema !== undefined) checkSchemaSize(schema);
  if ('text' in prompt) checkLength(prompt.text.length, load.contextTokens);
  const parts =
    'text' in prompt
      ? [{ text: prompt.text, plain: false }]
      : await renderParts(value, { messages: prompt.messages, tools }, templates, options);
  const answer = generated.parse(
    await worker.ask(
      {
        ask: 'generate',
        load,
        prompt: parts,
        sampling: { ...value.sampling, ...request.sampling },
        schema: schema === undefined ? null : JSON.parse(JSON.stringify(schema)),
      },
      options,
    ),
  );
  const read = tools.length === 0 ? { text: answer.text, calls: [] } : readToolCalls(answer.text, tools);
  return {
    ...answer,
    text: read.text,
    toolCalls: read.calls,
    reason: read.calls.length > 0 ? 'tools' : answer.reason,
    cost: 0,
  };
}

function toUnit(vector: Float32Array): Float32Array {
  const length = lengthOf(vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
