import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import type { LanguageValue } from '../../shared/language/language-model.ts';
import { writeTinyAdapter, writeTinyGguf } from '../../test/support/tiny-gguf.ts';
import { openTinyLanguage, type TinyLanguage } from '../../test/support/tiny-language.ts';
import { hashOfValue } from './local-model.ts';
import { startLanguageServer } from '../serve/language/language-server.ts';
import { nameWays } from '../serve/language/serve-languages.ts';

const signal = new AbortController().signal;
let tiny: TinyLanguage;
let adapted: LanguageValue;
beforeAll(async () => {
  tiny = await openTinyLanguage();
  const known = await tiny.languages.files.remember(writeTinyAdapter(join(tiny.folder, 'tone.gguf')));
  expect(known.facts).toBeNull();
  const { sha256, name, bytes } = known;
  adapted = { ...tiny.value, adapters: [{ name: 'tone', file: { sha256, name, bytes }, scale: 1 }] };
});
afterAll(() => tiny[Symbol.asyncDispose]());

const say = async (value: LanguageValue): Promise<string> =>
  (await (await tiny.languages.open(value)).generate({ prompt: { text: 'Once upon a time' } }, { signal })).text;

it('an adapter changes what the model says, as much as its strength says, and the base stays as it was', async () => {
  const base = await say(tiny.value);
  const with1 = await say(adapted);
  expect(with1).not.toBe(base);
  expect(await say({ ...adapted, adapters: adapted.adapters.map((one) => ({ ...one, scale: 0 })) })).toBe(base);
  expect(await say(tiny.value)).toBe(base);
  expect(await say(adapted)).toBe(with1);
  expect(hashOfValue(adapted)).not.toBe(hashOfValue(tiny.value));
});

it('a service chooses adapters by the name of the model', async () => {
  const models = await Promise.all(
    nameWays([adapted]).map(async ({ name, value }) => ({ name, model: await tiny.languages.open(value, 2) })),
  );
  expect(models.map((one) => one.name)).toEqual(['tiny', 'tiny:base']);
  const server = await startLanguageServer({
    models,
    port: 0,
    keys: new Map([['token', 'key']]),
    parallel: 2,
    longestQueue: 8,
  });
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'key', maxRetries: 0 });
  const ask = async (model: string): Promise<string | undefined> =>
    (await client.completions.create({ model, prompt: 'Once upon a time', max_tokens: 24 })).choices[0]?.text;
  const [own, base, again] = await Promise.all([ask('tiny'), ask('tiny:base'), ask('tiny')]);
  expect([own, base, again]).toEqual([await say(adapted), await say(tiny.value), own]);
  await server.close();
});

it('an adapter of another model, and a file that is gone, are named', async () => {
  const [first] = adapted.adapters;
  if (first === undefined) throw new Error('no adapter');
  const gone = { ...adapted, adapters: [{ ...first, file: { ...first.file, sha256: '0'.repeat(64) } }] };
  expect(toProblem(await say(gone).catch((e: unknown) => e))).toMatchObject({
    code: 'language.file-missing',
    message: expect.stringContaining('tone.gguf'),
  });
  const whole = await tiny.languages.files.remember(writeTinyGguf(join(tiny.folder, 'other.gguf'), { seed: 3 }));
  const wrong = {
    ...adapted,
    adapters: [{ ...first, file: { sha256: whole.sha256, name: whole.name, bytes: whole.bytes } }],
  };
  expect(toProblem(await say(wrong).catch((e: unknown) => e)).code).toMatch(/^language\./);
  expect((await say(tiny.value)).length).toBeGreaterThan(0);
});
