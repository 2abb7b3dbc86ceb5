/** Fifty runs of a pipeline with a language model, and as many questions from the window: neither the host nor the process of the model grows. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { validate } from '../../shared/pipeline/parse.ts';
import { descendants, growth, residentMib } from '../support/resident-memory.ts';
import { openWindow, serveApp } from '../support/served-app.ts';
import { tinyConversations, tinyModelFile } from '../support/trained-tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'soak-language-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [warm, runs] = [10, 50];
/** What a collector may leave lying about, in MiB. */
const slack = 24;

const pipelineOf = (word: string) =>
  validate({
    flowyard: 1,
    title: 'Again and again',
    parameters: {},
    nodes: {
      ask: { kind: 'language.generate', version: 1, params: { prompt: 'prompt', maxTokens: 40 } },
      model: { kind: 'language.model', version: 1, params: { file: 'models/tiny.gguf', name: 'taught', gpuLayers: 0 } },
      prompt: { kind: 'language.prompt', version: 1, params: { template: `{{question}}${word}` } },
      rows: { kind: 'read.csv', version: 1, params: { file: 'questions.csv' } },
    },
    wires: ['model.llm -> ask.llm', 'prompt.rows -> ask.rows', 'rows.rows -> prompt.rows'],
    groups: {},
    notes: {},
    layout: {},
  });

test.skipIf(process.platform !== 'linux')(
  'the host and the model’s process hold as much after fifty runs as before',
  async () => {
    mkdirSync(join(folder, 'models'));
    copyFileSync(await tinyModelFile(), join(folder, 'models', 'tiny.gguf'));
    writeFileSync(join(folder, 'questions.csv'), ['question', ...tinyConversations.map(([q]) => `"${q}"`)].join('\n'));
    writeFileSync(join(folder, 'again.pipeline.json'), '');
    await using app = await serveApp({ workspace: folder });
    await using window = await openWindow(app);
    const { api } = window;
    const series: Record<'host' | 'model', number[]> = { host: [], model: [] };
    await api['languages.import']({ path: join(folder, 'models', 'tiny.gguf') });
    const [file] = await api['languages.choices']({});
    if (file === undefined) throw new Error('no model');
    for (let i = 0; i < warm + runs; i++) {
      const { run } = await api['runs.start']({
        pipeline: { path: 'again.pipeline.json', file: pipelineOf(` ${i}`) },
        to: null,
      });
      for await (const events of api['runs.events']({ run, afterSeq: -1 }))
        for (const event of events) if (event.type === 'run-finished') expect(event).toMatchObject({ status: 'done' });
      for (const [question, answer] of tinyConversations.slice(0, 3)) {
        let text = '';
        for await (const item of api['languages.ask']({
          target: file.target,
          prompt: { messages: [{ role: 'user', content: question }] },
          sampling: { maxTokens: 40, temperature: 0 },
        }))
          if ('text' in item) text += item.text;
        expect(text).toBe(answer);
      }
      const [model] = descendants(app.pid, 'language');
      if (i < warm || model === undefined) continue;
      series.host.push(Math.round(residentMib(app.pid)));
      series.model.push(Math.round(residentMib(model)));
    }
    process.stdout.write(`${JSON.stringify(series)}\n`);
    expect(series.model).toHaveLength(runs);
    expect(growth(series.model)).toBeLessThan(slack);
    expect(growth(series.host)).toBeLessThan(slack);
  },
);
