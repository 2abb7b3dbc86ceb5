import * as z from 'zod';
import { audioColumnFindings } from '../../../shared/media/audio.ts';
import { addedColumns } from '../../../shared/spec/added-columns.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { failingRows } from '../../../shared/spec/failing-rows.ts';
import type { Column } from '../../../shared/wires.ts';

const plain = ['loudness', 'loudness_sd', 'zero_crossings', 'centroid_hz', 'centroid_hz_sd'];

/** In the order of `clipFeatures`. */
export const featureColumns = (bands: number): Column[] => {
  const mel = Array.from({ length: bands }, (_, b) => `mel_${b + 1}`);
  return [...plain, ...mel, ...mel.map((name) => `${name}_sd`)].map((name) => ({ name, type: 'DOUBLE' }));
};

export const spec = defineSpec({
  kind: 'prepare.audio-features',
  version: 1,
  computes: 1,
  title: 'Audio features',
  about: 'Turns each sound into numbers (loudness, pitch region, log-mel bands), for any trainer to learn from.',
  keywords: [
    'log-mel',
    'spectrogram',
    'mfcc',
    'librosa',
    'audio features',
    'melspectrogram',
    'sound classification',
    'mel spectrogram',
    'sound features',
    'pitch',
  ],
  icon: 'audio-waveform',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with measures' } },
  params: z.strictObject({
    column: field.column({ title: 'Sounds', help: 'The column of sounds. Empty: the only one there is.' }),
    bands: field.integer({
      title: 'Mel bands',
      help: 'Into how many bands, spaced as the ear hears, the spectrum is divided. Each gives two columns: its mean and its standard deviation over time.',
      default: 20,
      min: 4,
      max: 128,
    }),
    ...failingRows,
  }),
  form: 'task',
  rows: 'same',
  adds: () => true,
  runsIn: 'process',
  summary: ({ bands }) => `measure each sound in ${bands} mel bands`,
  columns: ({ bands }, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    return [...columns, ...addedColumns(featureColumns(bands), columns)];
  },
  check: ({ params, inputs }): Finding[] => audioColumnFindings(params.column, inputs['rows']),
});
