import { describe, expect, it } from 'vitest';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

describe('language.endpoint', () => {
  it('holds the name of a secret, and asks nothing', async () => {
    const made = await tryTask(
      spec,
      run,
      { url: 'http://127.0.0.1:1/v1', model: 'm', secret: 'mine', inputPrice: 2 },
      {},
    );
    expect(made.llms['llm']).toMatchObject({
      name: 'm',
      base: {
        from: 'endpoint',
        url: 'http://127.0.0.1:1/v1',
        model: 'm',
        secret: 'mine',
        images: false,
        inputPrice: 2,
        outputPrice: null,
      },
    });
  });

  it.each([
    [{}, ['param.empty', 'param.empty']],
    [{ url: 'ftp://x', model: 'm' }, ['endpoint.bad-address']],
    [{ url: 'https://me:pass@x/v1', model: 'm' }, ['endpoint.secret-in-address']],
    [{ url: 'https://x/v1', model: 'm', secret: 'sk-1234567890' }, ['secret.not-a-name']],
    [{ url: 'https://x/v1', model: 'm', secret: 'a'.repeat(48) }, ['secret.not-a-name']],
    [{ url: 'https://x/v1', model: 'm', secret: 'my-key' }, []],
  ])('%j is judged before a run', (params, codes) => {
    const found = spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: {}, wired: new Set() }) ?? [];
    expect(found.map((f) => f.code)).toEqual(codes);
  });
});
