/** A model that answers from passages: those that share words with the question are put before it, numbered, and come back beside the answer as its sources. */
import { readFile } from 'node:fs/promises';
import { indexBm25, type Bm25Index, type Hit } from '../../methods/language/bm25.ts';
import { answerMessages } from '../../shared/language/citations.ts';
import {
  documentPassage,
  type AnswerSource,
  type ChatMessage,
  type DocumentPassage,
  type LanguageDocuments,
  type LanguageModel,
} from '../../shared/language/language-model.ts';

export interface Passages {
  all: readonly DocumentPassage[];
  /** By words, with English stems or without. */
  index: (stem: boolean) => Bm25Index;
}

export const openPassages = (all: readonly DocumentPassage[]): Passages => {
  const made = new Map<boolean, Bm25Index>();
  return {
    all,
    index: (stem) => {
      const index =
        made.get(stem) ??
        indexBm25(
          all.map((passage) => passage.text),
          { stem },
        );
      made.set(stem, index);
      return index;
    },
  };
};

export async function readPassages(path: string): Promise<Passages> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return openPassages(lines.map((line) => documentPassage.parse(JSON.parse(line))));
}

/** A text to go on from has no question in it: it is answered without documents, and so is a conversation of no question. */
export function answerFromDocuments(
  model: LanguageModel,
  open: (documents: LanguageDocuments) => Promise<Passages>,
): LanguageModel {
  const { documents } = model.value;
  if (documents === undefined) return model;
  return {
    ...model,
    generate: async (request, options) => {
      const { prompt } = request;
      if (!('messages' in prompt) || prompt.messages.at(-1)?.role !== 'user') return model.generate(request, options);
      const sources = findSources(prompt.messages, await open(documents), documents);
      const messages = withPassages(prompt.messages, sources, documents, model.value.system);
      const answer = await model.generate({ ...request, prompt: { messages } }, options);
      return { ...answer, sources };
    },
  };
}

/** A question that shares no word with any passage ("And then?") is looked for together with the one before it. */
function findSources(
  messages: readonly ChatMessage[],
  { all, index }: Passages,
  { most, stem }: LanguageDocuments,
): AnswerSource[] {
  const asked = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const search = (question: string): Hit[] => index(stem).search(question, most);
  const alone = search(asked.at(-1) ?? '');
  const hits = alone.length > 0 ? alone : search(asked.slice(-2).join('\n'));
  return hits.flatMap(({ at, score }, i) => {
    const passage = all[at];
    return passage === undefined ? [] : [{ number: i + 1, ...passage, score }];
  });
}

/** What was said before stays; the passages of this question stand in it, and the rules before all. */
function withPassages(
  messages: readonly ChatMessage[],
  sources: readonly AnswerSource[],
  { instructions, notFound }: LanguageDocuments,
  system: string,
): ChatMessage[] {
  const own = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const reported = own.length > 0 ? own : system === '' ? [] : [system];
  const last = messages.at(-1);
  const context = sources
    .map(({ number, source, text }) => `[${number}] ${source === '' ? '' : `(${source}) `}${text}`)
    .join('\n\n');
  const [rules, question] = answerMessages(last?.content ?? '', context, {
    instructions: [instructions, ...reported].filter((text) => text.trim() !== '').join('\n'),
    notFound,
  });
  const before = messages.slice(0, -1).filter(({ role }) => role !== 'system');
  return rules === undefined || question === undefined ? [...messages] : [rules, ...before, { ...last, ...question }];
}
