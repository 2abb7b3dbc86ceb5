import * as z from 'zod';
import { audioType } from '../../../shared/media/audio.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import type { Column } from '../../../shared/wires.ts';

/** WAV is read by Flowyard itself, the others by ffmpeg where the machine has it. */
export const audioEndings = ['.wav', '.flac', '.mp3', '.ogg', '.opus', '.m4a', '.aac', '.mp4', '.webm'];

export const columnsOf = (labels: 'folder' | 'none'): Column[] => [
  { name: 'path', type: 'VARCHAR', role: 'id' },
  ...(labels === 'folder' ? [{ name: 'label', type: 'VARCHAR' }] : []),
  { name: 'audio', type: audioType },
  { name: 'seconds', type: 'DOUBLE' },
  { name: 'sample_rate', type: 'INTEGER' },
  { name: 'channels', type: 'INTEGER' },
];

export const spec = defineSpec({
  kind: 'read.audio',
  version: 1,
  computes: 2,
  title: 'Sounds',
  about: 'Reads a folder of recordings: one row a file, with a label from its folder.',
  keywords: [
    'audio',
    'sound',
    'wav',
    'speech',
    'recordings',
    'mp3',
    'flac',
    'voice',
    'music',
    'dataset',
    'audio reader',
    'load audio',
  ],
  icon: 'audio-lines',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Sounds' }, report: { wire: 'report', title: 'What was read' } },
  params: z.strictObject({
    folder: field.folder({
      title: 'Folder',
      help: 'The folder with the recordings, or a ZIP archive of it, relative to the pipeline. Folders inside it are read too. WAV always (telephones’ A-law and µ-law too); FLAC, MP3, Ogg, AAC and the sound of videos where this machine has ffmpeg.',
      placeholder: 'data/recordings',
      extensions: ['.zip'],
      // Not the sound of videos: a folder of videos is one of pictures first.
      holds: ['.wav', '.flac', '.mp3', '.ogg', '.opus', '.m4a', '.aac'],
    }),
    labels: field.choice({
      title: 'Labels',
      help: 'Where the column "label" comes from.',
      choices: { folder: 'the folder that a file lies in', none: 'no labels' },
      default: 'folder',
    }),
    faulty: field.choice({
      title: 'Faulty files',
      help: 'What to do with a file that is damaged or cannot be read here. Refusing is the default: a model that was trained on what is left may surprise.',
      choices: { refuse: 'stop and name them', 'leave-out': 'leave them out and count them' },
      default: 'refuse',
    }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'more',
  runsIn: 'process',
  summary: ({ folder, labels }) =>
    folder === ''
      ? 'read a folder of recordings'
      : `read the recordings of ${folder}${labels === 'none' ? '' : ', labelled by folder'}`,
  roles: () => ({ path: 'id' }),
  columns: ({ labels }) => columnsOf(labels),
  check: ({ params }): Finding[] =>
    params.folder === ''
      ? [
          {
            code: 'param.empty',
            message: 'No folder is chosen yet.',
            mend: 'Choose the folder with the recordings, or a ZIP archive of it.',
            param: 'folder',
          },
        ]
      : [],
});
