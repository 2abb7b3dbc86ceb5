import { describe, expect, it } from 'vitest';
import { spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

describe('deploy.language', () => {
  it('declares the service with its settings, and leaves starting it to the host', async () => {
    const llm = spokenModel(() => '');
    const made = await tryTask(spec, run, { name: 'helper', parallel: 2 }, { llms: { llm } });
    expect(made.services).toEqual([
      [
        'service',
        {
          name: 'helper',
          model: llm,
          settings: {
            kind: 'language',
            port: null,
            auth: 'token',
            keys: [],
            parallel: 2,
            longestQueue: 64,
            keepInputs: true,
            models: [],
          },
        },
      ],
    ]);
  });

  it.each([
    [{}, []],
    [{ name: '' }, ['service.bad-name']],
    [{ name: 'a b' }, ['service.bad-name']],
    [{ name: 'v1', port: 8080.5 }, ['param.not-whole']],
    [{ name: 'v1', auth: 'none', keys: ['shop'] }, ['service.keys-unused']],
  ])('%j is judged before a run', (params, codes) => {
    const found = spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: {}, wired: new Set() }) ?? [];
    expect(found.map((f) => f.code)).toEqual(codes);
  });
});
