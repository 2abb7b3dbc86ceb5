import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings } from '../../../shared/spec/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { imageType } from '../../../shared/media/image.ts';
import type { Column } from '../../../shared/wires.ts';

export const imageEndings = ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.bmp', '.tif', '.tiff'];

/** Image sets that come with the program. */
export const bundled = {
  digits: { file: 'digits.zip', title: 'digits data set' },
  mnist: { file: 'mnist.zip', title: 'MNIST data set' },
  forms: { file: 'forms.zip', title: 'delivery notes' },
} as const;

/** What each row says of its file, beside the label or the columns of the list. */
const factColumns: readonly Column[] = [
  { name: 'image', type: imageType },
  { name: 'width', type: 'INTEGER' },
  { name: 'height', type: 'INTEGER' },
  { name: 'channels', type: 'INTEGER' },
  { name: 'bytes', type: 'BIGINT' },
];
const pathColumn: Column = { name: 'path', type: 'VARCHAR', role: 'id' };

/** The columns in front, and the others under names that the list does not have. */
export function columnsOf(labels: 'folder' | 'first-folder' | 'none', list: readonly Column[] | undefined): Column[] {
  if (list === undefined)
    return [pathColumn, ...(labels === 'none' ? [] : [{ name: 'label', type: 'VARCHAR' }]), ...factColumns];
  const names = uniqueNames(
    factColumns.map((c) => c.name),
    list.map((c) => c.name),
  );
  return [...list, ...factColumns.map((c, i) => ({ ...c, name: names[i] ?? c.name }))];
}

export const spec = defineSpec({
  kind: 'read.images',
  version: 1,
  computes: 2,
  title: 'Images',
  about: 'Reads a folder of images: one row a file, with a label from its folder or from a list.',
  keywords: [
    'pictures',
    'photos',
    'ImageFolder',
    'image_dataset_from_directory',
    'imread',
    'png',
    'jpeg',
    'folder of images',
    'computer vision',
    'image reader',
    'dataset',
    'labels',
    'image loader',
    'load images',
  ],
  icon: 'images',
  inputs: { list: { wire: 'table', title: 'List of files', optional: true } },
  outputs: { rows: { wire: 'table', title: 'Images' }, report: { wire: 'report', title: 'What was read' } },
  params: z.strictObject({
    from: field.choice({
      title: 'From',
      help: 'A folder or archive of your own, or images that come with Flowyard.',
      choices: {
        folder: 'a folder or a ZIP archive',
        digits: 'digits: 1,797 numerals of 8 × 8 pixels',
        mnist: 'MNIST: 10,000 numerals of 28 × 28 pixels',
        forms: 'Delivery notes: 12 scanned forms',
      },
      default: 'folder',
    }),
    folder: field.folder({
      title: 'Folder',
      help: 'The folder with the images, or a ZIP archive of it, relative to the pipeline. Folders inside it are read too; what begins with a dot is left aside. PNG, JPEG, WebP, GIF (first picture), BMP and TIFF (first page).',
      placeholder: 'data/photos',
      when: { param: 'from', is: ['folder'] },
      extensions: ['.zip'],
      holds: imageEndings,
    }),
    labels: field.choice({
      title: 'Labels',
      help: 'Where the column "label" comes from. With a list of files wired, its columns say what each image is, and folders say nothing.',
      choices: {
        folder: 'the folder that a file lies in',
        'first-folder': 'the first folder on the way to it',
        none: 'no labels',
      },
      default: 'folder',
    }),
    fileColumn: field.column({
      title: 'Column of file names',
      help: 'In the list: the column that names each image, relative to the folder. The rows come out in the list’s order, with all its columns.',
      port: 'list',
      families: ['text'],
    }),
    channels: field.choice({
      title: 'Channels',
      help: 'What each image must have; one that has others counts as faulty. Prepare images brings all to one form, so this is for data in which another form is a mistake.',
      choices: { any: 'any', grey: 'grey (one channel)', colour: 'colour (three channels)' },
      default: 'any',
    }),
    faulty: field.choice({
      title: 'Faulty files',
      help: 'What to do with a file that is damaged, no image or of other channels, and with a name in the list that has no file. Refusing is the default: a model that was trained on what is left may surprise.',
      choices: { refuse: 'stop and name them', 'leave-out': 'leave them out and count them' },
      default: 'refuse',
    }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'more',
  runsIn: 'process',
  summary: ({ from, folder, labels }) =>
    from !== 'folder'
      ? `read the ${bundled[from].title}`
      : folder === ''
        ? 'read a folder of images'
        : `read the images of ${folder}${labels === 'none' ? '' : ', labelled by folder'}`,
  roles: () => ({ path: 'id' }),
  columns: ({ labels }, inputs) => columnsOf(labels, inputs['list']?.columns),
  check: ({ node, params, inputs, wired }) => {
    const findings: Finding[] = [];
    if (params.from === 'folder' && params.folder === '')
      findings.push({
        code: 'param.empty',
        message: 'No folder is chosen yet.',
        mend: 'Choose the folder with the images, or a ZIP archive of it.',
        param: 'folder',
      });
    if (wired.has('list'))
      append(
        findings,
        columnFindings(
          { node, param: 'fileColumn', title: 'The column of file names' },
          params.fileColumn,
          inputs['list'],
          {
            required: true,
            families: ['text'],
          },
        ),
      );
    return findings;
  },
});
