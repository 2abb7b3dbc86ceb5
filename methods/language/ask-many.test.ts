import { expect, it } from 'vitest';
import { fail } from '../../shared/errors.ts';
import { spokenModel } from '../../test/support/spoken-model.ts';
import { askMany } from './ask-many.ts';

const asked = async (codes: readonly string[], retries = 2) => {
  const model = await spokenModel((_, call) => {
    const code = codes[call];
    if (code !== undefined) throw fail(code, { message: code });
    return 'said';
  }).open();
  const [answer] = await askMany(model, [{ prompt: { text: 'a' } }], {
    signal: new AbortController().signal,
    concurrency: 1,
    retries,
    answers: null,
    hash: (text) => text,
    waitMs: () => 0,
  });
  return answer;
};

it.each(['endpoint.busy', 'endpoint.unreachable', 'endpoint.broken-off', 'language.worker-died'])(
  'asks again after %s, so often as was said',
  async (code) => {
    expect(await asked([code, code])).toMatchObject({ generation: { text: 'said' }, attempts: 3 });
    expect(await asked([code, code, code])).toMatchObject({ problem: { code }, attempts: 3 });
  },
);

it('does not ask again what would be answered alike', async () => {
  for (const code of ['endpoint.refused', 'endpoint.bad-answer', 'language.blocked'])
    expect(await asked([code])).toMatchObject({ problem: { code }, attempts: 1 });
});
