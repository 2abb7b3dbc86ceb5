import {
  findPersonalData,
  maskSpans,
  personalKinds,
  type PersonalKind,
} from '../../../methods/language/personal-data.ts';
import { chosenText, distinctTexts, textRows, writePerText } from '../../../methods/language/per-text.ts';
import { task } from '../../../shared/capabilities.ts';
import type { SqlValue } from '../../../shared/sql.ts';
import { countColumn, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress, metric, outputs } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const kinds = new Set(personalKinds.filter((kind) => params[kind]));
    const texts = await distinctTexts(table, column);
    const values = new Map<string, SqlValue[]>();
    const found = new Map<string, PersonalKind[]>();
    for (const [i, text] of texts.entries()) {
      if (i % 500 === 0) {
        signal.throwIfAborted();
        progress(i / texts.length);
      }
      const spans = findPersonalData(text, kinds);
      found.set(
        text,
        spans.map((span) => span.kind),
      );
      values.set(text, params.style === 'none' ? [spans.length] : [maskSpans(text, spans, params.style), spans.length]);
    }
    const masked = { name: column, type: 'VARCHAR' };
    await writePerText(
      context,
      table,
      column,
      params.style === 'none'
        ? { columns: [countColumn], values }
        : { columns: [masked, countColumn], values, replaces: true },
    );
    const rows = (await textRows(table, column)).flatMap(({ text }) => (text === null ? [] : [found.get(text) ?? []]));
    const withAny = rows.filter((one) => one.length > 0).length;
    metric('rows_with_personal_data', withAny);
    metric(
      'personal_data',
      rows.reduce((sum, one) => sum + one.length, 0),
    );
    await outputs.report('report', {
      title: 'Personal data',
      chips: [`${rows.length.toLocaleString('en')} texts`],
      blocks: [
        {
          type: 'metrics',
          items: [{ name: 'rows_with_personal_data', title: 'Texts with any', value: withAny, better: 'lower' }],
        },
        {
          type: 'table',
          title: 'By kind',
          columns: [
            { name: 'kind', title: 'Kind', align: 'left' },
            { name: 'found', title: 'Found', align: 'right' },
            { name: 'texts', title: 'In texts', align: 'right' },
          ],
          rows: [...kinds].map((kind) => [
            kind,
            rows.reduce((sum, one) => sum + one.filter((k) => k === kind).length, 0),
            rows.filter((one) => one.includes(kind)).length,
          ]),
          caption:
            'Found by their form. Names without a title or an introduction, and whatever has no form, are not found: look at a sample before you give a text away.',
        },
      ],
    });
  },
});
