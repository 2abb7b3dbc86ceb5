/** What the worker holds in memory: each model once, and for each way of asking it (adapters, length, threads) one context with its sequences. */
import type { Llama, LlamaContext, LlamaContextSequence, LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { largest } from '../../../shared/append.ts';
import { fail } from '../../../shared/errors.ts';
import type { LoadedFacts, LoadRequest } from '../worker-protocol.ts';

export interface Slots {
  model: LlamaModel;
  context: LlamaContext;
  facts: LoadedFacts;
  /** Gives a sequence when one is free: first come, first served; of the free ones, the one whose state begins most like these tokens. */
  use: <T>(
    tokens: readonly number[],
    signal: AbortSignal,
    work: (sequence: LlamaContextSequence) => Promise<T>,
  ) => Promise<T>;
  close: () => Promise<void>;
}
export interface LoadedModels {
  slots: (request: LoadRequest) => Promise<Slots>;
  embedder: (request: LoadRequest) => Promise<LlamaEmbeddingContext>;
  model: (request: LoadRequest) => Promise<LlamaModel>;
}

/** Contexts that are kept, one for each set of adapters: the least recently used goes. */
const mostContexts = 6;
const mostModels = 2;

export function holdModels(llama: Llama): LoadedModels {
  const models = new Map<string, Promise<LlamaModel>>();
  const contexts = new Map<string, { model: string; slots: Promise<Slots> }>();
  const embedders = new Map<string, Promise<LlamaEmbeddingContext>>();

  const modelKey = ({ model, gpuLayers }: LoadRequest): string => JSON.stringify([model, gpuLayers]);
  async function model(request: LoadRequest): Promise<LlamaModel> {
    const key = modelKey(request);
    if (!models.has(key)) {
      for (const old of [...models.keys()].slice(0, Math.max(0, models.size - mostModels + 1))) await dropModel(old);
      const loading = loadModel(llama, request);
      models.set(key, loading);
      loading.catch(() => models.delete(key));
    }
    const found = await models.get(key);
    if (found === undefined) throw new Error('the model went while it was loaded');
    return found;
  }
  async function dropModel(key: string): Promise<void> {
    for (const [name, { model: of, slots }] of contexts) {
      if (of !== key) continue;
      contexts.delete(name);
      await slots.then((one) => one.close()).catch(() => undefined);
    }
    const held = models.get(key);
    models.delete(key);
    await embedders.get(key)?.then(
      (one) => one.dispose(),
      () => undefined,
    );
    embedders.delete(key);
    await held?.then((one) => one.dispose()).catch(() => undefined);
  }
  async function slots(request: LoadRequest): Promise<Slots> {
    const key = JSON.stringify(request);
    const known = contexts.get(key);
    if (known !== undefined) {
      contexts.delete(key);
      contexts.set(key, known);
      return known.slots;
    }
    const [oldest] = contexts.keys();
    if (contexts.size >= mostContexts && oldest !== undefined) {
      const old = contexts.get(oldest);
      contexts.delete(oldest);
      void old?.slots.then((one) => one.close()).catch(() => undefined);
    }
    const made = model(request).then((loaded) => openSlots(llama, loaded, request));
    contexts.set(key, { model: modelKey(request), slots: made });
    made.catch(() => contexts.delete(key));
    return made;
  }
  async function embedder(request: LoadRequest): Promise<LlamaEmbeddingContext> {
    const key = modelKey(request);
    const made =
      embedders.get(key) ??
      model(request).then((loaded) =>
        loaded.createEmbeddingContext({
          contextSize: Math.min(request.contextTokens, loaded.trainContextSize),
          threads: threadsFor(llama, request),
        }),
      );
    embedders.set(key, made);
    made.catch(() => embedders.delete(key));
    return made;
  }
  return { slots, embedder, model };
}

async function loadModel(llama: Llama, { model, gpuLayers }: LoadRequest): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: model, gpuLayers: llama.gpu === false ? 0 : (gpuLayers ?? 'auto') });
  } catch (cause) {
    throw fail(
      'language.not-loaded',
      {
        message: `llama.cpp could not load the model: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Choose another file or a smaller quantisation, or free some memory.',
      },
      { cause },
    );
  }
}

/** Threads spin at barriers: one core is left to everybody else, or a busy neighbour costs a factor of twenty. */
const threadsFor = (llama: Llama, { threads }: LoadRequest): number => threads ?? Math.max(1, llama.cpuMathCores - 1);

async function openSlots(llama: Llama, model: LlamaModel, request: LoadRequest): Promise<Slots> {
  const started = performance.now();
  const threads = threadsFor(llama, request);
  const context = await makeContext(model, request, threads);
  const free = Array.from({ length: request.sequences }, () => context.getSequence());
  const waiting: (() => void)[] = [];
  const facts: LoadedFacts = {
    device: llama.gpu === false || model.gpuLayers === 0 ? 'cpu' : llama.gpu,
    deviceNames: model.gpuLayers === 0 ? [] : await llama.getGpuDeviceNames().catch(() => []),
    gpuLayers: model.gpuLayers,
    threads,
    contextTokens: context.contextSize,
    ms: performance.now() - started,
  };
  return {
    model,
    context,
    facts,
    use: async (tokens, signal, work) => {
      while (free.length === 0) await turn(waiting, signal);
      signal.throwIfAborted();
      const at = likest(free, tokens);
      const [sequence] = free.splice(at, 1);
      if (sequence === undefined) throw new Error('no sequence is free');
      try {
        return await work(sequence);
      } finally {
        free.push(sequence);
        waiting.shift()?.();
      }
    },
    close: async () => {
      while (free.length < request.sequences) await new Promise<void>((resolve) => waiting.push(resolve));
      await context.dispose();
    },
  };
}

async function makeContext(model: LlamaModel, request: LoadRequest, threads: number): Promise<LlamaContext> {
  const { adapters, contextTokens, sequences } = request;
  try {
    return await model.createContext({
      contextSize: contextTokens,
      sequences,
      threads,
      ...(adapters.length === 0
        ? {}
        : { lora: { adapters: adapters.map(({ path, scale }) => ({ filePath: path, scale })) } }),
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw fail(
      'language.no-context',
      adapters.length > 0 && /lora|adapter/i.test(said)
        ? { message: `An adapter does not fit the model: ${said}.`, mend: 'Choose the adapter of this very model.' }
        : {
            message: `There is no memory for ${sequences} × ${contextTokens} tokens of context: ${said}.`,
            mend: 'Ask for a shorter context or less concurrency.',
          },
      { cause },
    );
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      const at = waiting.indexOf(go);
      if (at >= 0) waiting.splice(at, 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.push(go);
  });
}

function likest(free: readonly LlamaContextSequence[], tokens: readonly number[]): number {
  const common = free.map((sequence) => {
    const held = sequence.contextTokens;
    let same = 0;
    while (same < held.length && held[same] === tokens[same]) same++;
    return same;
  });
  return common.indexOf(largest(common));
}
