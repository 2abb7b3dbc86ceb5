/** What the window asks about language models: files that the workspace knows, fetching one, asking one, versions of prompts, secrets by name. */
import * as z from 'zod';
import { answerSource, chatMessage, sampling, weightFacts } from '../../language/language-model.ts';
import { call, subscribe } from './call.ts';

const none = z.object({});

/** A language model that the window may ask. */
export const languageTarget = z.discriminatedUnion('from', [
  z.object({ from: z.literal('file'), sha256: z.string() }),
  /** The result of a node, by its artifact key. */
  z.object({ from: z.literal('result'), key: z.string() }),
  z.object({ from: z.literal('service'), service: z.string(), model: z.string() }),
]);
export type LanguageTarget = z.output<typeof languageTarget>;

export const languageFileRow = z.object({
  sha256: z.string(),
  name: z.string(),
  /** In the workspace where it lies there, else absolute. */
  path: z.string(),
  bytes: z.number(),
  facts: weightFacts.nullable(),
  /** With 4,096 tokens of context, or as many as the model sees. */
  memory_bytes: z.number(),
  added_ms: z.number(),
  /** It is no longer where it was. */
  missing: z.boolean(),
});
export const languageChoice = z.object({
  target: languageTarget,
  title: z.string(),
  /** "a file, Q8_0", "of run …", "a service". */
  about: z.string(),
  /** Holds conversations; else it continues text. */
  chats: z.boolean(),
});
export const fetchProgress = z.object({
  bytes: z.number(),
  /** Null: the server does not say. */
  total: z.number().nullable(),
  /** Bytes that an earlier try had fetched already. */
  resumed: z.number(),
  done: z.boolean(),
  path: z.string(),
  sha256: z.string().nullable(),
});
export const languageAnswer = z.object({
  text: z.string(),
  reason: z.enum(['stop', 'length', 'tools']),
  promptTokens: z.number(),
  completionTokens: z.number(),
  firstTokenMs: z.number(),
  ms: z.number(),
  cost: z.number().nullable(),
  /** Of a model that answers from documents: what it was shown. */
  sources: z.array(answerSource).optional(),
});
export const promptVersion = z.object({
  hash: z.string(),
  pipeline: z.string(),
  node: z.string(),
  /** Counts the contents of that node's prompt, from 1. */
  version: z.int(),
  template: z.string(),
  system: z.string(),
  created_ms: z.number(),
  last_run: z.string(),
  runs: z.int(),
});

export const languageRoutes = {
  'languages.list': call(none, z.array(languageFileRow)),
  'languages.choices': call(none, z.array(languageChoice)),
  /** A file, or a folder of them, anywhere on this machine: linked or copied into `models/` and hashed. */
  'languages.import': call(z.object({ path: z.string() }), z.array(languageFileRow)),
  /** Fetches a file into `models/`. A broken fetch goes on where it was. Nothing is fetched unless this is asked. */
  'languages.fetch': subscribe(z.object({ url: z.string(), sha256: z.string().nullable() }), fetchProgress),
  /** Out of the list; the file stays unless `remove`. */
  'languages.forget': call(z.object({ sha256: z.string(), remove: z.boolean() }), none),
  /** Text as it comes, then the whole answer. */
  'languages.ask': subscribe(
    z.object({
      target: languageTarget,
      prompt: z.union([z.object({ messages: z.array(chatMessage).min(1) }), z.object({ text: z.string() })]),
      sampling: sampling.partial().optional(),
      schema: z.json().optional(),
    }),
    z.union([z.object({ text: z.string() }), z.object({ answer: languageAnswer })]),
  ),
  'prompts.list': call(z.object({ pipeline: z.string().nullable() }), z.array(promptVersion)),
  'secrets.names': call(none, z.array(z.string())),
  'secrets.set': call(z.object({ name: z.string(), value: z.string() }), none),
  'secrets.remove': call(z.object({ name: z.string() }), none),
} as const;
