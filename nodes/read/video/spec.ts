import * as z from 'zod';
import { imageType } from '../../../shared/media/image.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import type { Column } from '../../../shared/wires.ts';

export const videoEndings = ['.mp4', '.mov', '.mkv', '.webm', '.avi', '.m4v', '.mpg', '.mpeg'];

export const columnsOf = (labels: 'folder' | 'none'): Column[] => [
  { name: 'path', type: 'VARCHAR' },
  ...(labels === 'folder' ? [{ name: 'label', type: 'VARCHAR' }] : []),
  { name: 'seconds', type: 'DOUBLE' },
  { name: 'image', type: imageType },
  { name: 'width', type: 'INTEGER' },
  { name: 'height', type: 'INTEGER' },
];

export const spec = defineSpec({
  kind: 'read.video',
  version: 1,
  computes: 1,
  title: 'Frames of videos',
  about: 'Reads a folder of videos as pictures at even times: one row a picture.',
  keywords: [
    'video',
    'frames',
    'ffmpeg',
    'mp4',
    'movie',
    'camera',
    'OpenCV',
    'VideoCapture',
    'video reader',
    'extract frames',
  ],
  icon: 'film',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Pictures' } },
  params: z.strictObject({
    folder: field.folder({
      title: 'Folder',
      help: 'The folder with the videos, relative to the pipeline. Folders inside it are read too. This machine must have ffmpeg.',
      placeholder: 'data/videos',
      holds: videoEndings,
    }),
    everySeconds: field.number({
      title: 'Frame interval',
      help: 'The time from one picture to the next; the first is the first of the video.',
      default: 1,
      min: 0.04,
      max: 3600,
      step: 0.5,
      unit: 's',
    }),
    most: field.integer({
      title: 'At most',
      help: 'So many pictures of each video; the rest of a longer one is left aside.',
      default: 300,
      min: 1,
      max: 100_000,
      unit: 'pictures',
    }),
    labels: field.choice({
      title: 'Labels',
      help: 'Where the column "label" comes from.',
      choices: { folder: 'the folder that a video lies in', none: 'no labels' },
      default: 'folder',
    }),
    faulty: field.choice({
      title: 'Faulty files',
      help: 'What to do with a video that ffmpeg cannot read.',
      choices: { refuse: 'stop and name it', 'leave-out': 'leave it out and warn' },
      default: 'refuse',
    }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'more',
  runsIn: 'process',
  summary: ({ folder, everySeconds }) =>
    folder === '' ? 'read a folder of videos' : `a picture of the videos in ${folder} every ${everySeconds} s`,
  columns: ({ labels }) => columnsOf(labels),
  check: ({ params }): Finding[] =>
    params.folder === ''
      ? [
          {
            code: 'param.empty',
            message: 'No folder is chosen yet.',
            mend: 'Choose the folder with the videos.',
            param: 'folder',
          },
        ]
      : [],
});
