/**
 * `npm run bench -- llm [MODEL.gguf]`: tokens a second of our worker and of our service against node-llama-cpp called directly, with the same weights, threads, context and
 * prompt, in turns, so that a busy neighbour hits both. Without a file it takes Gemma 3 270M (see test/support/gemma-model.ts). One JSON object a line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, LlamaCompletion, LlamaLogLevel } from 'node-llama-cpp';
import { noSecrets, openLanguages } from '../../engine/llm/open-languages.ts';
import { startLanguageServer } from '../../engine/serve/language/language-server.ts';
import { languageValue } from '../../shared/language/language-model.ts';
import { gemmaModel } from '../support/gemma-model.ts';
import { languageCommand } from '../support/tiny-language.ts';

const path = process.argv[2] ?? (await gemmaModel());
const [threads, contextSize, maxTokens, rounds] = [1, 1024, 128, 5];
const prompt = 'Once upon a time there was a king who had three daughters. The eldest of them';
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const say = (line: Record<string, unknown>): void => console.log(JSON.stringify(line));
const round = (value: number): number => Number(value.toPrecision(4));

async function openDirect() {
  const llama = await getLlama({ build: 'never', gpu: false, progressLogs: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize, threads, sequences: 1 });
  const sequence = context.getSequence();
  return async (): Promise<number> => {
    await sequence.clearHistory();
    const completion = new LlamaCompletion({ contextSequence: sequence });
    let tokens = 0;
    const started = performance.now();
    await completion.generateCompletion(prompt, {
      maxTokens,
      temperature: 0,
      onToken: (some) => (tokens += some.length),
    });
    completion.dispose({ disposeSequence: false });
    return (1000 * tokens) / (performance.now() - started);
  };
}

const folder = mkdtempSync(join(tmpdir(), 'flowyard-bench-llm-'));
const languages = openLanguages({
  command: languageCommand,
  folder: join(folder, '.flowyard'),
  placeOfResult: () => undefined,
  secret: noSecrets,
});
const { sha256, name, bytes, facts } = await languages.files.remember(path);
if (facts === null) throw new Error(`${path} is no model`);
const value = languageValue.parse({
  form: 1,
  name: 'bench',
  base: { from: 'file', files: [{ sha256, name, bytes }], facts, contextTokens: contextSize, threads, gpuLayers: 0 },
});
const ours = await languages.open(value, 1);
const signal = new AbortController().signal;
/** Another first letter each time: nothing of the last prompt can be used again. */
let turn = 0;
const fresh = (): string => `${String.fromCharCode(65 + (turn++ % 26))}. ${prompt}`;
async function askOurs(): Promise<number> {
  const started = performance.now();
  const { completionTokens } = await ours.generate(
    { prompt: { text: fresh() }, sampling: { temperature: 0, maxTokens } },
    { signal },
  );
  return (1000 * completionTokens) / (performance.now() - started);
}

const direct = await openDirect();
await direct();
await askOurs();
const [directly, worker]: [number[], number[]] = [[], []];
for (let i = 0; i < rounds; i++) {
  directly.push(await direct());
  worker.push(await askOurs());
}
const ratio = median(worker.map((one, i) => one / (directly[i] ?? Number.NaN)));
say({
  what: 'generation, one sequence',
  model: facts.title,
  quantisation: facts.quantisation,
  threads,
  tokens: maxTokens,
  direct: round(median(directly)),
  worker: round(median(worker)),
  ratio: round(ratio),
  goal: 0.95,
});

const served = await languages.open(value, 4);
const server = await startLanguageServer({
  models: [{ name: 'bench', model: served }],
  port: 0,
  keys: new Map([['token', 'key']]),
  parallel: 4,
  longestQueue: 64,
});
async function askServer(): Promise<number> {
  const response = await fetch(`${server.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ model: 'bench', prompt: fresh(), max_tokens: maxTokens, temperature: 0 }),
  });
  const answer: { usage: { completion_tokens: number } } = JSON.parse(await response.text());
  return answer.usage.completion_tokens;
}
await askServer();
for (const parallel of [1, 4]) {
  const started = performance.now();
  const counts = await Promise.all(Array.from({ length: parallel }, askServer));
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  say({ what: 'served, together', parallel, tokensPerSecond: round((1000 * tokens) / (performance.now() - started)) });
}
await server.close();
await languages.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
