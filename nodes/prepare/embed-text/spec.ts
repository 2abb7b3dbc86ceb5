import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { encoderFields, encoderFindings } from '../../../shared/kind/fields/encoder-fields.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'prepare.embed-text',
  version: 1,
  computes: 3,
  title: 'Embed text',
  about:
    'Turns each text into numbers by a pretrained encoder (an ONNX folder), for any trainer to learn from or to search by.',
  keywords: [
    'CLS pooling',
    'mean pooling',
    'embedding',
    'sentence transformers',
    'bert',
    'minilm',
    'vectors',
    'semantic',
    'feature extraction',
    'onnx',
    'encoder',
    'frozen',
    'transfer learning',
    'embeddings',
    'text embeddings',
    'word embeddings',
    'SBERT',
    'word2vec',
    'embed documents',
    'document embedding',
  ],
  icon: 'text-select',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with embeddings' } },
  params: z.strictObject({
    column: field.column({ title: 'Text', help: 'The column of texts.', families: ['text'] }),
    ...encoderFields(),
    as: field.choice({
      title: 'Give',
      help: 'A column for each number, which every trainer can learn from; or all in one column, which Retrieve searches by.',
      choices: { columns: 'a column for each number', vector: 'one column of vectors' },
      default: 'columns',
    }),
    name: field.text({
      title: 'Name',
      help: 'The new column; of several columns each with a number behind it: embedding_1, embedding_2 and so on.',
      default: 'embedding',
    }),
    pool: field.choice({
      title: 'Pooling',
      help: 'Which numbers stand for the whole text. Automatic: what the encoder’s folder says, else the mean.',
      choices: { auto: 'automatic', mean: 'the mean of all', first: 'the first (class token)' },
      default: 'auto',
      section: 'Encoder',
    }),
    normalise: field.switch({
      title: 'Normalize',
      help: 'Brings every vector to length 1, so that only directions count.',
      default: true,
      section: 'Encoder',
    }),
    prefix: field.text({
      title: 'Prefix',
      help: 'Written before each text where the encoder was trained so, such as "query: " or "passage: ".',
      section: 'Encoder',
    }),
  }),
  form: 'map',
  readsFiles: true,
  rows: 'same',
  adds: () => true,
  summary: ({ column, encoder }) =>
    `embed ${column === '' ? 'texts' : column}${encoder === '' ? ' by an encoder' : ` by ${encoder}`}`,
  dynamic: ({ name, column, as }) => [
    {
      pattern: as === 'columns' ? `${name}_*` : name,
      type: as === 'columns' ? 'FLOAT' : 'FLOAT[]',
      from: column === '' ? 'text' : column,
    },
  ],
  check: ({ node, params, inputs }) => {
    const findings: Finding[] = [
      ...columnFindings({ node, param: 'column', title: 'The column of texts' }, params.column, inputs['rows'], {
        required: true,
        families: ['text'],
      }),
      ...encoderFindings(params),
    ];
    if (params.name.trim() === '')
      findings.push({
        code: 'param.empty',
        message: 'The new columns have no name.',
        mend: 'Write one, such as embedding.',
        param: 'name',
      });
    return findings;
  },
});
