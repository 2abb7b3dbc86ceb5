/** The body of a language-model worker: the one process that llama.cpp runs in. It may die of a bad file or of memory; nobody else does. */
import { createInterface } from 'node:readline';
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { cancelled, fail, toProblem } from '../../../shared/errors.ts';
import { workerRequest, type WorkerReply, type WorkerRequest } from '../worker-protocol.ts';
import { generateText } from './generate-text.ts';
import { holdModels, type LoadedModels } from './loaded-models.ts';
import { inTurns, openTokenReader, type TokenReader } from './read-tokens.ts';
import { scoreText } from './score-text.ts';

type Asked = Exclude<WorkerRequest, { ask: 'cancel' }>;
const say = (reply: WorkerReply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);

export async function serveLanguageWorker(): Promise<void> {
  const llama = await openLlama();
  const models = holdModels(llama);
  const reader = openTokenReader([process.execPath, ...process.execArgv, ...process.argv.slice(1, 3), 'tokens']);
  const under = new Map<number, AbortController>();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request = workerRequest.parse(JSON.parse(line));
    if (request.ask === 'cancel') return under.get(request.id)?.abort(withdrawn());
    const controller = new AbortController();
    under.set(request.id, controller);
    void answer({ llama, models, reader }, request, controller.signal)
      .then(
        (value) => say({ say: 'done', id: request.id, value: JSON.parse(JSON.stringify(value)) }),
        (error: unknown) => say({ say: 'failed', id: request.id, problem: toProblem(error) }),
      )
      .finally(() => under.delete(request.id));
  });
  say({ say: 'ready' });
  await new Promise<void>((resolve) => lines.once('close', resolve));
  // Whoever asked is gone. llama.cpp is not waited for: nothing of it is kept.
  process.exit(0);
}

/** @param tokens of a text that is embedded; one more may begin and one end it */
function checkLength(tokens: number, context: number): void {
  if (tokens === 0)
    throw fail('language.empty-prompt', { message: 'A text to embed is empty.', mend: 'Leave empty texts out.' });
  if (tokens + 2 <= context) return;
  throw fail('language.too-long', {
    message: `A text to embed has ${tokens} tokens, the context holds ${context}.`,
    mend: 'Cut it into shorter pieces, or give the model a longer context.',
    facts: { promptTokens: tokens, contextTokens: context },
  });
}

const withdrawn = () => cancelled('language.cancelled', 'The question was withdrawn.');

/** The best device that this machine has and its binary is here for; nothing is built or fetched. */
export async function openLlama(): Promise<Llama> {
  const logger = (level: LlamaLogLevel, message: string): void => {
    if (level === LlamaLogLevel.error || level === LlamaLogLevel.fatal) process.stderr.write(`${message}\n`);
  };
  const common = {
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger,
  } as const;
  try {
    return await getLlama({ ...common, gpu: process.env['FLOWYARD_LLM_DEVICE'] === 'cpu' ? false : 'auto' });
  } catch {
    return getLlama({ ...common, gpu: false });
  }
}

interface Holding {
  llama: Llama;
  models: LoadedModels;
  reader: TokenReader;
}
async function answer({ llama, models, reader }: Holding, request: Asked, signal: AbortSignal): Promise<unknown> {
  const path = request.load.model;
  switch (request.ask) {
    case 'load':
      return (await models.slots(request.load)).facts;
    case 'generate': {
      const slots = await models.slots(request.load);
      return generateText({ llama, slots, reader }, request, signal, (text) =>
        say({ say: 'text', id: request.id, text }),
      );
    }
    case 'score':
      return scoreText({ slots: await models.slots(request.load), reader, path }, request, signal);
    case 'embed': {
      const [embedder, model] = [await models.embedder(request.load), await models.model(request.load)];
      const vectors: number[][] = [];
      for (const text of request.texts) {
        signal.throwIfAborted();
        const most = Math.min(request.load.contextTokens, model.trainContextSize);
        const { each, count } = await reader.read(model, path, [{ text, special: false }], most, signal);
        checkLength(count, most);
        vectors.push([...(await embedder.getEmbeddingFor((each ?? []).flat())).vector]);
      }
      return vectors;
    }
    case 'tokenize': {
      const model = await models.model(request.load);
      const { each } = await reader.read(
        model,
        path,
        [{ text: request.text, special: true }],
        Number.MAX_SAFE_INTEGER,
        signal,
      );
      return inTurns((each ?? []).flat(), (id) => ({ id, text: model.detokenize([id], true) }));
    }
  }
}
