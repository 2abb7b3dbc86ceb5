import * as z from 'zod';
import { addedColumns } from '../../../shared/kind/added-columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { failingRows } from '../../../shared/kind/failing-rows.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField, imageColumnFindings } from '../../../shared/kind/image-columns.ts';
import type { Column } from '../../../shared/wires.ts';

/** What is added, by what the node shall give. */
export const newColumns = {
  text: [
    { name: 'text', type: 'VARCHAR' },
    { name: 'text_confidence', type: 'DOUBLE' },
  ],
  pieces: [
    { name: 'line', type: 'INTEGER' },
    { name: 'text', type: 'VARCHAR' },
    { name: 'text_confidence', type: 'DOUBLE' },
    { name: 'x', type: 'INTEGER' },
    { name: 'y', type: 'INTEGER' },
    { name: 'text_width', type: 'INTEGER' },
    { name: 'text_height', type: 'INTEGER' },
  ],
} as const satisfies Record<string, readonly Column[]>;

export const spec = defineSpec({
  kind: 'prepare.ocr',
  version: 1,
  computes: 1,
  title: 'OCR',
  about: 'Reads printed text in scans and photos (OCR): all of it as one text a row, or each piece with its place.',
  keywords: [
    'ocr',
    'optical character recognition',
    'scan',
    'document',
    'invoice',
    'form',
    'tesseract',
    'PaddleOCR',
    'text recognition',
    'read text from image',
    'receipts',
  ],
  icon: 'scan-text',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with text' } },
  params: z.strictObject({
    column: imageColumnField,
    give: field.choice({
      title: 'Give',
      help: 'One text for each row: the lines from top to bottom, pieces of a line divided by a tab. Or one row for each piece, with its line, its place in pixels and how sure the reader is.',
      choices: { text: 'one text for each image', pieces: 'one row for each piece of text' },
      default: 'text',
    }),
    leastConfidence: field.number({
      title: 'Min confidence',
      help: 'Pieces of which the reader is less sure are left out: stains, drawings, torn letters.',
      default: 0.6,
      min: 0.5,
      max: 1,
      step: 0.05,
      slider: true,
    }),
    ...failingRows,
  }),
  form: 'task',
  rows: ({ give }) => (give === 'text' ? 'same' : 'more'),
  summary: ({ give }) => (give === 'text' ? 'read the text in each image' : 'read each piece of text in the images'),
  columns: ({ give }, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    return [...columns, ...addedColumns(newColumns[give], columns)];
  },
  check: ({ node, params, inputs }): Finding[] => imageColumnFindings(node, params.column, inputs['rows']),
});
