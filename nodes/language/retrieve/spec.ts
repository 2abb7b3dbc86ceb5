import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';

export const spec = defineSpec({
  kind: 'language.retrieve',
  version: 1,
  computes: 3,
  title: 'Retrieve',
  about: 'Finds for each question the passages that fit best: by words (BM25), by meaning (vectors), or both.',
  keywords: [
    'rag',
    'search',
    'bm25',
    'vector search',
    'semantic search',
    'index',
    'nearest neighbours',
    'cosine',
    'faiss',
    'hybrid search',
    'knowledge base',
    'vector store',
    'vector database',
    'Chroma',
    'Pinecone',
    'Weaviate',
    'Qdrant',
    'Milvus',
    'pgvector',
    'Elasticsearch',
    'similarity search',
    'document search',
    'retriever',
  ],
  icon: 'search',
  inputs: { questions: { wire: 'table', title: 'Questions' }, passages: { wire: 'table', title: 'Passages' } },
  outputs: { rows: { wire: 'table', title: 'Found passages' } },
  params: z.strictObject({
    question: field.column({
      title: 'Question',
      help: 'The column of questions. Empty: the first text column.',
      port: 'questions',
      families: ['text'],
    }),
    passage: field.column({
      title: 'Passage',
      help: 'The column of texts to search. Empty: the first text column.',
      port: 'passages',
      families: ['text'],
    }),
    method: field.choice({
      title: 'Retrieval method',
      help: 'Words: BM25, finds names and numbers. Meaning: cosine of vectors that Embed text gave to both tables. Both: the two rankings fused.',
      choices: { words: 'words', vectors: 'meaning', both: 'both' },
      default: 'words',
    }),
    vector: field.text({
      title: 'Vectors',
      help: 'The column of vectors in both tables, as Embed text names it.',
      default: 'embedding',
      when: { param: 'method', is: ['vectors', 'both'] },
    }),
    give: field.choice({
      title: 'Give',
      help: 'A row for each found passage; or a row for each question with its passages in one text, numbered [1], [2] for citations, as a prompt takes them.',
      choices: { passages: 'a row for each passage', contexts: 'a row for each question' },
      default: 'passages',
    }),
    most: field.integer({
      title: 'Top k',
      help: 'How many are found for a question, best first.',
      default: 5,
      min: 1,
      max: 1000,
    }),
    source: field.column({
      title: 'Source',
      help: 'The column that names where a passage is from, for citations in the context. Empty: none.',
      port: 'passages',
    }),
    stem: field.switch({
      title: 'Stemming',
      help: 'Words are brought to their stems, in English: boats finds boat.',
      default: false,
      when: { param: 'method', is: ['words', 'both'] },
      section: 'Words',
    }),
    k1: field.number({
      title: 'k1',
      help: 'How soon more of the same word counts no more.',
      default: 1.2,
      min: 0,
      max: 10,
      step: 0.1,
      when: { param: 'method', is: ['words', 'both'] },
      section: 'Words',
    }),
    b: field.number({
      title: 'b',
      help: 'How much long passages are held back: 0 not at all, 1 fully.',
      default: 0.75,
      min: 0,
      max: 1,
      step: 0.05,
      when: { param: 'method', is: ['words', 'both'] },
      section: 'Words',
    }),
    exactUpTo: field.integer({
      title: 'Exact search up to',
      help: 'With more passages than this, vectors are put into clusters and only the nearest clusters are searched; the report of the run says how much that finds.',
      default: 100_000,
      min: 1000,
      max: 10_000_000,
      unit: 'passages',
      when: { param: 'method', is: ['vectors', 'both'] },
      section: 'Many passages',
    }),
  }),
  form: 'task',
  rows: 'mix',
  summary: ({ method, most }) =>
    `the ${most} best passages for each question by ${{ words: 'words', vectors: 'meaning', both: 'words and meaning' }[method]}`,
  columns: ({ give }, inputs) => {
    const questions = inputs['questions']?.columns ?? [];
    const added =
      give === 'contexts'
        ? contextColumns
        : [...hitColumns, ...(inputs['passages']?.columns ?? []).map(({ name, type }) => ({ name, type }))];
    const names = uniqueNames(
      added.map((c) => c.name),
      questions.map((c) => c.name),
    );
    return [...questions, ...added.map((c, i) => ({ ...c, name: names[i] ?? c.name }))];
  },
  check: (context) => [...columnsFindings(context), ...vectorFindings(context)],
});

export const hitColumns = [
  { name: 'rank', type: 'BIGINT' },
  { name: 'score', type: 'DOUBLE' },
];

export const contextColumns = [
  { name: 'context', type: 'VARCHAR' },
  { name: 'sources', type: 'VARCHAR[]' },
];

function columnsFindings({
  node,
  params,
  inputs,
}: CheckContext<{ question: string; passage: string; source: string }>): Finding[] {
  return [
    ...columnFindings(
      { node, param: 'question', title: 'The column of questions' },
      params.question,
      inputs['questions'],
      { families: ['text'] },
    ),
    ...columnFindings({ node, param: 'passage', title: 'The column of passages' }, params.passage, inputs['passages'], {
      families: ['text'],
    }),
    ...columnFindings({ node, param: 'source' }, params.source, inputs['passages']),
  ];
}

function vectorFindings({ params, inputs }: CheckContext<{ method: string; vector: string }>): Finding[] {
  if (params.method === 'words') return [];
  return (['questions', 'passages'] as const).flatMap((port): Finding[] => {
    const schema = inputs[port];
    if (
      schema === undefined ||
      schema.columns.some((c) => c.name === params.vector) ||
      (schema.dynamic ?? []).some((d) => d.pattern === params.vector)
    )
      return [];
    return [
      {
        code: 'retrieve.no-vectors',
        message: `The ${port} have no column "${params.vector}" of vectors.`,
        mend: 'Put Embed text before, with "one column of vectors" and the same encoder for both.',
        param: 'vector',
      },
    ];
  });
}
