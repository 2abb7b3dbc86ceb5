import { afterAll, beforeAll, expect, it } from 'vitest';
import { toProblem } from '../../../shared/errors.ts';
import type { LanguageModel } from '../../../shared/language/language-model.ts';
import { openTinyLanguage, type TinyLanguage } from '../../../test/support/tiny-language.ts';

const signal = new AbortController().signal;
let tiny: TinyLanguage;
let model: LanguageModel;
beforeAll(async () => {
  tiny = await openTinyLanguage({ contextTokens: 65_536 });
  model = await tiny.languages.open(tiny.value, 2);
});
afterAll(() => tiny[Symbol.asyncDispose]());

it('a long text gives the tokens that its parts give, read apart', async () => {
  const line = 'the cat sat on the mat.\n';
  const [one, all] = [
    await model.tokenize(line.repeat(100), { signal }),
    await model.tokenize(line.repeat(1000), { signal }),
  ];
  expect(all).toHaveLength(10 * one.length - 9 * (one[0]?.text === line[0] ? 0 : 1));
  expect(all.slice(-20)).toEqual(one.slice(-20));
});

it('whoever is answered goes on while a text of megabytes is read', async () => {
  await model.generate({ prompt: { text: 'Once' } }, { signal });
  const cameAt: number[] = [];
  const stop = new AbortController();
  // One answer after the other: such a small model comes to an end soon.
  const answer = async (): Promise<void> => {
    while (!stop.signal.aborted)
      await model.generate(
        { prompt: { text: 'Once upon a time' }, sampling: { maxTokens: 2000 } },
        { signal: stop.signal, onText: () => void cameAt.push(performance.now()) },
      );
  };
  const answered = answer().catch((thrown: unknown) => {
    if (!stop.signal.aborted) throw thrown;
  });
  while (cameAt.length === 0) await new Promise((done) => setTimeout(done, 5));
  const began = performance.now();
  const text = 'the cat sat on the mat. '.repeat(80_000);
  const problem = toProblem(await model.generate({ prompt: { text } }, { signal }).catch((e: unknown) => e));
  const took = performance.now() - began;
  stop.abort();
  await answered;
  expect(problem).toMatchObject({
    code: 'language.too-long',
    message: expect.stringMatching(/^The prompt has \d+ tokens/),
  });
  // Read in the same process the neighbour would stand still for nearly all of it: of ten parts of that time it would be heard in the first, and perhaps the last.
  const parts = new Set(
    cameAt.map((at) => Math.floor((10 * (at - began)) / took)).filter((part) => part >= 0 && part < 10),
  );
  expect(parts.size).toBeGreaterThanOrEqual(4);
});

it('a prompt beyond any context is refused by its length, before anybody counts tokens', async () => {
  const problem = toProblem(
    await model.generate({ prompt: { text: 'x'.repeat(20_000_000) } }, { signal }).catch((e: unknown) => e),
  );
  expect(problem).toMatchObject({
    code: 'language.too-long',
    message: 'The prompt has 20,000,000 characters; the context of 65,536 tokens takes at most 2,097,152.',
    facts: { characters: 20_000_000, mostCharacters: 2_097_152, contextTokens: 65_536 },
  });
});
