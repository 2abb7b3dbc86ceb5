import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openHost } from '../../cli/open-host.ts';
import { connect } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import { messagePortPipe } from '../../shared/rpc/message-port.ts';
import type { Client } from '../../shared/rpc/typed.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import { writeTinyGguf } from '../../test/support/tiny-gguf.ts';
import type { Host } from './host.ts';

/** A limit against hanging alone. */
const patience = { timeout: 240_000, interval: 200 };
let workspace: string;
let elsewhere: string;
let host: Host;
let api: Client<Contract>;
let leave: () => void;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'flowyard-host-llm-'));
  elsewhere = mkdtempSync(join(tmpdir(), 'flowyard-else-'));
  writeTinyGguf(join(elsewhere, 'tiny.gguf'));
  const started = await openHost(workspace, () => undefined);
  if (!started.started) throw new Error('not started');
  ({ host } = started);
  const { port1, port2 } = new MessageChannel();
  host.serve(messagePortPipe(port1), 'process');
  const connection = connect({ contract, protocol: protocolVersion, open: async () => messagePortPipe(port2) });
  ({ api } = connection);
  leave = () => connection.close();
});
afterAll(async () => {
  leave();
  await host.close();
  for (const folder of [workspace, elsewhere]) rmSync(folder, { recursive: true, force: true });
});

it('brings a file into the workspace and tells what it is', async () => {
  const [row] = await api['languages.import']({ path: join(elsewhere, 'tiny.gguf') });
  expect(row).toMatchObject({
    name: 'tiny.gguf',
    path: 'models/tiny.gguf',
    missing: false,
    facts: { architecture: 'llama', title: 'Tiny', quantisation: 'F32', licence: 'apache-2.0', contextTokens: 2048 },
  });
  expect(await api['languages.list']({})).toEqual([row]);
  expect(await api['languages.choices']({})).toMatchObject([{ title: 'Tiny', chats: true, target: { from: 'file' } }]);
});

it('asks a file, a run’s model and a service; a stopped question ends', async () => {
  const ask = async (target: Parameters<Client<Contract>['languages.ask']>[0]['target'], limit = 12) => {
    let [text, answer]: [string, unknown] = ['', undefined];
    for await (const item of api['languages.ask']({
      target,
      prompt: { messages: [{ role: 'user', content: 'Hello' }] },
      sampling: { maxTokens: limit },
    })) {
      if ('text' in item) text += item.text;
      else ({ answer } = item);
    }
    return { text, answer };
  };
  const [{ target: file } = { target: undefined }] = await api['languages.choices']({});
  if (file === undefined) throw new Error('no model');
  const first = await ask(file);
  expect(first.answer).toMatchObject({ text: first.text, cost: 0 });

  writeFileSync(join(workspace, 'serve.pipeline.json'), '');
  const pipeline = validate({
    flowyard: 1,
    title: 'Serve',
    parameters: {},
    nodes: {
      model: {
        kind: 'language.model',
        version: 1,
        params: { file: 'models/tiny.gguf', name: 'tiny', contextTokens: 512, gpuLayers: 0 },
      },
      rows: { kind: 'read.csv', version: 1, params: { file: 'rows.csv' } },
      prompt: { kind: 'language.prompt', version: 1, params: { template: 'Say {{word}}' } },
      serve: { kind: 'deploy.language', version: 1, params: { name: 'assistant' } },
    },
    wires: ['model.llm -> serve.llm', 'rows.rows -> prompt.rows'],
    groups: {},
    notes: {},
    layout: {},
  });
  writeFileSync(join(workspace, 'rows.csv'), 'word\nhello\n');
  const { run } = await api['runs.start']({ pipeline: { path: 'serve.pipeline.json', file: pipeline }, to: null });
  for await (const events of api['runs.events']({ run, afterSeq: -1 }))
    for (const event of events) if (event.type === 'run-finished') expect(event).toMatchObject({ status: 'done' });
  await vi.waitFor(
    async () =>
      expect(await api['services.list']({})).toMatchObject([{ name: 'assistant', status: 'running', problem: null }]),
    patience,
  );

  const choices = await api['languages.choices']({});
  expect(choices.map((choice) => choice.target.from)).toEqual(['service', 'result', 'file']);
  for (const { target } of choices) expect((await ask(target)).text).toBe(first.text);

  const [service] = await api['services.list']({});
  const client = new OpenAI({ baseURL: `${service?.url}/v1`, apiKey: service?.token ?? '', maxRetries: 0 });
  const answer = await client.chat.completions.create({
    model: 'tiny',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 12,
  });
  expect(answer.choices[0]?.message.content).toBe(first.text);
  await vi.waitFor(
    async () =>
      expect((await api['services.requests']({ name: 'assistant', limit: 10 }))[0]).toMatchObject({
        status: 200,
        input: { model: 'tiny' },
      }),
    patience,
  );
  expect(await api['prompts.list']({ pipeline: 'serve.pipeline.json' })).toMatchObject([
    { node: 'prompt', version: 1, template: 'Say {{word}}', runs: 1 },
  ]);

  const stop = new AbortController();
  const items: unknown[] = [];
  await (async () => {
    for await (const item of api['languages.ask'](
      { target: file, prompt: { text: 'long' }, sampling: { maxTokens: 1500 } },
      { signal: stop.signal },
    )) {
      items.push(item);
      stop.abort();
    }
  })().catch(() => undefined);
  expect(items.every((item) => typeof item === 'object' && item !== null && 'text' in item)).toBe(true);
  expect((await ask(file)).text).toBe(first.text);
  await api['services.stop']({ name: 'assistant' });
});

it('forgets a file, and removes it when told to', async () => {
  const [row] = await api['languages.list']({});
  await api['languages.forget']({ sha256: row?.sha256 ?? '', remove: true });
  expect(await api['languages.list']({})).toEqual([]);
  expect(readFileSync(join(elsewhere, 'tiny.gguf')).length).toBeGreaterThan(0);
});
