import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'language.documents',
  version: 1,
  computes: 1,
  title: 'Answer from documents',
  about:
    'Gives a language model passages to answer from: whoever asks it, in a chat or over HTTP, is answered from them, with the sources beside the answer.',
  keywords: [
    'rag',
    'chat with documents',
    'retrieval augmented generation',
    'knowledge base',
    'assistant',
    'citations',
    'sources',
    'langchain',
    'llamaindex',
    'question answering',
    'chatbot',
    'chatbot over documents',
    'chat with your data',
    'custom gpt',
  ],
  icon: 'book-open-text',
  inputs: {
    llm: { wire: 'llm', title: 'Language model' },
    passages: { wire: 'table', title: 'Passages' },
  },
  outputs: { llm: { wire: 'llm', title: 'Model with documents' } },
  params: z.strictObject({
    passage: field.column({
      title: 'Passage',
      help: 'The column of texts, as "Chunk texts" gives them.',
      port: 'passages',
      families: ['text'],
    }),
    source: field.column({
      title: 'Source',
      help: 'The column that says where a passage is from: a file, a page. Empty: passages are numbered alone.',
      port: 'passages',
    }),
    most: field.integer({
      title: 'Top k',
      help: 'How many are shown to the model for a question, the best first. Few good ones beat many.',
      default: 4,
      min: 1,
      max: 50,
    }),
    stem: field.switch({
      title: 'Stemming',
      help: 'Words are brought to their stems, in English: boats finds boat.',
      default: false,
    }),
    instructions: field.multiline({
      title: 'Instructions',
      help: 'More for the model: length, tone, language. That it answers from the passages alone and cites them is said already.',
    }),
    notFound: field.text({
      title: 'Fallback answer',
      help: 'What the model is to say when the passages hold no answer.',
      default: 'The documents do not say.',
    }),
    name: field.text({
      title: 'Name',
      help: 'What the model is called then. Empty: after the model.',
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ most }) => `answer from the passages, ${most} for each question, with their sources`,
  check: ({ node, params: p, inputs }): Finding[] => [
    ...columnFindings({ node, param: 'passage' }, p.passage, inputs['passages'], {
      required: true,
      families: ['text'],
    }),
    ...columnFindings({ node, param: 'source' }, p.source, inputs['passages']),
    ...(p.notFound.trim() === ''
      ? [
          {
            code: 'param.empty',
            message: '"Fallback answer" is empty.',
            mend: 'Write what is said when nothing is found.',
            param: 'notFound',
          },
        ]
      : []),
  ],
});
