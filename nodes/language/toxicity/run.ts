import { findRudeWords, rudeness } from '../../../methods/language/judges/rude-words.ts';
import { chosenText, distinctTexts, textRows, writePerText } from '../../../methods/language/per-text.ts';
import { task } from '../../../shared/capabilities.ts';
import { raw, type SqlValue } from '../../../shared/sql.ts';
import { rudeColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress, metric } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const texts = await distinctTexts(table, column);
    const values = new Map<string, SqlValue[]>();
    for (const [i, text] of texts.entries()) {
      if (i % 500 === 0) {
        signal.throwIfAborted();
        progress(i / texts.length);
      }
      const spans = findRudeWords(text, params.own);
      const score = rudeness(spans);
      values.set(text, [
        score,
        score >= params.threshold,
        spans.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`).join(', ') || null,
      ]);
    }
    // A missing text says nothing rude, and stays.
    await writePerText(context, table, column, {
      columns: rudeColumns,
      values,
      ...(params.action === 'remove' ? { where: raw('coalesce(p.__p1, false) = false') } : {}),
    });
    const rows = (await textRows(table, column)).flatMap(({ text }) =>
      text === null ? [] : [values.get(text)?.[1] === true],
    );
    metric('rude_rate', rows.length === 0 ? null : rows.filter(Boolean).length / rows.length, {
      signature: `rude_rate|words=english-list|own=${params.own.length}|from=${params.threshold}|n=${rows.length}|v1`,
    });
  },
});
