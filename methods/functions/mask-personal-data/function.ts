import * as z from 'zod';
import { findPersonalData, maskSpans, personalKinds } from '../../language/personal-data.ts';
import { answerEach, defineFunction } from '../batch-function.ts';

/** Gives the masked text (but where it only counts), how many things were masked, and their kinds in their order. */
export const batchFunction = defineFunction({
  version: 1,
  settings: z.object({
    style: z.enum(['label', 'numbered', 'stars', 'none']),
    kinds: z.array(z.enum(personalKinds)),
  }),
  columns: ({ style }) => [
    ...(style === 'none' ? [] : [{ name: 'text', type: 'VARCHAR' }]),
    { name: 'personal_data', type: 'BIGINT' },
    { name: 'kinds', type: 'VARCHAR' },
  ],
  compute: async (texts, { style, kinds }, watch) => {
    const wanted = new Set(kinds);
    return answerEach(texts, watch, (text) => {
      const spans = findPersonalData(text, wanted);
      const said = [spans.length, spans.map(({ kind }) => kind).join(' ')];
      return style === 'none' ? said : [maskSpans(text, spans, style), ...said];
    });
  },
});
