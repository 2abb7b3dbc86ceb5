import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';
import { detectLanguage } from '../../../methods/functions/detect-language/judge-language.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  const texts = [
    'The weather on the island is mild.',
    'Der Hund schläft auf dem alten Sofa.',
    null,
    'ok',
    'The weather on the island is mild.',
  ];
  await shop.write('rows.jsonl', texts.map((text, id) => JSON.stringify({ id, text })).join('\n'));
});
afterEach(() => shop[Symbol.asyncDispose]());

const languages = async (params: Record<string, unknown>): Promise<unknown[]> => {
  const run = await shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      detect: { kind: 'language.detect-language', params },
    },
    ['rows.rows -> detect.rows'],
  );
  expect([run.status, run.problems]).toEqual(['done', []]);
  return (await run.rows('detect', 'id')).map((row) => [Number(row['id']), row['language']]);
};

it('says the language of each text, and nothing where a text says too little', async () => {
  expect(await languages({})).toEqual([
    [0, 'en'],
    [1, 'de'],
    [2, null],
    [3, null],
    [4, 'en'],
  ]);
});
it('keeps what it is reported to keep', async () => {
  expect(await languages({ keep: ['DE'] })).toEqual([[1, 'de']]);
  expect(await languages({ keep: ['de'], unknown: true })).toEqual([
    [1, 'de'],
    [2, null],
    [3, null],
  ]);
});

describe('the language of a text', () => {
  it.each([
    ['The weather on the island is mild for most of the year.', 'en'],
    ['Der Hund schläft den ganzen Tag auf dem alten Sofa.', 'de'],
    ['Le chat dort toute la journée sur le vieux canapé.', 'fr'],
    ['猫が敷物の上に座った。', 'ja'],
    ['我喜欢吃苹果,但是他不喜欢。', 'zh'],
    ['Кошка весь день сидела на коврике у двери.', 'ru'],
    ['ok', null],
    ['1234567890 !!! ???', null],
  ])('%s', (text, language) => {
    expect(detectLanguage(text, 12).language).toBe(language);
  });
});
