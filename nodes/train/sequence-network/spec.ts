import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { presetsFor, resolveLayers, type LayersSetting } from '../../../shared/neural/layer-presets.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import {
  checkTarget,
  learnerFields,
  learnerInputs,
  learnerOutputs,
  sayTarget,
  targetOf,
  taskField,
} from '../../../shared/kind/learner.ts';
import { learntText, noLearntText } from '../../../shared/kind/learnt-text.ts';
import { neuralFields, sayLayers } from '../../../shared/kind/neural-learner.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'train.sequence-network',
  version: 1,
  computes: 3,
  title: 'Sequence network',
  about:
    'Learns from a text, or from numbers whose order matters, by convolutions, recurrent cells or a small transformer.',
  keywords: [
    'text classification',
    'sentiment',
    'time series classification',
    'LSTM',
    'GRU',
    'RNN',
    'transformer',
    '1D CNN',
    'TextCNN',
    'deep learning',
    'sentiment analysis',
    'text classifier',
    'sequence model',
    'time series',
  ],
  icon: 'audio-waveform',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    target: learnerFields.target,
    reads: field.choice({
      title: 'Reads',
      help: 'A text of one column, word by word; or numbers of several columns in the order of the table, such as the values of a window of time.',
      choices: { text: 'a text', series: 'a series of numbers' },
      default: 'text',
    }),
    column: field.column({
      title: 'Text',
      help: 'The column with the text. Empty: the only one there is.',
      families: ['text'],
      when: { param: 'reads', is: ['text'] },
    }),
    words: field.integer({
      title: 'Words',
      help: 'How much of a text is read; what follows is cut off. A sign counts as a word.',
      default: 64,
      min: 1,
      max: 4096,
      when: { param: 'reads', is: ['text'] },
    }),
    vocabulary: field.integer({
      title: 'Vocabulary',
      help: 'How many different words are told apart at most, the most frequent of the training rows. Case is not.',
      default: 10_000,
      min: 3,
      max: 200_000,
      section: 'Words',
      when: { param: 'reads', is: ['text'] },
    }),
    leastOften: field.integer({
      title: 'Min frequency',
      help: 'A word that the training rows have less often counts as unknown.',
      default: 2,
      min: 1,
      max: 1000,
      section: 'Words',
      when: { param: 'reads', is: ['text'] },
    }),
    columns: field.columns({
      title: 'Series',
      help: 'The columns with the numbers, from the first moment to the last, in the order of the table (by names: in the order given).',
      families: ['number'],
      when: { param: 'reads', is: ['series'] },
    }),
    channels: field.integer({
      title: 'Channels',
      help: 'How many series stand side by side: first all columns of the first, then all of the second.',
      default: 1,
      min: 1,
      max: 1000,
      when: { param: 'reads', is: ['series'] },
    }),
    task: taskField,
    layers: field.layers({
      title: 'Layers',
      help: 'A preset, or a list of layers of your own; for a text the first is Embedding. The answer’s layer is added behind them.',
      takes: 'tokens',
      default: 'convolutional',
    }),
    ...neuralFields,
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ target, reads, layers, epochs }) =>
    `predict ${sayTarget(target)} from ${reads === 'text' ? 'a text' : 'a series'} by a network (${sayLayers(layers)}), ${epochs} epochs`,
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    if (schema === undefined) return [];
    const findings: Finding[] = [
      ...checkTarget(node, { ...params, columns: { by: 'all' } }, schema),
      ...presetFindings(params),
    ];
    if (params.reads === 'text') {
      if (params.column !== '')
        append(
          findings,
          columnFindings({ node, param: 'column', title: 'The text' }, params.column, schema, {
            families: ['text'],
          }),
        );
      else if (learntText(params, schema.columns) === undefined)
        findings.push(
          noLearntText(params, schema.columns, {
            param: 'reads',
            mend: 'Let it read a series of numbers, or wire rows with a text.',
          }),
        );
    } else append(findings, seriesFindings(params, schema.columns));
    return findings;
  },
  network: (params, inputs) => {
    const schema = inputs['rows'];
    const output = { kind: 'classes', count: 2 } as const;
    if (params.reads === 'text') {
      const input = { kind: 'tokens', length: params.words, vocabulary: params.vocabulary } as const;
      return {
        network: { input, layers: resolveLayers(params.layers, 'tokens', input), output },
        assumed: 'A full vocabulary and two classes are assumed in these shapes; a run takes what the data hold.',
        sizes: 'known',
      };
    }
    if (schema === undefined) return undefined;
    const count = seriesColumnsOf(params, schema.columns).length;
    const input = {
      kind: 'series',
      length: Math.max(1, Math.floor(count / params.channels)),
      channels: params.channels,
    } as const;
    return {
      network: { input, layers: resolveLayers(params.layers, 'series', input), output },
      assumed: 'Two classes are assumed in these shapes; a run takes what the data hold.',
      sizes: (schema.dynamic ?? []).length === 0 && count % params.channels === 0 ? 'known' : 'assumed',
    };
  },
});

function presetFindings({ reads, layers }: { reads: string; layers: LayersSetting }): Finding[] {
  const names = presetsFor(reads === 'text' ? 'tokens' : 'series').map(({ id }) => id);
  if ('layers' in layers || names.includes(layers.preset)) return [];
  return [
    {
      code: 'train.other-preset',
      message: `The preset "${layers.preset}" does not read a ${reads === 'text' ? 'text' : 'series'}.`,
      mend: `Choose ${names.join(', ')}, or a list of layers of your own.`,
      param: 'layers',
    },
  ];
}

type Chosen = Parameters<typeof targetOf>[0];

export const seriesColumnsOf = (params: Chosen, columns: readonly Column[]): Column[] => {
  const target = targetOf(params, columns)?.name;
  return pickColumns(params.columns, columns, ['number']).filter(
    (c) => c.name !== target && typeFamily(c.type) === 'number',
  );
};

export function seriesFindings(params: Chosen & { channels: number }, columns: readonly Column[]): Finding[] {
  const count = seriesColumnsOf(params, columns).length;
  if (count === 0)
    return [
      {
        code: 'train.no-features',
        message: 'There is no column of numbers to learn from.',
        mend: 'Let the rule pick the columns of the series.',
        param: 'columns',
      },
    ];
  if (count % params.channels !== 0)
    return [
      {
        code: 'train.uneven-channels',
        message: `${count} columns cannot be shared out among ${params.channels} channels.`,
        mend: 'Choose the columns so that each channel has as many, or another number of channels.',
        param: 'channels',
      },
    ];
  return [];
}
