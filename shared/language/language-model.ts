/**
 * A language model on a wire: what it is at rest (`llm.json`, which names files by hash and an endpoint by its address), and what a node may ask of it while it
 * runs. A local model answers from a process of its own; an endpoint answers over HTTP. Both are asked the same way.
 */
import * as z from 'zod';

/** A file of weights. It is found by its hash: among the files that the workspace knows, or in the result of the recipe that made it. */
export const languageFile = z.strictObject({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  /** Key of the result whose folder holds the file under its name. */
  result: z.string().optional(),
});
export type LanguageFile = z.output<typeof languageFile>;

/** What the head of a GGUF file says of it. */
export const weightFacts = z.strictObject({
  architecture: z.string(),
  title: z.string(),
  parameters: z.number(),
  quantisation: z.string(),
  /** As the file says; empty: it says nothing. */
  licence: z.string(),
  /** Tokens that the model was trained to see at once. */
  contextTokens: z.int(),
  layers: z.int(),
  /** Length of a token's vector. */
  width: z.int(),
  /** Bytes that one token of context takes in the cache of keys and values, in 16 bits. */
  cacheBytesPerToken: z.number(),
  vocabulary: z.int(),
  /** How the tokens that begin and end a text are written. */
  bos: z.string(),
  eos: z.string(),
  /** The Jinja text that turns messages into a prompt; null: a base model, which only continues text. */
  template: z.string().nullable(),
});
export type WeightFacts = z.output<typeof weightFacts>;

export const sampling = z.strictObject({
  /** 0: always the likeliest token. */
  temperature: z.number().min(0).max(5).default(0),
  topP: z.number().min(0).max(1).default(1),
  /** 0: all tokens. */
  topK: z.int().min(0).default(0),
  minP: z.number().min(0).max(1).default(0),
  /** 1: none. */
  repeatPenalty: z.number().min(0.5).max(2).default(1),
  /** Taken from the logits of tokens that the answer has already: once, and for each time. Left out: nothing. */
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  seed: z.int().min(0).default(42),
  maxTokens: z.int().min(1).default(256),
  /** The answer ends before the first of these texts. */
  stop: z.array(z.string()).default([]),
});
export type Sampling = z.output<typeof sampling>;

export const languageBase = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('file'),
    /** Several for a model in parts, in their order. */
    files: z.array(languageFile).min(1),
    facts: weightFacts,
    contextTokens: z.int().min(16),
    /** Null: physical cores less one. */
    threads: z.int().min(1).nullable(),
    /** Null: as many as fit the GPU; 0: the processor alone. */
    gpuLayers: z.int().min(0).nullable(),
  }),
  z.strictObject({
    from: z.literal('endpoint'),
    /** Up to `/v1`. */
    url: z.string(),
    model: z.string(),
    /** Name in the secret store; null: the endpoint wants none. */
    secret: z.string().nullable(),
    images: z.boolean(),
    contextTokens: z.int().min(16).nullable(),
    /** So long may it say nothing. */
    silentSeconds: z.number().positive().default(120),
    /** So long may an answer take in all. */
    answerSeconds: z.number().positive().default(900),
    /** In the person's currency for a million tokens; null: not known. */
    inputPrice: z.number().min(0).nullable(),
    outputPrice: z.number().min(0).nullable(),
  }),
]);
export type LanguageBase = z.output<typeof languageBase>;

export const languageAdapter = z.strictObject({ name: z.string(), file: languageFile, scale: z.number() });
export type LanguageAdapter = z.output<typeof languageAdapter>;

/** What must not be asked or answered. */
export const guardrails = z.strictObject({
  /** Texts, without regard to case: a question that has one is refused, an answer that has one is withheld. */
  blocked: z.array(z.string()).default([]),
});

/** Passages that answers are drawn from: they belong to the model, so that whoever asks it is answered from them. */
export const languageDocuments = z.strictObject({
  /** JSON lines, a passage each: `text` and `source`. */
  file: languageFile,
  passages: z.int().min(1),
  /** How many are shown to the model for a question. */
  most: z.int().min(1),
  /** English word stems: boats finds boat. */
  stem: z.boolean(),
  instructions: z.string(),
  /** What the model is to say when they hold no answer. */
  notFound: z.string(),
});
export type LanguageDocuments = z.output<typeof languageDocuments>;
export const documentPassage = z.object({ text: z.string(), source: z.string() });
export type DocumentPassage = z.output<typeof documentPassage>;

/** A passage that the model was shown for an answer. */
export const answerSource = z.object({
  /** As it is cited: from 1. */
  number: z.int(),
  source: z.string(),
  text: z.string(),
  score: z.number(),
});
export type AnswerSource = z.output<typeof answerSource>;

export const languageValue = z.strictObject({
  form: z.literal(1),
  name: z.string(),
  base: languageBase,
  adapters: z.array(languageAdapter).default([]),
  /** In place of the model's own. */
  template: z.string().nullable().default(null),
  /** Stands before every conversation that has no system message of its own. */
  system: z.string().default(''),
  sampling: sampling.prefault({}),
  guardrails: guardrails.prefault({}),
  documents: languageDocuments.optional(),
});
export type LanguageValue = z.output<typeof languageValue>;
export const languageJson = 'llm.json';

/** The template that a model's conversations are written with; null: it has none. */
export const templateOf = (value: LanguageValue): string | null =>
  value.template ?? (value.base.from === 'file' ? value.base.facts.template : null);
export const takesConversations = (value: LanguageValue): boolean =>
  value.base.from === 'endpoint' || templateOf(value) !== null;

