import * as z from 'zod';
import { audioColumnFindings } from '../../../shared/media/audio.ts';
import { addedColumns } from '../../../shared/spec/added-columns.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { failingRows } from '../../../shared/spec/failing-rows.ts';
import { field } from '../../../shared/spec/fields.ts';
import type { Column } from '../../../shared/wires.ts';

/** What is added, by what the node shall give. */
export const newColumns = {
  text: [
    { name: 'text', type: 'VARCHAR' },
    { name: 'language', type: 'VARCHAR' },
  ],
  pieces: [
    { name: 'start_seconds', type: 'DOUBLE' },
    { name: 'end_seconds', type: 'DOUBLE' },
    { name: 'text', type: 'VARCHAR' },
    { name: 'language', type: 'VARCHAR' },
  ],
} as const satisfies Record<string, readonly Column[]>;

export const spec = defineSpec({
  kind: 'prepare.transcribe',
  version: 1,
  computes: 1,
  title: 'Speech to text',
  about: 'Writes down what is said in each recording, by a Whisper model that you bring.',
  keywords: [
    'whisper',
    'asr',
    'transcription',
    'speech recognition',
    'subtitles',
    'dictation',
    'voice',
    'audio to text',
    'STT',
    'transcript',
  ],
  icon: 'captions',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with text' } },
  params: z.strictObject({
    model: field.folder({
      title: 'Model',
      help: 'The folder of a Whisper model as ONNX, relative to the pipeline: encoder_model.onnx, decoder_model.onnx, tokenizer.json, generation_config.json and preprocessor_config.json.',
      placeholder: 'models/whisper-tiny',
    }),
    column: field.column({ title: 'Sounds', help: 'The column of sounds. Empty: the only one there is.' }),
    give: field.choice({
      title: 'Give',
      help: 'One text for each recording, or one row for each piece of at most 30 seconds, with its times.',
      choices: { text: 'one text for each recording', pieces: 'one row for each piece, with its times' },
      default: 'text',
    }),
    language: field.text({
      title: 'Language',
      help: 'Its code, such as en or de. Empty: the model tells it from each piece.',
      placeholder: 'en',
    }),
    ...failingRows,
  }),
  form: 'task',
  readsFiles: true,
  rows: ({ give }) => (give === 'text' ? 'same' : 'more'),
  runsIn: 'process',
  summary: ({ language }) => (language === '' ? 'write down what is said' : `write down what is said in ${language}`),
  columns: ({ give }, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    return [...columns, ...addedColumns(newColumns[give], columns)];
  },
  check: ({ params, inputs }): Finding[] => [
    ...(params.model === ''
      ? [
          {
            code: 'param.empty',
            message: 'No model is chosen yet.',
            mend: 'Choose the folder of a Whisper model.',
            param: 'model',
          },
        ]
      : []),
    ...audioColumnFindings(params.column, inputs['rows']),
  ],
});
