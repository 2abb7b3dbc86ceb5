/** A language model of this machine: asked through the worker process. */
import { createHash } from 'node:crypto';
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
} from '../../shared/language-model.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { readToolCalls } from '../../methods/language/tool-calls.ts';
import { joinParts, renderChat } from '../../methods/language/render-chat.ts';
import type { LanguageWorker } from './start-worker.ts';
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
  { worker, place, sequences }: LocalModelOptions,
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
    render: (messages, tools) => joinParts(renderParts(value, messages, tools)),
    generate: (request, options) => generate(value, request, load, worker, options),
    score: async (text, options) => scoredTokens.parse(await worker.ask({ ask: 'score', load, ...text }, options)),
    embed: async (texts, options) =>
      embeddings
        .parse(await worker.ask({ ask: 'embed', load, texts: [...texts] }, options))
        .map((vector) => toUnit(Float32Array.from(vector))),
    tokenize: async (text, options) => tokens.parse(await worker.ask({ ask: 'tokenize', load, text }, options)),
  };
}

export function renderParts(
  value: LanguageValue,
  messages: readonly ChatMessage[],
  tools: readonly ToolSpec[] = [],
): PromptPart[] {
  const template = templateOf(value);
  if (template === null || value.base.from !== 'file')
    throw fail('language.no-template', {
      message: `"${value.name}" is a base model without a chat template: it continues text and holds no conversation.`,
      mend: 'Give it a text to go on from, or a chat template, or take an instruct model.',
    });
  const { bos, eos } = value.base.facts;
  return renderChat(template, withSystem(value, messages), { tools, bos, eos });
}

export const withSystem = (value: LanguageValue, messages: readonly ChatMessage[]): readonly ChatMessage[] =>
  value.system === '' || messages.some((message) => message.role === 'system')
    ? messages
    : [{ role: 'system', content: value.system }, ...messages];

async function generate(
  value: LanguageValue,
  request: GenerateRequest,
  load: LoadRequest,
  worker: LanguageWorker,
  options: AskOptions,
): Promise<Generation> {
  const { prompt, schema, tools = [] } = request;
  if ('messages' in prompt && prompt.messages.some((message) => (message.images?.length ?? 0) > 0))
    throw fail('language.no-images', {
      message: `"${value.name}" runs on this machine and takes text alone.`,
      mend: 'Use an endpoint whose model takes images.',
    });
  const parts = 'text' in prompt ? [{ text: prompt.text, plain: false }] : renderParts(value, prompt.messages, tools);
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
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