/** Weights plus the cache for its context, with a tenth above: what a process that runs it takes. */
export const memoryEstimate = (base: LanguageBase, sequences = 1): number =>
  base.from === 'endpoint'
    ? 0
    : Math.round(
        1.1 * base.files.reduce((sum, file) => sum + file.bytes, 0) +
          sequences * base.contextTokens * base.facts.cacheBytesPerToken,
      ) + 60_000_000;

export const toolCall = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** JSON text, as the model wrote it. */
  arguments: z.string(),
});
export type ToolCall = z.output<typeof toolCall>;
export const chatMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  /** Data addresses (`data:image/png;base64,…`), for endpoints whose model sees. */
  images: z.array(z.string()).optional(),
  toolCalls: z.array(toolCall).optional(),
  /** Of a tool's answer. */
  toolCallId: z.string().optional(),
  name: z.string().optional(),
});
export type ChatMessage = z.output<typeof chatMessage>;

export const toolSpec = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/),
  description: z.string().default(''),
  /** JSON Schema of its arguments. */
  parameters: z.record(z.string(), z.json()).default({ type: 'object', properties: {} }),
});
export type ToolSpec = z.output<typeof toolSpec>;

/** A piece of a prompt. `plain`: what a person wrote, in which the names of special tokens are mere text. */
export const promptPart = z.strictObject({ text: z.string(), plain: z.boolean() });
export type PromptPart = z.output<typeof promptPart>;

export interface RenderOptions {
  tools?: readonly ToolSpec[];
  /** How the tokens that begin and end a text are written. */
  bos?: string;
  eos?: string;
  /** Ends with the beginning of the answer. Default: true. */
  addGenerationPrompt?: boolean;
}
/** A conversation that a chat template turns into a prompt. */
export interface RenderJob {
  messages: readonly ChatMessage[];
  options: RenderOptions;
}

export interface GenerateRequest {
  /** A conversation, written by the model's template; or text to go on from, as it stands. */
  prompt: { messages: readonly ChatMessage[] } | { text: string };
  /** What differs from the model's own settings. */
  sampling?: Partial<Sampling>;
  /** JSON Schema that the answer must keep: by grammar here, by `response_format` at an endpoint. */
  schema?: unknown;
  tools?: readonly ToolSpec[];
}
export interface Generation {
  text: string;
  /** `stop`: the model ended, or a stop text came. `length`: the limit came first. `tools`: it calls tools. */
  reason: 'stop' | 'length' | 'tools';
  toolCalls: readonly ToolCall[];
  promptTokens: number;
  completionTokens: number;
  /** Until the first token. */
  firstTokenMs: number;
  ms: number;
  /** By the endpoint's prices; 0 for a local model; null: not known. */
  cost: number | null;
  /** Of a model that answers from documents: what it was shown. */
  sources?: readonly AnswerSource[] | undefined;
}
export interface ScoredToken {
  text: string;
  /** Natural logarithm of its probability under the full softmax. */
  logProbability: number;
}
export interface AskOptions {
  signal: AbortSignal;
  onText?: (text: string) => void;
}

/** A language model that can be asked. */
export interface LanguageModel {
  value: LanguageValue;
  /** Of all that decides what it says: weights, adapters, template, settings. */
  hash: string;
  /** How many questions it takes at a time. */
  sequences: number;
  /** @throws `language.blocked`, `language.no-template`, `language.too-long`, `language.worker-died`, `endpoint.*` */
  generate: (request: GenerateRequest, options: AskOptions) => Promise<Generation>;
  /** The probability of each token of `text` after `context`. Local models only. @throws `language.no-scores` */
  score: (text: { context: string; text: string }, options: AskOptions) => Promise<ScoredToken[]>;
  /** One vector a text, unit length. @throws `language.no-embeddings` */
  embed: (texts: readonly string[], options: AskOptions) => Promise<Float32Array[]>;
  /** Local models only. */
  tokenize: (text: string, options: AskOptions) => Promise<{ id: number; text: string }[]>;
  /** The prompt that a conversation becomes, where the template is known here. */
  render: (messages: readonly ChatMessage[], options: AskOptions & { tools?: readonly ToolSpec[] }) => Promise<string>;
}

/** What a task is given of a language model on its input. */
export interface LanguageInput {
  /** The key of the result that it came from. */
  key: string;
  value: LanguageValue;
  /** Where a file of it lies. @throws `language.file-missing` */
  place: (file: LanguageFile) => Promise<string>;
  /** Starts it, once for the run. @param sequences questions at a time. Default: 1 here, 4 at an endpoint. */
  open: (sequences?: number) => Promise<LanguageModel>;
  /** Conversations as prompts by a chat template, apart from whoever asks and within limits. @throws `language.template-limit`, `language.template-failed` */
  render: (template: string, jobs: readonly RenderJob[], signal: AbortSignal) => Promise<PromptPart[][]>;
  /** Answers that were given before, in any run of this workspace: by a hash of all that decided them. */
  answers: AnswerCache;
}

/** An endpoint does not know the key, or the key may not ask: no other question would go better. */
export const loginRefusedCode = 'endpoint.login-refused';

export interface AnswerCache {
  get: (hash: string) => Promise<unknown>;
  put: (hash: string, answer: unknown) => Promise<void>;
}

export interface Weights {
  files: LanguageFile[];
  /** Null: an adapter. */
  facts: WeightFacts | null;
}

/** What a task says of a language model that it gives. */
export type LanguageDraft = Omit<z.input<typeof languageValue>, 'form'> & {
  /** Files that belong to the result (an adapter): kept beside `llm.json`, named by `base`, `adapters` or `documents` with `result: 'own'`. */
  files?: Readonly<Record<string, Uint8Array>>;
};
