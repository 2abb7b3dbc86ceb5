import { chosenText, distinctTexts, writePerText } from '../../../methods/language/per-text.ts';
import { task } from '../../../shared/capabilities.ts';
import { join, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { detectLanguage } from './judge-language.ts';
import { languageColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress, log } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const texts = await distinctTexts(table, column);
    const values = new Map<string, SqlValue[]>();
    const counts = new Map<string, number>();
    for (const [i, text] of texts.entries()) {
      if (i % 500 === 0) {
        signal.throwIfAborted();
        progress(i / texts.length);
      }
      const { language, certainty } = detectLanguage(text, params.fewestLetters);
      values.set(text, [language, certainty]);
      counts.set(language ?? 'unknown', (counts.get(language ?? 'unknown') ?? 0) + 1);
    }
    const wanted = params.keep.map((code) => code.trim().toLowerCase()).filter((code) => code !== '');
    const unknown = params.unknown ? raw('p.__p0 IS NULL') : raw('false');
    const where =
      wanted.length === 0
        ? {}
        : { where: sql`(p.__p0 IN (${join(wanted.map((code) => sql`${code}`))}) OR ${unknown})` };
    await writePerText(context, table, column, { columns: languageColumns, values, ...where });
    const said = [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([language, n]) => `${language} ${n.toLocaleString('en')}`);
    log(`Different texts by language: ${said.join(', ') || 'none'}.`);
  },
});
