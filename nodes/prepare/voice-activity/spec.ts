import * as z from 'zod';
import { audioColumnFindings } from '../../../shared/media/audio.ts';
import { addedColumns } from '../../../shared/spec/added-columns.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { failingRows } from '../../../shared/spec/failing-rows.ts';
import type { Column } from '../../../shared/wires.ts';

/** What is added, by what the node shall give. */
export const newColumns = {
  segments: [
    { name: 'start_seconds', type: 'DOUBLE' },
    { name: 'end_seconds', type: 'DOUBLE' },
    { name: 'speech_confidence', type: 'DOUBLE' },
  ],
  share: [
    { name: 'speech_share', type: 'DOUBLE' },
    { name: 'speech_segments', type: 'INTEGER' },
  ],
} as const satisfies Record<string, readonly Column[]>;

export const spec = defineSpec({
  kind: 'prepare.voice-activity',
  version: 1,
  computes: 1,
  title: 'Voice activity detection',
  about: 'Tells where somebody speaks in each recording: the stretches, or the share of its time.',
  keywords: [
    'vad',
    'voice activity detection',
    'silero',
    'speech detection',
    'silence',
    'segments',
    'silence removal',
    'speech segments',
  ],
  icon: 'mic-vocal',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with speech' } },
  params: z.strictObject({
    column: field.column({ title: 'Sounds', help: 'The column of sounds. Empty: the only one there is.' }),
    give: field.choice({
      title: 'Give',
      help: 'One row for each stretch of speech, or each recording with the share of its time that is speech.',
      choices: { segments: 'one row for each stretch of speech', share: 'the share of speech in each recording' },
      default: 'segments',
    }),
    threshold: field.number({
      title: 'Threshold',
      help: 'How sure the detector must be that a moment is speech. Raise it where noise counts as speech.',
      default: 0.5,
      min: 0.2,
      max: 0.95,
      step: 0.05,
      slider: true,
    }),
    leastSpeechMs: field.integer({
      title: 'Min speech duration',
      help: 'Shorter stretches are dropped.',
      default: 250,
      min: 0,
      max: 10_000,
      unit: 'ms',
    }),
    leastSilenceMs: field.integer({
      title: 'Min silence duration',
      help: 'Speech goes on over pauses shorter than this.',
      default: 100,
      min: 0,
      max: 10_000,
      unit: 'ms',
    }),
    ...failingRows,
  }),
  form: 'task',
  rows: ({ give }) => (give === 'share' ? 'same' : 'more'),
  runsIn: 'process',
  summary: ({ give }) =>
    give === 'share' ? 'tell how much of each recording is speech' : 'find the stretches of speech',
  columns: ({ give }, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    return [...columns, ...addedColumns(newColumns[give], columns)];
  },
  check: ({ params, inputs }): Finding[] => audioColumnFindings(params.column, inputs['rows']),
});
