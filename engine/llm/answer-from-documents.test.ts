import { expect, it } from 'vitest';
import { lastWords, spokenModel, endpointValue } from '../../test/support/spoken-model.ts';
import type { ChatMessage, GenerateRequest, LanguageValue } from '../../shared/language/language-model.ts';
import { answerFromDocuments, openPassages } from './answer-from-documents.ts';

const value: LanguageValue = {
  ...endpointValue,
  system: 'Be brief.',
  documents: {
    file: { name: 'passages.jsonl', sha256: '0'.repeat(64), bytes: 1 },
    passages: 3,
    most: 2,
    stem: true,
    instructions: 'Say please.',
    notFound: 'Nothing.',
  },
};
const passages = openPassages([
  { text: 'The ferry leaves at nine.', source: 'boats.md' },
  { text: 'Tickets are sold on the boat.', source: '' },
  { text: 'Dogs travel free.', source: 'dogs.md' },
]);
const stay = { signal: new AbortController().signal };
async function ask(prompt: GenerateRequest['prompt'], own: Partial<LanguageValue> = {}) {
  const spoken = spokenModel(() => 'At nine [1].', { value: { ...value, ...own } });
  const model = answerFromDocuments(await spoken.open(), async () => passages);
  const answer = await model.generate({ prompt }, stay);
  return { answer, asked: spoken.asked[0] ?? { prompt: { text: '' } } };
}
const user = (content: string): ChatMessage => ({ role: 'user', content });

it('the passages that share words with a question stand before it, numbered, and come back as its sources', async () => {
  const { answer, asked } = await ask({ messages: [user('When does the ferry leave, and are there boats?')] });
  expect(lastWords(asked)).toBe(
    'Passages:\n[1] (boats.md) The ferry leaves at nine.\n\n[2] Tickets are sold on the boat.\n\nQuestion: When does the ferry leave, and are there boats?',
  );
  const [rules] = 'messages' in asked.prompt ? asked.prompt.messages : [];
  expect(rules).toMatchObject({
    role: 'system',
    content: expect.stringMatching(/Nothing\..*Say please\.\nBe brief\.$/s),
  });
  expect(answer.sources).toEqual([
    { number: 1, source: 'boats.md', text: 'The ferry leaves at nine.', score: expect.any(Number) },
    { number: 2, source: '', text: 'Tickets are sold on the boat.', score: expect.any(Number) },
  ]);
});

it('what was said before stays; a question without a word of its own is looked for with the one before it', async () => {
  const said: ChatMessage[] = [user('Do dogs pay?'), { role: 'assistant', content: 'No [1].' }, user('Why not?')];
  const { answer, asked } = await ask({ messages: said });
  expect('messages' in asked.prompt && asked.prompt.messages.slice(1, 3)).toEqual(said.slice(0, 2));
  expect(answer.sources?.map(({ source }) => source)).toEqual(['dogs.md']);
});

it('where nothing is found the model is shown nothing, and is asked all the same', async () => {
  const { answer, asked } = await ask({ messages: [user('Quantum?')] });
  expect(lastWords(asked)).toBe('Passages:\n\n\nQuestion: Quantum?');
  expect(answer.sources).toEqual([]);
});

it('a text to go on from is answered without documents, and so is a model that has none', async () => {
  expect((await ask({ text: 'The ferry' })).answer.sources).toBeUndefined();
  expect((await ask({ messages: [user('The ferry?')] }, { documents: undefined })).answer.sources).toBeUndefined();
});
