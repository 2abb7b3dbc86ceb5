import { describe, expect, it } from 'vitest';
import { fail, toProblem } from '../../shared/errors.ts';
import { spokenModel } from '../../test/support/spoken-model.ts';
import { askMany, sayTime } from './ask-many.ts';

const asked = async (codes: readonly string[], retries = 2) => {
  const model = await spokenModel((_, call) => {
    const code = codes[call];
    if (code !== undefined) throw fail(code, { message: code, mend: '' });
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

it.each(['endpoint.too-slow', 'endpoint.busy', 'endpoint.unreachable', 'endpoint.broken-off', 'language.worker-died'])(
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

describe('a key that is refused', () => {
  const refused = (status: number) =>
    fail('endpoint.login-refused', { message: `The endpoint x answered ${status}: no.`, mend: '', facts: { status } });
  const askAll = async (say: (call: number) => string) => {
    let calls = 0;
    const model = await spokenModel((_, call) => {
      calls += 1;
      return say(call);
    }).open();
    const questions = Array.from({ length: 1000 }, (_, i) => ({ prompt: { text: `${i}` } }));
    const options = { concurrency: 4, retries: 3, answers: null, hash: (text: string) => text };
    const reported = await askMany(model, questions, { ...options, signal: new AbortController().signal }).then(
      (answers) => answers.filter((answer) => 'problem' in answer).length,
      toProblem,
    );
    return { reported, calls };
  };
  it.each([401, 403])('ends the questions with the first answer of %d, after those under way', async (status) => {
    const { reported, calls } = await askAll(() => {
      throw refused(status);
    });
    expect(reported).toMatchObject({
      code: 'endpoint.login-refused',
      message: expect.stringMatching(/answered \d+: no\. 99\d more questions were not asked\.$/),
    });
    expect(calls).toBeLessThanOrEqual(4);
  });
  it('fails its row alone where the key was good for others, and the answer was 403', async () => {
    const one = (status: number) => (call: number) => {
      if (call === 500) throw refused(status);
      return 'said';
    };
    expect(await askAll(one(403))).toEqual({ reported: 1, calls: 1000 });
    expect((await askAll(one(401))).reported).toMatchObject({ code: 'endpoint.login-refused' });
  });
});

describe('an endpoint that says when to ask again', () => {
  const busy = (retryAfterMs: number) =>
    spokenModel(() => {
      throw fail('endpoint.busy', { message: 'The endpoint x answered 429: no.', mend: '', facts: { retryAfterMs } });
    }).open();
  const many = { concurrency: 1, retries: 3, answers: null, hash: (text: string) => text };

  it('is not waited for beyond a bound: the time is told', async () => {
    const [answer] = await askMany(await busy(86_400_000), [{ prompt: { text: 'a' } }], {
      ...many,
      signal: new AbortController().signal,
    });
    expect(answer).toMatchObject({
      attempts: 1,
      problem: {
        code: 'endpoint.busy',
        message:
          'The endpoint x answered 429: no. It wants to be asked again in 24 hours, and is waited for 2 minutes at most.',
      },
    });
  });

  it('is waited for below it, as progress tells, until the run is cancelled', async () => {
    const run = new AbortController();
    const waits: number[] = [];
    const asked = askMany(await busy(90_000), [{ prompt: { text: 'a' } }], {
      ...many,
      signal: run.signal,
      onWait: (ms) => {
        waits.push(ms);
        setImmediate(() => run.abort(new Error('cancelled')));
      },
    });
    await expect(asked).rejects.toThrow('cancelled');
    expect(waits).toEqual([90_000]);
  });

  it.each([
    [1000, '1 second'],
    [90_000, '90 seconds'],
    [900_000, '15 minutes'],
    [86_400_000, '24 hours'],
  ])('%i ms are said as %s', (ms, words) => expect(sayTime(ms)).toBe(words));
});
