/** With the network denied, everything of language models that needs no endpoint works, and nothing so much as tries to leave this machine. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openWindow, serveApp } from '../support/served-app.ts';
import { tinyConversations, tinyModelFile } from '../support/trained-tiny-model.ts';

let folder: string;
const log = (): string => join(folder, 'egress.log');
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-egress-'));
  mkdirSync(join(folder, 'models'));
  copyFileSync(await tinyModelFile(), join(folder, 'models', 'tiny.gguf'));
  writeFileSync(join(folder, 'rows.csv'), 'q,a,b,right,context\nWhere?,here,there,a,[1] Here.\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pipeline = {
  flowyard: 1,
  title: 'Everything',
  parameters: {},
  nodes: {
    answer: { kind: 'language.answer', version: 1, params: { question: 'q', context: 'context', maxTokens: 8 } },
    ask: { kind: 'language.generate', version: 1, params: { prompt: 'prompt', maxTokens: 8 } },
    choose: {
      kind: 'language.choices',
      version: 1,
      params: { question: 'q', choices: { by: 'names', names: ['a', 'b'] }, answer: 'right' },
    },
    judge: { kind: 'evaluate.judge', version: 1, params: { answer: 'a', repeats: 1, maxTokens: 100, failShare: null } },
    model: { kind: 'language.model', version: 1, params: { file: 'models/tiny.gguf', name: 'taught' } },
    prompt: { kind: 'language.prompt', version: 1, params: { template: 'Say {{q}}' } },
    rows: { kind: 'read.csv', version: 1, params: { file: 'rows.csv' } },
    score: { kind: 'language.score', version: 1, params: { text: 'q' } },
    serve: { kind: 'deploy.language', version: 1, params: { name: 'assistant' } },
  },
  wires: [
    'model.llm -> answer.llm',
    'model.llm -> ask.llm',
    'model.llm -> choose.llm',
    'model.llm -> judge.llm',
    'model.llm -> score.llm',
    'model.llm -> serve.llm',
    'prompt.rows -> ask.rows',
    'rows.rows -> answer.rows',
    'rows.rows -> choose.rows',
    'rows.rows -> judge.rows',
    'rows.rows -> prompt.rows',
    'rows.rows -> score.rows',
  ],
  groups: {},
  notes: {},
  layout: {},
};

const root = join(import.meta.dirname, '..', '..');
/** Every process that starts from here inherits the watch. */
const watched = () => ({
  NODE_OPTIONS: `--import ${join(root, 'test', 'support', 'watch-egress.mjs')} --disable-warning=ExperimentalWarning`,
  FLOWYARD_EGRESS_LOG: log(),
});

function flowyard(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...watched() },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (out += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

it('a whole pipeline of language models runs without one attempt to leave this machine', async () => {
  writeFileSync(join(folder, 'all.pipeline.json'), JSON.stringify(pipeline));
  writeFileSync(log(), '');
  const { code, out } = await flowyard('run', 'all.pipeline.json', '--json');
  expect(code, out).toBe(0);
  expect(out).toContain('"service-declared"');
  expect(readFileSync(log(), 'utf8')).toBe('');
});

it('the window is served and a deployed model answers OpenAI’s routes, without one attempt to leave this machine', async () => {
  writeFileSync(join(folder, 'all.pipeline.json'), JSON.stringify(pipeline));
  writeFileSync(log(), '');
  await using app = await serveApp({ workspace: folder, env: watched() });
  await using window = await openWindow(app);
  const page = await (await window.fetch('/')).text();
  const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  expect(parts.length).toBeGreaterThan(1);
  for (const path of parts) expect([path, (await window.fetch(path)).status]).toEqual([path, 200]);
  expect(parts.filter((path) => !path.startsWith('/') && !path.startsWith('./'))).toEqual([]);

  const { code, out } = await flowyard('run', 'all.pipeline.json', '--json');
  expect(code, out).toBe(0);
  await vi.waitFor(
    async () =>
      expect(await window.api['services.list']({})).toMatchObject([
        { name: 'assistant', status: 'running', problem: null },
      ]),
    { timeout: 240_000, interval: 200 },
  );
  const [service] = await window.api['services.list']({});
  const client = new OpenAI({ baseURL: `${service?.url}/v1`, apiKey: service?.token ?? '', maxRetries: 0 });
  const [[question, answer]] = tinyConversations as readonly [readonly [string, string]];
  const asked = {
    model: 'taught',
    messages: [{ role: 'user' as const, content: question }],
    max_tokens: 40,
    temperature: 0,
  };
  expect((await client.chat.completions.create(asked)).choices[0]?.message.content).toBe(answer);
  let streamed = '';
  for await (const piece of await client.chat.completions.create({ ...asked, stream: true }))
    streamed += piece.choices[0]?.delta.content ?? '';
  expect(streamed).toBe(answer);
  expect((await client.models.list()).data.map((model) => model.id)).toContain('taught');
  expect((await client.embeddings.create({ model: 'taught', input: question })).data).toHaveLength(1);
  await window.api['services.stop']({ name: 'assistant' });
  expect(readFileSync(log(), 'utf8')).toBe('');
});

it('the watch is awake: an endpoint elsewhere is refused and written down', async () => {
  const asked = structuredClone(pipeline);
  const elsewhere = {
    ...asked,
    nodes: {
      ask: asked.nodes.ask,
      model: { kind: 'language.endpoint', version: 1, params: { url: 'http://model.invalid/v1', model: 'm' } },
      prompt: asked.nodes.prompt,
      rows: asked.nodes.rows,
    },
    wires: ['model.llm -> ask.llm', 'prompt.rows -> ask.rows', 'rows.rows -> prompt.rows'],
  };
  elsewhere.nodes.ask.params = { ...elsewhere.nodes.ask.params, ...{ retries: 0, failShare: null } };
  writeFileSync(join(folder, 'elsewhere.pipeline.json'), JSON.stringify(elsewhere));
  const { code } = await flowyard('run', 'elsewhere.pipeline.json', '--json');
  expect(code).toBe(0);
  expect(readFileSync(log(), 'utf8')).toMatch(/(lookup|connect) model\.invalid/);
});
