import * as z from 'zod';
import { defineSpec } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { documentEndings } from '../../../shared/media/text-service.ts';
import type { Column } from '../../../shared/wires.ts';

/** Documents that come with the program. */
export const bundled = { handbook: { file: 'handbook', title: 'handbook of Lantern Island' } } as const;

export const documentColumns: readonly Column[] = [
  { name: 'path', type: 'VARCHAR', role: 'id' },
  { name: 'title', type: 'VARCHAR' },
  { name: 'text', type: 'VARCHAR', role: 'text' },
  { name: 'kind', type: 'VARCHAR' },
  { name: 'pages', type: 'INTEGER' },
  { name: 'words', type: 'BIGINT' },
  { name: 'sha256', type: 'VARCHAR' },
];

export const spec = defineSpec({
  kind: 'read.documents',
  version: 1,
  computes: 2,
  title: 'Documents',
  about: 'Reads a folder of texts, Markdown, web pages and PDF files: one row a document.',
  keywords: [
    'pdf',
    'html',
    'markdown',
    'txt',
    'corpus',
    'folder of texts',
    'document loader',
    'text files',
    'knowledge base',
    'DirectoryLoader',
    'pdf reader',
    'load documents',
    'text reader',
    'docs',
  ],
  icon: 'files',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Documents' }, report: { wire: 'report', title: 'What was read' } },
  params: z.strictObject({
    from: field.choice({
      title: 'From',
      help: 'A folder or archive of your own, or documents that come with Flowyard.',
      choices: {
        folder: 'a folder or a ZIP archive',
        handbook: 'the handbook of an invented island, to try things out',
      },
      default: 'folder',
    }),
    folder: field.folder({
      title: 'Folder',
      help: 'The folder with the documents, or a ZIP archive of it, relative to the pipeline. Folders inside it are read too; what begins with a dot is left aside. Text, Markdown, HTML and PDF.',
      placeholder: 'data/documents',
      when: { param: 'from', is: ['folder'] },
      extensions: ['.zip'],
      holds: documentEndings,
    }),
    faulty: field.choice({
      title: 'Faulty files',
      help: 'What to do with a file that cannot be read, or that holds no text (a PDF of scanned pages).',
      choices: { refuse: 'stop and name them', 'leave-out': 'leave them out and count them' },
      default: 'refuse',
    }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'more',
  runsIn: 'process',
  summary: ({ from, folder }) =>
    from !== 'folder'
      ? `read the ${bundled[from].title}`
      : folder === ''
        ? 'read a folder of documents'
        : `read the documents of ${folder}`,
  roles: () => ({ path: 'id', text: 'text' }),
  columns: () => documentColumns,
  check: ({ params }) =>
    params.from === 'folder' && params.folder === ''
      ? [
          {
            code: 'param.empty',
            message: 'No folder is chosen yet.',
            mend: 'Choose the folder with the documents, or a ZIP archive of it.',
            param: 'folder',
          },
        ]
      : [],
});
