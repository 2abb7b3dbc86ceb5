import { describe, expect, it } from 'vitest';
import { modelLike, tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

describe('deploy.http', () => {
  it('declares the service with its settings, and leaves starting it to the host', async () => {
    const model = modelLike({});
    const made = await tryTask(
      spec,
      run,
      { name: 'penguins', port: 8080, auth: 'none', keepInputs: false },
      { models: { model } },
    );
    expect(made.services).toEqual([
      ['service', { name: 'penguins', model, settings: { port: 8080, auth: 'none', keepInputs: false } }],
    ]);
  });

  it('wants a token and any free port unless told otherwise', async () => {
    const made = await tryTask(spec, run, {}, { models: { model: modelLike({}) } });
    expect(made.services[0]?.[1].settings).toEqual({ port: null, auth: 'token', keepInputs: true });
  });

  it.each([
    [{}, []],
    [{ name: '' }, ['service.bad-name']],
    [{ name: 'a b' }, ['service.bad-name']],
    [{ name: 'ü' }, []],
    [{ name: '-a' }, ['service.bad-name']],
    [{ name: 'a/b' }, ['service.bad-name']],
    [{ name: 'v1.2_b-c', port: 8080.5 }, ['param.not-whole']],
  ])('%j is judged before a run', (params, codes) => {
    expect(
      (spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: {}, wired: new Set() }) ?? []).map(
        (f) => f.code,
      ),
    ).toEqual(codes);
  });

  it('takes no port that only the system may open', () => {
    expect(spec.params.safeParse({ port: 80 }).success).toBe(false);
  });
});
