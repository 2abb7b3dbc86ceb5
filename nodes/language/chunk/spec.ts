import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { encoderFields, encoderFindings } from '../../../shared/kind/fields/encoder-fields.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.chunk',
  version: 1,
  computes: 2,
  title: 'Chunk texts',
  about: 'Cuts long texts into pieces that overlap, between sentences: one row a piece.',
  keywords: [
    'chunking',
    'split text',
    'text splitter',
    'passages',
    'sentences',
    'tokens',
    'overlap',
    'rag',
    'RecursiveCharacterTextSplitter',
    'paragraphs',
    'sentence splitter',
    'token splitter',
    'split documents',
    'text segmentation',
  ],
  icon: 'scissors',
  inputs: { rows: { wire: 'table', title: 'Texts' } },
  outputs: { rows: { wire: 'table', title: 'Pieces' } },
  params: z.strictObject({
    column: textField,
    by: field.choice({
      title: 'Count',
      help: 'What the length of a piece is counted in. Tokens are those of an encoder, so that no piece is cut by it.',
      choices: { words: 'words', characters: 'characters', tokens: 'tokens of an encoder' },
      default: 'words',
    }),
    size: field.integer({
      title: 'Length',
      help: 'The most that one piece holds. 100 to 200 words suit most encoders.',
      default: 120,
      min: 1,
      max: 100_000,
    }),
    overlap: field.integer({
      title: 'Overlap',
      help: 'How much of its end a piece gives the next one, at most: what stands at a cut is found from both sides.',
      default: 20,
      min: 0,
      max: 50_000,
    }),
    wholeSentences: field.switch({
      title: 'Respect sentence boundaries',
      help: 'Cuts between sentences; only a sentence longer than a piece is cut within.',
      default: true,
    }),
    ...encoderFields({ when: { param: 'by', is: ['tokens'] } }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'more',
  summary: ({ size, overlap, by }) => `pieces of at most ${size} ${by}${overlap > 0 ? `, ${overlap} shared` : ''}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return [...own, ...chunkColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }) => {
    const findings: Finding[] = textFindings(node, params.column, inputs['rows']);
    if (params.by === 'tokens') append(findings, encoderFindings(params));
    if (params.overlap >= params.size)
      findings.push({
        code: 'chunk.overlap',
        message: 'The overlap is as long as a piece, so that pieces would never get on.',
        mend: 'Choose a smaller overlap.',
        param: 'overlap',
      });
    return findings;
  },
});

export const chunkColumns = [
  { name: 'chunk', type: 'BIGINT' },
  { name: 'chunk_start', type: 'BIGINT' },
  { name: 'chunk_end', type: 'BIGINT' },
];
