import { describe, expect, it } from 'vitest';
import { tryTask } from '../../../test/support/try-task.ts';
import type { WeightFacts } from '../../../shared/language/language-model.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const facts: WeightFacts = {
  architecture: 'llama',
  title: 'Tiny',
  parameters: 1_000_000,
  quantisation: 'Q8_0',
  licence: 'apache-2.0',
  contextTokens: 2048,
  layers: 2,
  width: 64,
  cacheBytesPerToken: 256,
  vocabulary: 300,
  bos: '<s>',
  eos: '</s>',
  template: null,
};
const file = { name: 'tiny.gguf', sha256: 'a'.repeat(64), bytes: 1_000_000 };
const adapter = { name: 'tone.gguf', sha256: 'b'.repeat(64), bytes: 1000 };

describe('language.model', () => {
  it('names the weights by content, and cuts the context to what the model was trained to see', async () => {
    const made = await tryTask(
      spec,
      run,
      { file: 'tiny.gguf', contextTokens: 4096 },
      { weights: { file: { files: [file], facts } } },
    );
    expect(made.llms['llm']).toMatchObject({
      name: 'Tiny',
      base: { from: 'file', files: [file], contextTokens: 2048, threads: null, gpuLayers: null },
      adapters: [],
      template: null,
    });
    expect(made.findings.map((f) => f.code)).toEqual(['language.context-cut']);
    expect(made.logs.join('\n')).toContain('licence apache-2.0');
    expect(made.logs.join('\n')).toContain('a base model without a chat template');
  });

  it('lays an adapter on it, and refuses a model in its place', async () => {
    const weights = { file: { files: [file], facts }, adapter: { files: [adapter], facts: null } };
    const made = await tryTask(spec, run, { file: 'tiny.gguf', adapter: 'tone.gguf', adapterScale: 0.5 }, { weights });
    expect(made.llms['llm']?.adapters).toEqual([{ name: 'tone', file: adapter, scale: 0.5 }]);
    await expect(
      tryTask(
        spec,
        run,
        { file: 'tiny.gguf', adapter: 'tiny.gguf' },
        { weights: { ...weights, adapter: weights.file } },
      ),
    ).rejects.toMatchObject({ problem: { code: 'language.no-adapter', param: 'adapter' } });
  });

  it.each([
    [{}, ['param.empty']],
    [{ from: 'folder' }, ['param.empty']],
    [{ file: 'a.gguf', threads: 1.5 }, ['param.not-whole']],
    [{ file: 'a.gguf', contextTokens: 128, maxTokens: 128 }, ['language.short-context']],
    [{ file: 'a.gguf' }, []],
  ])('%j is judged before a run', (params, codes) => {
    const found = spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: {}, wired: new Set() }) ?? [];
    expect(found.map((f) => f.code)).toEqual(codes);
  });
});
