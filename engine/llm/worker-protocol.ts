/** What goes to a language-model worker and comes from it: one JSON object a line. The worker knows files and numbers; what a model is called or allowed is decided outside. */
import * as z from 'zod';
import { problem } from '../../shared/errors.ts';
import { promptPart, sampling } from '../../shared/language/language-model.ts';

/** What must be in memory for a question. Asked with every question: what is loaded already is used. */
export const loadRequest = z.strictObject({
  /** The GGUF file, or the first of its parts. */
  model: z.string(),
  adapters: z.array(z.strictObject({ path: z.string(), scale: z.number() })),
  contextTokens: z.int().min(16),
  /** Questions at a time. */
  sequences: z.int().min(1),
  threads: z.int().min(1).nullable(),
  gpuLayers: z.int().min(0).nullable(),
});
export type LoadRequest = z.output<typeof loadRequest>;

const asked = { id: z.int(), load: loadRequest };
export const workerRequest = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('load'), ...asked }),
  z.strictObject({
    ask: z.literal('generate'),
    ...asked,
    prompt: z.array(promptPart),
    sampling,
    schema: z.json().nullable(),
  }),
  z.strictObject({ ask: z.literal('score'), ...asked, context: z.string(), text: z.string() }),
  z.strictObject({ ask: z.literal('embed'), ...asked, texts: z.array(z.string()) }),
  z.strictObject({ ask: z.literal('tokenize'), ...asked, text: z.string() }),
  z.strictObject({ ask: z.literal('cancel'), id: z.int() }),
]);
export type WorkerRequest = z.output<typeof workerRequest>;

export const loadedFacts = z.object({
  /** `cpu`, `vulkan`, `metal`, `cuda`. */
  device: z.string(),
  deviceNames: z.array(z.string()),
  gpuLayers: z.int(),
  threads: z.int(),
  contextTokens: z.int(),
  ms: z.number(),
});
export type LoadedFacts = z.output<typeof loadedFacts>;
export const generated = z.object({
  text: z.string(),
  reason: z.enum(['stop', 'length']),
  promptTokens: z.int(),
  completionTokens: z.int(),
  firstTokenMs: z.number(),
  ms: z.number(),
});
export const scoredTokens = z.array(z.object({ text: z.string(), logProbability: z.number() }));
export const embeddings = z.array(z.array(z.number()));
export const tokens = z.array(z.object({ id: z.int(), text: z.string() }));

export const workerReply = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('ready') }),
  z.strictObject({ say: z.literal('text'), id: z.int(), text: z.string() }),
  z.strictObject({ say: z.literal('done'), id: z.int(), value: z.json() }),
  z.strictObject({ say: z.literal('failed'), id: z.int(), problem }),
]);
export type WorkerReply = z.output<typeof workerReply>;
