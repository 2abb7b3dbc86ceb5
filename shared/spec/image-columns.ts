/** The column of images that a node works on: the one that a parameter names, or the only one there is. */
import { failWith, fault } from '../errors.ts';
import { isImageType } from '../media/image.ts';
import type { Column, TableSchema } from '../wires.ts';
import { absentColumn } from './column-findings.ts';
import type { Finding } from './define-spec.ts';
import { field } from './fields.ts';

export const imageColumnField = field.column({
  title: 'Images',
  help: 'The column of images. Empty: the only one there is.',
});

const imageColumns = (columns: readonly Column[]): Column[] => columns.filter((c) => isImageType(c.type));

/** Nothing where it is not clear; `imageColumnFindings` says why. */
export function imageColumnOf(name: string, columns: readonly Column[]): Column | undefined {
  const images = imageColumns(columns);
  return name === '' ? (images.length === 1 ? images[0] : undefined) : images.find((c) => c.name === name);
}

/** @throws what `imageColumnFindings` says */
export function requireImageColumn(node: string, name: string, schema: TableSchema): Column {
  const column = imageColumnOf(name, schema.columns);
  if (column !== undefined) return column;
  const [finding] = imageColumnFindings(node, name, schema);
  if (finding === undefined)
    throw fault('image.no-column', { message: `The column of images "${name}" is not clear.` });
  throw failWith(finding);
}

export function imageColumnFindings(
  node: string,
  name: string,
  schema: TableSchema | undefined,
  param = 'column',
): Finding[] {
  if (schema === undefined) return [];
  const images = imageColumns(schema.columns);
  const [first] = images;
  if (first === undefined)
    return [
      {
        code: 'image.no-column',
        message: 'There is no column of images here.',
        mend: 'Read a folder with Images, and keep its column "image".',
        param,
      },
    ];
  if (name === '')
    return images.length === 1
      ? []
      : [
          {
            code: 'image.several-columns',
            message: `There are ${images.length} columns of images: ${images.map((c) => c.name).join(', ')}.`,
            mend: 'Choose one of them.',
            param,
          },
        ];
  if (!schema.columns.some((c) => c.name === name)) return [absentColumn(name, schema.columns, param)];
  if (images.some((c) => c.name === name)) return [];
  return [
    {
      code: 'image.not-a-column-of-images',
      message: `The column "${name}" holds no images.`,
      mend: `Choose "${first.name}".`,
      param,
      column: name,
      fixes: [{ do: 'set', title: `Use "${first.name}"`, node, param, value: first.name }],
    },
  ];
}
